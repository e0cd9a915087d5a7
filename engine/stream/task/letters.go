package task

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// Counts of records that cannot be used, for whoever runs the engine: one log line per topic
// and reason, not per record.

// letterKind is a topic and a reason for which its records became dead letters.
type letterKind struct{ Topic, Reason string }

// letters counts dead letters by kind.
type letters struct {
	mu     sync.Mutex
	counts map[letterKind]*letterCount
}

// letterCount is how many there were since the start, how many of them the log has told of,
// when it last did, and how long it waits until the next line.
type letterCount struct {
	n, told int64
	at      time.Time
	gap     time.Duration
}

// add counts one dead letter.
func (l *letters) add(topic, reason string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.counts == nil {
		l.counts = map[letterKind]*letterCount{}
	}
	k := letterKind{topic, reason}
	if l.counts[k] == nil {
		l.counts[k] = &letterCount{}
	}
	l.counts[k].n++
}

// LetterCheck is how often the counts are looked at. The wait between two lines of one kind
// doubles from letterAgain up to letterMost.
const (
	LetterCheck = 2 * time.Second
	letterAgain = time.Minute
	letterMost  = time.Hour
)

// toldLetter is one line for the log.
type toldLetter struct {
	letterKind
	// Fresh is how many came since the last line, N how many since the start.
	Fresh, N int64
}

// Tell returns the lines that are due now, in the order of topic and reason.
func (l *letters) Tell(now time.Time) []toldLetter {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []toldLetter
	for k, c := range l.counts {
		if c.n == c.told || c.gap > 0 && now.Sub(c.at) < c.gap {
			continue
		}
		out = append(out, toldLetter{k, c.n - c.told, c.n})
		c.told, c.at, c.gap = c.n, now, min(max(2*c.gap, letterAgain), letterMost)
	}
	slices.SortFunc(out, func(a, b toldLetter) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Reason, b.Reason))
	})
	return out
}
