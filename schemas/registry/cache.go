package registry

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"tilsyn/engine/outfile"
	"tilsyn/schemas"
)

// kept is what the file has. Schemas are no personal data.
type kept struct {
	Format int `json:"format"`
	// Schemas are texts by id, Own the ids of our own by subject.
	Schemas map[uint32]string   `json:"schemas"`
	Own     map[string]ownEntry `json:"own"`
}

// ownEntry is the id under which a subject has a schema of ours.
type ownEntry struct {
	ID uint32 `json:"id"`
	// SHA256 is that of the text: another version of the program may have another text.
	SHA256 string `json:"sha256"`
}

// cacheFormat is the format that this version reads and writes.
const cacheFormat = 1

// readCache reads the file; one that is not there is empty.
func readCache(path string) (kept, error) {
	k := kept{Format: cacheFormat}
	if path != "" {
		text, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return k, fmt.Errorf("the cache of the schema registry: %w", err)
		}
		if err == nil {
			if err := json.Unmarshal(text, &k); err != nil || k.Format != cacheFormat {
				return k, fmt.Errorf("%w: %s is no cache of a schema registry of this version; remove it, and the ids "+
					"are asked for again", ErrRefused, path)
			}
		}
	}
	if k.Schemas == nil {
		k.Schemas = map[uint32]string{}
	}
	if k.Own == nil {
		k.Own = map[string]ownEntry{}
	}
	return k, nil
}

// own returns the id of a schema of ours, if it is kept for this very text.
func (r *Registry) own(s *schemas.Schema) (uint32, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, ok := r.kept.Own[r.Subject(s)]
	return e.ID, ok && e.SHA256 == textDigest(s)
}

// keep notes the id of a schema of ours.
func (r *Registry) keep(s *schemas.Schema, id uint32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kept.Own[r.Subject(s)] = ownEntry{ID: id, SHA256: textDigest(s)}
	r.kept.Schemas[id] = string(s.Text())
}

func textDigest(s *schemas.Schema) string {
	sum := sha256.Sum256(s.Text())
	return hex.EncodeToString(sum[:])
}

// save writes the file whole, or leaves it as it was.
func (r *Registry) save() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.saveLocked()
}

// saveLocked is save for who holds r.mu.
func (r *Registry) saveLocked() error {
	if r.cfg.Cache == "" {
		return nil
	}
	text, err := json.Marshal(r.kept)
	if err != nil {
		return err
	}
	if err := outfile.ReplaceBytes(r.cfg.Cache, append(text, '\n')); err != nil {
		return fmt.Errorf("the cache of the schema registry cannot be written: %w", err)
	}
	return nil
}
