package stored

import (
	"fmt"

	"tilsyn/engine/treelog"
)

// RevisionLog is how far the log of a task's revisions has come (decision 0028).
type RevisionLog struct {
	// Begun is false in the records of an older program, which kept no log.
	Begun bool
	// Tree is the log itself: its size, and what is needed to append.
	Tree treelog.Tree
	// Begin is the offset of violations from which on revisions are in the log: 0, or where it ended
	// when the log was begun.
	Begin int64
	// Told is how many revisions the transaction of this record tells. They lie from its Outputs on.
	Told int64
	// Leaves is the offset of log-leaves from which on the leaves of that transaction lie.
	Leaves int64
}

// revisionLogJSON is its stored form.
type revisionLogJSON struct {
	Size   int64  `json:"size"`
	Peaks  []byte `json:"peaks,omitempty"`
	Begin  int64  `json:"begin,omitempty"`
	Told   int64  `json:"told,omitempty"`
	Leaves int64  `json:"leaves,omitempty"`
}

// json returns the stored form; nil where no log is begun.
func (l *RevisionLog) json() *revisionLogJSON {
	if !l.Begun {
		return nil
	}
	return &revisionLogJSON{l.Tree.Size(), l.Tree.Peaks(), l.Begin, l.Told, l.Leaves}
}

// log reads the stored form.
func (j *revisionLogJSON) log() (l RevisionLog, err error) {
	if j == nil {
		return l, nil
	}
	l = RevisionLog{Begun: true, Begin: j.Begin, Told: j.Told, Leaves: j.Leaves}
	if l.Tree, err = treelog.TreeOf(j.Size, j.Peaks); err != nil {
		return l, fmt.Errorf("its log of revisions: %w", err)
	}
	return l, nil
}
