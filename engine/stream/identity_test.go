package stream

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/datadir"
)

// savedIdentity opens the identity and writes it where that is needed.
func savedIdentity(dir string, here datadir.Identity) (datadir.Identity, error) {
	id, save, err := datadir.OpenIdentity(dir, here)
	if err == nil && save {
		err = datadir.WriteIdentity(dir, id)
	}
	return id, err
}

// A directory of another cluster is refused; one that does not know its cluster
// learns it.
func TestIdentity(t *testing.T) {
	dir := t.TempDir()
	first, err := savedIdentity(dir, datadir.Identity{Prefix: "p", Group: "g", Partitions: 2})
	if err != nil || first.InstanceID == "" {
		t.Fatal(first, err)
	}
	here := datadir.Identity{Cluster: "c", Prefix: "p", Group: "g", Partitions: 2}
	for range 2 {
		if got, err := savedIdentity(dir, here); err != nil || got.InstanceID != first.InstanceID || got.Cluster != "c" {
			t.Fatal(got, err)
		}
	}
	for what, other := range map[string]datadir.Identity{
		"cluster":    {Cluster: "d", Prefix: "p", Group: "g", Partitions: 2},
		"prefix":     {Cluster: "c", Prefix: "q", Group: "g", Partitions: 2},
		"group":      {Cluster: "c", Prefix: "p", Group: "h", Partitions: 2},
		"partitions": {Cluster: "c", Prefix: "p", Group: "g", Partitions: 3},
	} {
		if _, err := savedIdentity(dir, other); !errors.Is(err, datadir.ErrDataDir) {
			t.Errorf("another %s: %v", what, err)
		}
	}
	// Ids are learned, kept, and refused where they are others and there is a state.
	with := here
	for _, x := range []struct {
		ids   map[string]string
		state bool
		want  error
	}{
		{map[string]string{"a": "1"}, true, nil}, {map[string]string{"a": "1", "b": "2"}, true, nil}, {nil, true, nil},
		{map[string]string{"a": "1", "b": "3"}, true, broker.ErrForeignLog},
		{map[string]string{"b": "3"}, false, nil}, {map[string]string{"a": "4", "b": "3"}, true, nil},
		{map[string]string{"a": "5", "b": "3"}, true, broker.ErrForeignLog},
	} {
		if err := os.RemoveAll(filepath.Join(dir, datadir.DirState)); err != nil {
			t.Fatal(err)
		}
		if x.state {
			if err := os.Mkdir(filepath.Join(dir, datadir.DirState), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		with.TopicIDs = x.ids
		if _, err := savedIdentity(dir, with); !errors.Is(err, x.want) {
			t.Errorf("ids %v, state %v: %v", x.ids, x.state, err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, datadir.IdentityFile), []byte(`{"version":7,"instance_id":"x"}`),
		0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := savedIdentity(dir, here); !errors.Is(err, datadir.ErrDataDir) {
		t.Errorf("another version: %v", err)
	}
}
