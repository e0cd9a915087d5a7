package stream

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/uuid"
)

// identity is who this instance is and what its data directory belongs to. It
// never changes once written.
type identity struct {
	Version int `json:"version"`
	// InstanceID is the static member id of the consumer group (KIP-345).
	InstanceID string `json:"instance_id"`
	Prefix     string `json:"topic_prefix"`
	Group      string `json:"group"`
	Partitions int32  `json:"partitions"`
}

const identityFile = "identity.json"

// openIdentity reads the identity in the directory, or writes a new one. A
// directory of another prefix, group or partition count is refused: its state
// would be of no use, and losing it by mistake would be worse.
func openIdentity(dir, prefix, group string, partitions int32) (identity, error) {
	want := identity{Version: 1, Prefix: prefix, Group: group, Partitions: partitions}
	path := filepath.Join(dir, identityFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		want.InstanceID = "tilsyn-" + uuid.NewString()
		return want, writeIdentity(dir, path, want)
	}
	if err != nil {
		return identity{}, fmt.Errorf("read the identity of this instance: %w", err)
	}
	var got identity
	if err := json.Unmarshal(data, &got); err != nil || got.Version != 1 || got.InstanceID == "" {
		return identity{}, fmt.Errorf("%s is not an identity of tilsyn: %w: give another --data-dir, or remove this one to build the state again from the topics", path, ErrDataDir)
	}
	want.InstanceID = got.InstanceID
	if got != want {
		return identity{}, fmt.Errorf("%s is of prefix %q, group %q and %d partitions, the topics are of prefix %q, group %q and %d: %w: give another --data-dir, or remove this one to build the state again from the topics",
			dir, got.Prefix, got.Group, got.Partitions, prefix, group, partitions, ErrDataDir)
	}
	return got, nil
}

// writeIdentity writes the file whole or not at all.
func writeIdentity(dir, path string, id identity) error {
	data, err := json.MarshalIndent(id, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the data directory: %w", err)
	}
	if err := writeFile(path, append(data, '\n')); err != nil {
		return fmt.Errorf("write the identity of this instance: %w", err)
	}
	return nil
}

// writeFile writes a file whole or not at all.
func writeFile(path string, data []byte) error {
	next := path + ".new"
	if err := os.WriteFile(next, data, 0o600); err != nil {
		return err
	}
	return os.Rename(next, path)
}
