package integration

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// do makes one fault and ends it.
func (c *campaign) do(ctx context.Context, t *testing.T, f fault) error {
	time.Sleep(f.after)
	var err error
	switch f.kind.place() {
	case "engine":
		err = c.doEngine(t, c.engines[f.target], f)
	case "node":
		err = c.doNode(ctx, f)
	default:
		c.doNetwork(f)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", f, err)
	}
	return nil
}

func (c *campaign) doEngine(t *testing.T, e *instance, f fault) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.revive(t); err != nil {
		return err
	}
	switch f.kind {
	case zombie:
		if err := e.now.Pause(); err != nil {
			return err
		}
		time.Sleep(f.lasts)
		return e.now.Continue()
	case fillDisk:
		return e.fill(f.lasts)
	case stopEngine:
		if err := e.endOrderly(); err != nil {
			return err
		}
	default:
		if err := e.end(); err != nil {
			return err
		}
	}
	switch f.kind {
	case damageState:
		what, err := e.damage(rand.New(rand.NewPCG(f.seed, 0)))
		if err != nil {
			return err
		}
		t.Logf("step %d: damaged %s", c.steps, what)
	case deleteState:
		if err := e.forget(f.seed%2 == 0); err != nil {
			return err
		}
	case restoreBackup:
		if err := e.restore(t, f.seed%2 == 0); err != nil {
			return err
		}
	}
	time.Sleep(f.lasts)
	return e.again()
}

func (c *campaign) doNode(ctx context.Context, f fault) error {
	n := c.cluster.Node(f.target)
	switch f.kind {
	case killBroker:
		if err := n.Kill(); err != nil {
			return err
		}
		time.Sleep(f.lasts)
		return n.Again(ctx)
	case pauseBroker:
		if err := n.Pause(); err != nil {
			return err
		}
		time.Sleep(f.lasts)
		return n.Continue()
	case moveLeaders:
		random := rand.New(rand.NewPCG(f.seed, 0))
		for range 1 + f.seed%3 {
			if _, err := c.cluster.MoveLeaders(ctx, random); err != nil {
				return err
			}
			time.Sleep(f.lasts / 3)
		}
	}
	return nil
}

// doNetwork befalls one proxy; leaders and coordinators are spread over all.
// Answers are lost at all of them, since only one knows the coordinator.
func (c *campaign) doNetwork(f fault) {
	p := c.proxies[f.target]
	switch f.kind {
	case cutAnswers:
		p.Cut(f.n, 0)
	case loseAnswers:
		for _, p := range c.proxies {
			p.Lose(f.apiKey, f.n)
		}
	case delay:
		p.Delay(50*time.Millisecond, 450*time.Millisecond)
	case silence:
		p.Silence()
	case refuse:
		p.Refuse()
	}
	time.Sleep(f.lasts)
	for _, p := range c.proxies {
		p.Restore()
	}
}
