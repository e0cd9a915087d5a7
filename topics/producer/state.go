package producer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/outfile"
)

const (
	stateFile   = "state.json"
	stateFormat = 1
	// maxOwed bounds how many refused rows keep a right to their number; further ones leave a gap.
	maxOwed = 10_000
)

// state is what a buffer keeps beside its entries.
type state struct {
	Format int `json:"format"`
	// Epoch is that of every device of this buffer.
	Epoch int64 `json:"epoch"`
	// Last is the highest number that was given out in this epoch, by device.
	Last map[string]int64 `json:"last"`
	// Segment and Offset are where the first entry that is not acknowledged begins.
	Segment int64 `json:"segment"`
	Offset  int64 `json:"offset"`
	// Owed are numbers of rows that were refused.
	Owed []owed `json:"owed"`
	// Damaged is the last file with a damage that has raised the epoch already.
	Damaged int64 `json:"damaged"`
}

// owed is the number of a row that was refused. Its name is a digest and says nothing of anybody.
type owed struct {
	Name   uint64 `json:"name"`
	Number int64  `json:"number"`
}

// loadState reads the state; found is false where there is none, or none that can be read.
func loadState(dir string) (s state, found bool, err error) {
	text, err := os.ReadFile(filepath.Join(dir, stateFile))
	if errors.Is(err, fs.ErrNotExist) {
		return state{}, false, nil
	}
	if err != nil {
		return state{}, false, err
	}
	if err := json.Unmarshal(text, &s); err != nil {
		return state{}, false, nil //nolint:nilerr // numbering begins anew, which harms nobody
	}
	if s.Format != stateFormat {
		return state{}, false, fmt.Errorf("%s has format %d and this program writes %d; use the program that wrote it",
			filepath.Join(dir, stateFile), s.Format, stateFormat)
	}
	if s.Last == nil {
		s.Last = map[string]int64{}
	}
	return s, true, nil
}

// save writes the state, whole and durably.
func (s *state) save(dir string) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return outfile.ReplaceBytes(filepath.Join(dir, stateFile), append(text, '\n'))
}

// raise begins a new epoch, above all that are known.
func (s *state) raise(now duty.Instant, above int64) {
	s.Epoch = max(int64(now), s.Epoch+1, above+1)
	s.Last, s.Owed = map[string]int64{}, nil
}

// number returns the number of a row: the one that it is owed, or the next one.
func (s *state) number(device string, name uint64) int64 {
	if i := s.owes(name); i >= 0 {
		return s.Owed[i].Number
	}
	s.Last[device]++
	return s.Last[device]
}

func (s *state) owes(name uint64) int {
	return slices.IndexFunc(s.Owed, func(o owed) bool { return o.Name == name })
}

// owe keeps a number for a row that is refused.
func (s *state) owe(name uint64, number int64) {
	if s.owes(name) < 0 && len(s.Owed) < maxOwed {
		s.Owed = append(s.Owed, owed{name, number})
	}
}

// paid forgets a number that was used.
func (s *state) paid(name uint64) {
	if i := s.owes(name); i >= 0 {
		s.Owed = slices.Delete(s.Owed, i, i+1)
	}
}

// copied is a state of its own, to give up a change.
func (s *state) copied() state {
	c := *s
	c.Last, c.Owed = maps.Clone(s.Last), slices.Clone(s.Owed)
	return c
}
