package cli

import (
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// bars shows a progress bar per step on a terminal, and nothing in a pipe. It
// is a replay.Progress.
type bars struct {
	w   io.Writer
	on  bool
	bar *progressbar.ProgressBar
}

func newBars(w io.Writer) *bars { return &bars{w: w, on: isTerminal(w)} }

// Phase begins a step; total 0 is one of unknown length.
func (b *bars) Phase(name string, total int64) {
	if !b.on {
		return
	}
	b.Done()
	if total <= 0 {
		total = -1
	}
	b.bar = progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(b.w),
		progressbar.OptionSetDescription(name),
		progressbar.OptionSetWidth(40),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetPredictTime(true),
	)
}

// Add moves the bar on.
func (b *bars) Add(n int64) {
	if b.bar != nil {
		_ = b.bar.Add64(n)
	}
}

// Done takes the bar away.
func (b *bars) Done() {
	if b.bar != nil {
		_ = b.bar.Finish()
		b.bar = nil
	}
}
