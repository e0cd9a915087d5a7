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
	// Cluster is what the cluster calls itself; empty where it has not said.
	Cluster    string `json:"cluster_id,omitempty"`
	Prefix     string `json:"topic_prefix"`
	Group      string `json:"group"`
	Partitions int32  `json:"partitions"`
}

const (
	identityFile    = "identity.json"
	identityVersion = 1
)

// openIdentity reads the identity in the directory, or writes a new one. A
// directory of another cluster, prefix, group or partition count is refused: its
// state would be of no use, and losing it by mistake would be worse. One that
// does not know its cluster yet belongs to the first that it meets.
func openIdentity(dir string, here identity) (identity, error) {
	here.Version = identityVersion
	path := filepath.Join(dir, identityFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		here.InstanceID = "tilsyn-" + uuid.NewString()
		return here, writeIdentity(dir, path, here)
	}
	if err != nil {
		return identity{}, fmt.Errorf("read the identity of this instance: %w", err)
	}
	const remedy = "give another --data-dir, or remove this one to build the state again from the topics"
	var got identity
	if err := json.Unmarshal(data, &got); err != nil || got.Version != identityVersion || got.InstanceID == "" {
		return identity{}, fmt.Errorf("%s is not an identity that this version of tilsyn reads: %w: %s", path, ErrDataDir, remedy)
	}
	learned := got.Cluster == "" && here.Cluster != ""
	if learned {
		got.Cluster = here.Cluster
	}
	if here.Cluster == "" {
		here.Cluster = got.Cluster
	}
	here.InstanceID = got.InstanceID
	if got != here {
		return identity{}, fmt.Errorf("%s is of %s; the topics are of %s: %w: %s", dir, got.where(), here.where(), ErrDataDir, remedy)
	}
	if learned {
		return got, writeIdentity(dir, path, got)
	}
	return got, nil
}

// where names what the state belongs to.
func (i *identity) where() string {
	return fmt.Sprintf("cluster %q, prefix %q, group %q and %d partitions", i.Cluster, i.Prefix, i.Group, i.Partitions)
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
