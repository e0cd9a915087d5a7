package task

import "time"

// Names of the parts of a cycle. Filing is decoding as well, since rows are filed from their bytes without a
// record being made of them.
const (
	LapFetch   = "fetch"   // asking the brokers for records; its count are the records
	LapFile    = "file"    // decoding them, finding whom they concern and keeping them; the records
	LapJudge   = "judge"   // verdicts, and all that is told beside them; the persons decided so far in the cycle
	LapPublish = "publish" // the Kafka transaction; the records written
	LapCommit  = "commit"  // writing down the local state; 0
)

// Lap is a part of a cycle: one of the names above, when it was, and how many it was about. It has nothing else,
// so that a trace can name nobody.
type Lap struct {
	Name         string
	Began, Ended time.Time
	Count        int
}

// Cycle says where the time of a cycle of a task went. It is valid during the call that it is given to.
type Cycle struct {
	Task         int32
	Began, Ended time.Time
	Laps         []Lap
	// Failed is true if the cycle ended with an error.
	Failed bool
}

// mostLaps is how many laps a cycle has at most; more are added to the last of their name.
const mostLaps = 64

// laps measures cycles for whoever is told of them; if nobody is, it does nothing and asks no clock.
type laps struct {
	tell  func(*Cycle)
	cycle Cycle
	mark  time.Time // where the next lap begins
}

// begin begins a cycle.
func (l *laps) begin(task int32) {
	if l.tell == nil {
		return
	}
	l.mark = time.Now()
	l.cycle = Cycle{Task: task, Began: l.mark, Laps: l.cycle.Laps[:0]}
}

// lap ends a part of the cycle, which began where the one before ended.
func (l *laps) lap(name string, count int) {
	if l.tell == nil {
		return
	}
	now := time.Now()
	began := l.mark
	l.mark = now
	if len(l.cycle.Laps) >= mostLaps {
		for i := len(l.cycle.Laps) - 1; i >= 0; i-- {
			if last := &l.cycle.Laps[i]; last.Name == name {
				last.Ended, last.Count = now, last.Count+count
				return
			}
		}
	}
	l.cycle.Laps = append(l.cycle.Laps, Lap{name, began, now, count})
}

// pause leaves the time since the last lap out.
func (l *laps) pause() {
	if l.tell != nil {
		l.mark = time.Now()
	}
}

// end ends the cycle and tells of it, unless there was nothing to do.
func (l *laps) end(busy bool, err error) {
	if l.tell == nil || !busy && err == nil {
		return
	}
	l.cycle.Ended, l.cycle.Failed = time.Now(), err != nil
	l.tell(&l.cycle)
}
