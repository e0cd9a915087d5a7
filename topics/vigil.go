package topics

import (
	"sync"
	"time"
)

// troubleAfter is how long a request may take, beyond what the broker was asked
// to hold it back, before [Client.Trouble] names it.
const troubleAfter = 3 * time.Second

// The waits between two words about the same outage double from the first to
// the last. An outage is over when no request has failed for a while.
const (
	toldFirst   = 500 * time.Millisecond
	toldAgain   = 2 * time.Second
	toldMost    = 5 * time.Minute
	outageWhile = 30 * time.Second
)

// vigil knows of every request that is under way, with all its repetitions.
type vigil struct {
	mu   sync.Mutex
	open map[*retry]struct{}
	// keepOn is set once no request gives up any more, quiet once nobody is told.
	keepOn, quiet bool
	// failed is when any request failed last, next when that is told again.
	failed, next time.Time
	gap          time.Duration
}

// KeepOn makes the client go on for ever: from now on no request gives up, and
// Config.OnWait is told nothing. It is for a program that runs, which waits for
// its brokers however long they are away and asks [Client.Trouble] what to say;
// giving up is for a start. It cannot be taken back.
func (c *Client) KeepOn() {
	c.vigil.mu.Lock()
	defer c.vigil.mu.Unlock()
	c.vigil.keepOn, c.vigil.quiet = true, true
}

// NeverGiveUp makes the client go on for ever as KeepOn does, but Config.OnWait is still
// told what it waits for. It is for a command that has reached its brokers and follows
// what comes.
func (c *Client) NeverGiveUp() {
	c.vigil.mu.Lock()
	defer c.vigil.mu.Unlock()
	c.vigil.keepOn = true
}

// Trouble returns the request that has been waiting for an answer longest, where
// one has for more than three seconds: a broker that is away, does not answer,
// or answers with an error that should pass. Left is negative for one that never
// gives up.
func (c *Client) Trouble() (Waiting, bool) {
	now := time.Now()
	v := &c.vigil
	v.mu.Lock()
	defer v.mu.Unlock()
	var worst *retry
	for r := range v.open {
		switch {
		case !r.failed.IsZero() && now.Sub(r.failed) > r.held+c.cfg.RequestTimeout+c.cfg.DialTimeout+outageWhile:
			delete(v.open, r) // a fetcher that nobody uses any more
		case !r.late(now):
		case worst == nil || r.started.Before(worst.started):
			worst = r
		}
	}
	if worst == nil {
		return Waiting{}, false
	}
	w := Waiting{What: worst.what, Cause: worst.cause, Elapsed: now.Sub(worst.started), Left: -1}
	if limit := c.cfg.GiveUpAfter; limit > 0 && !v.keepOn {
		w.Left = max(0, limit-w.Elapsed)
	}
	return w, true
}

// late reports whether the answer should have come.
func (r *retry) late(now time.Time) bool {
	return now.Sub(r.started) >= r.held+troubleAfter || !r.first.IsZero() && now.Sub(r.first) >= troubleAfter
}

// begin and end bracket what a retry stands for.
func (v *vigil) begin(r *retry) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.open == nil {
		v.open = map[*retry]struct{}{}
	}
	v.open[r] = struct{}{}
}

func (v *vigil) end(r *retry) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.open, r)
}

// fails notes a failed attempt, and reports whether it is time to tell of it:
// once for all requests that wait for the same, and then at growing intervals.
func (v *vigil) fails(r *retry, cause error, now time.Time) (tell bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if now.Sub(v.failed) > outageWhile {
		v.gap, v.next = 0, time.Time{}
	}
	if r.first.IsZero() {
		r.first = now
	}
	r.failed, r.cause, v.failed = now, cause, now
	if v.quiet || now.Sub(r.started) < toldFirst || now.Before(v.next) {
		return false
	}
	v.gap = min(max(2*v.gap, toldAgain), toldMost)
	v.next = now.Add(v.gap)
	return true
}

// limit is for how long requests are repeated; negative for ever.
func (c *Client) limit() time.Duration {
	c.vigil.mu.Lock()
	defer c.vigil.mu.Unlock()
	if c.vigil.keepOn {
		return -1
	}
	return c.cfg.GiveUpAfter
}
