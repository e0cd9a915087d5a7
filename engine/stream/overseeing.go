package stream

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"tilsyn/engine/invariant"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/verify"
	"tilsyn/topics"
)

// The instance that has the task of partition 0 also looks at the whole control system now and then:
// it works out the control reports, and takes the accounts of all units, from the topics, as `report
// control` and `report accounting` do (contract-case 9, decision 0033), and with them what counts of
// registrations say (REL-04, IDN-10). The tasks come first: it works a small share of the time only.

// The first look comes so long after the task was taken up. A look works one part in so many of the time, the first
// one too, and rests at most so long at once.
const (
	overseeFirst = 20 * time.Second
	overseeShare = 20
	overseeRest  = 5 * time.Second
)

// overseer offers what the last look found.
type overseer struct {
	newest atomic.Pointer[task.Look]
}

// Newest implements task.Reports.
func (o *overseer) Newest() *task.Look { return o.newest.Load() }

// oversee begins to look, for the task that writes the control reports, and returns nil for every other
// task and where nobody wants any. Call done when the task is given up.
func (e *engine) oversee(ctx context.Context, part int32) (r task.Reports, done func()) {
	if !task.Speaks(part) || e.cfg.ReportEvery <= 0 {
		return nil, func() {}
	}
	o := &overseer{}
	ctx, cancel := context.WithCancel(ctx)
	over := make(chan struct{})
	go func() {
		defer close(over)
		e.lookAround(ctx, o)
	}()
	return o, func() {
		cancel()
		<-over
		e.cfg.Stats.Nowhere.Store(0) // the next one who looks says it
		e.cfg.Stats.Unjudged.Store(0)
	}
}

// A look may take half of the memory that the process may, and keep half of that for the next one.
const (
	overseeBytes = 2
	keepBytes    = 4
)

// memory is how much the process may take.
func (e *engine) memory() int64 {
	if e.cfg.Memory <= 0 {
		return task.DefaultMemory
	}
	return e.cfg.Memory
}

// roomy reports whether there is memory for a look, and how much it takes.
func (e *engine) roomy(ctx context.Context) (room bool, needs int64, err error) {
	all, err := e.client.AllPartitions(ctx, broker.PersonTopics...)
	if err != nil {
		return false, 0, err
	}
	ends, err := e.client.Offsets(ctx, all, topics.LastStable)
	if err != nil {
		return false, 0, err
	}
	facts, rows := int64(0), int64(0)
	for p, n := range ends {
		facts += n
		if p.Topic == topics.CardEvents {
			rows += n
		}
	}
	needs = verify.LookNeeds(facts, rows)
	return needs <= e.memory()/overseeBytes, needs, nil
}

// lookAround looks again and again. An error stops nothing but these reports.
func (e *engine) lookAround(ctx context.Context, o *overseer) {
	defer invariant.EndPlainly()
	pause, said, cramped := min(overseeFirst, e.cfg.ReportEvery), "", false
	var before []verify.Fault
	var rest *rest
	overseer := verify.NewOverseer(verify.OverseeConfig{Kafka: e.cfg.Kafka, Policy: e.cfg.Policy,
		ParsePolicy: e.cfg.ParsePolicy, Floor: e.cfg.Floor, Schemas: e.cfg.Schemas,
		Between: func() { rest.between(ctx) },
		Waited:  func() { rest.waited() }, Keep: e.memory() / keepBytes})
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		room, needs, err := e.roomy(ctx)
		if err == nil && !room {
			if !cramped {
				e.cfg.Log.Warn().Int64("needs_bytes", overseeBytes*needs).Msg("too little memory to work out control " +
					"reports and accounts beside the tasks: none are written; give a larger --memory, or run " +
					"`report control` and `report accounting` elsewhere and set --report-every 0")
			}
			cramped, pause = true, e.cfg.ReportEvery
			continue
		}
		rest = newRest(e.cfg.overseeShare)
		found, err := overseer.Look(ctx)
		pause = max(e.cfg.ReportEvery, rest.owed())
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, verify.ErrNoClock): // no task has judged anything yet
			pause = min(overseeFirst, e.cfg.ReportEvery)
		case err != nil:
			e.cfg.Log.Warn().Err(err).Msg("the control reports and accounts could not be worked out; " +
				"it is tried again, and verdicts do not wait for it")
		default:
			o.newest.Store(&task.Look{At: found.At, Reports: found.Reports, Doubts: found.Doubts})
			said = e.tellFaults(lasting(before, found.Faults), said)
			before = found.Faults
			e.cfg.Stats.Overseen.Add(1)
		}
	}
}

// rest lets a look rest, so that it works one part in share of the time.
type rest struct {
	share int
	since time.Time // when the look began
	began time.Time // when the work under way did
	// worked is what was rested for, little what was worked since and is not worth it yet.
	worked, little time.Duration
}

func newRest(share int) *rest {
	now := time.Now()
	return &rest{share: share, since: now, began: now}
}

// between rests for what was worked since it last rested, once that is worth a pause.
func (r *rest) between(ctx context.Context) {
	worked := r.little + time.Since(r.began)
	if r.little, r.began = worked, time.Now(); worked < time.Millisecond {
		return
	}
	r.little, r.worked = 0, r.worked+worked
	select {
	case <-ctx.Done():
	case <-time.After(min(time.Duration(r.share-1)*worked, overseeRest)):
	}
	r.began = time.Now()
}

// waited leaves out what was waited for since the last call of between.
func (r *rest) waited() { r.began = time.Now() }

// owed is how long there is to rest yet, once the look is over.
func (r *rest) owed() time.Duration {
	worked := r.worked + r.little + time.Since(r.began)
	return time.Duration(r.share)*worked - time.Since(r.since)
}

// lasting returns the faults that two looks found one after the other, each as small as in either: a
// ledger that is just being written is no fault.
func lasting(before, now []verify.Fault) (out []verify.Fault) {
	for _, f := range now {
		for _, b := range before {
			if b.CentreID != f.CentreID || b.Kind != f.Kind {
				continue
			}
			f.Nowhere, f.Unjudged = min(f.Nowhere, b.Nowhere), f.Unjudged && b.Unjudged
			if f.Nowhere > 0 || f.Unjudged {
				out = append(out, f)
			}
		}
	}
	return out
}

// tellFaults alarms of faults, in the log once for every change, and returns what was last said.
func (e *engine) tellFaults(faults []verify.Fault, said string) string {
	nowhere, unjudged := 0, 0
	var words []string
	for _, f := range faults {
		nowhere += f.Nowhere
		if f.Nowhere > 0 {
			words = append(words, fmt.Sprintf("%d units of %s at %s are due and nowhere", f.Nowhere, f.Kind, f.CentreID))
		}
		if f.Unjudged {
			unjudged++
			words = append(words, fmt.Sprintf("%s binds somebody at %s and is not controlled", f.Kind, f.CentreID))
		}
	}
	e.cfg.Stats.Nowhere.Store(int64(nowhere))
	e.cfg.Stats.Unjudged.Store(int64(unjudged))
	text := strings.Join(words, "; ")
	switch {
	case text == said:
	case text == "":
		e.cfg.Log.Info().Msg("every duty that binds somebody is controlled again, and every unit is somewhere")
	default:
		e.cfg.Log.Error().Str("faults", text).Msg("duties are not controlled as they should be: " +
			"`report accounting` names the dates; a fault of the program or of the ledger, please report it")
	}
	return text
}
