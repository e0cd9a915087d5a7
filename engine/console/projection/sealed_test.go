package projection

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"tilsyn/engine/duty"
)

// With a key nobody's name can be read in the directory, and what is there is read again; with another key it
// is begun anew. Without one the same search finds the name.
func TestSealed(t *testing.T) {
	key := bytes.Repeat([]byte{1}, 32)
	for name, key := range map[string][]byte{"plain": nil, "encrypted": key} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			unit := revision(0, 1, duty.StatusIndicated)
			unit.PersonID = "Qperson-of-the-test"
			opened := func(key []byte) *Store {
				s, err := Open(dir, key)
				if err != nil {
					t.Fatal(err)
				}
				return s
			}
			has := func(s *Store) bool {
				rows, err := s.Person(unit.PersonID, duty.Forever)
				if err != nil {
					t.Fatal(err)
				}
				return len(rows.Units) > 0
			}
			s := opened(key)
			s.takeIn(t, unit)
			readable := func() bool {
				files, err := filepath.Glob(filepath.Join(dir, "*"))
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range files {
					text, err := os.ReadFile(f)
					if err != nil {
						t.Fatal(err)
					}
					if bytes.Contains(text, []byte(unit.PersonID)) {
						return true
					}
				}
				return false
			}
			open := readable() // as a kill leaves it
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if open != (key == nil) || key != nil && readable() {
				t.Errorf("the name can be read: %v while it is open, %v later", open, readable())
			}
			s = opened(key)
			if !has(s) {
				t.Error("what was written is not there again")
			}
			if err := s.Close(); err != nil || key == nil {
				return
			}
			s = opened(bytes.Repeat([]byte{2}, 32))
			if has(s) {
				t.Error("another key opens it")
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		})
	}
}
