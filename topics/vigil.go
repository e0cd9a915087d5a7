package topics

import (
	"sync"
	"time"
)

// troubleAfter is how long a request may take, beyond the time that the broker may hold it, before
// [Client.Trouble] reports it.
const troubleAfter = 3 * time.Second

// The pauses between two messages about the same outage double from the first to the last. An
// outage is over when no request has failed for outageWhile.
const (
	toldFirst   = 500 * time.Millisecond
	toldAgain   = 2 * time.Second
	toldMost    = 5 * time.Minute
	outageWhile = 30 * time.Second
)

// vigil tracks every request in progress, with all its repetitions.
type vigil struct {
	mu   sync.Mutex
	open map[*retry]struct{}
	// keepOn is set once requests never give up, quiet once OnWait is no longer called.
	keepOn, quiet bool
	// failed is when any request last failed, next when that may be reported again.
	failed, next time.Time
	gap          time.Duration
}

// KeepOn makes the client continue for ever: from now on no request gives up, and Config.OnWait is
// not called. It is for a running program, which waits for its brokers however long they are away
// and asks [Client.Trouble] what to report; giving up is for the start. It cannot be undone.
func (c *Client) KeepOn() {
	c.vigil.mu.Lock()
	defer c.vigil.mu.Unlock()
	c.vigil.keepOn, c.vigil.quiet = true, true
}

// NeverGiveUp makes the client continue for ever like KeepOn, but Config.OnWait is still called.
// It is for a command that has reached its brokers and follows what comes.
func (c *Client) NeverGiveUp() {
	c.vigil.mu.Lock()
	defer c.vigil.mu.Unlock()
	c.vigil.keepOn = true
}

// Trouble returns the request that has waited longest for an answer, if that is more than three
// seconds: a broker is away, does not answer, or answers with an error that should pass. Left is
// negative if the request never gives up.
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

// late reports whether the answer is overdue.
func (r *retry) late(now time.Time) bool {
	return now.Sub(r.started) >= r.held+troubleAfter || !r.first.IsZero() && now.Sub(r.first) >= troubleAfter
}

// begin starts to track a retry.
func (v *vigil) begin(r *retry) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.open == nil {
		v.open = map[*retry]struct{}{}
	}
	v.open[r] = struct{}{}
}

// end stops tracking a retry.
func (v *vigil) end(r *retry) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.open, r)
}

// fails notes a failed attempt, and reports whether to tell of it: once for all requests that wait
// for the same, then at growing intervals.
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

// limit returns for how long requests are repeated; negative means for ever.
func (c *Client) limit() time.Duration {
	c.vigil.mu.Lock()
	defer c.vigil.mu.Unlock()
	if c.vigil.keepOn {
		return -1
	}
	return c.cfg.GiveUpAfter
}
