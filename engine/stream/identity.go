package stream

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tilsyn/engine/outfile"

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
	// TopicIDs are what the brokers call the topics that the state is of, by name;
	// missing in directories of before, and for brokers without them.
	TopicIDs map[string]string `json:"topic_ids,omitempty"`
}

// same reports whether two identities are of the same topics, by all but their
// ids.
func (i *identity) same(o *identity) bool {
	return i.Version == o.Version && i.InstanceID == o.InstanceID && i.Cluster == o.Cluster && i.Prefix == o.Prefix && i.Group == o.Group && i.Partitions == o.Partitions
}

// contradicts names the topics of which both know the id and that have another.
func (i *identity) contradicts(ids map[string]string) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(ids)) {
		if was, ok := i.TopicIDs[name]; ok && was != ids[name] {
			names = append(names, name)
		}
	}
	return names
}

// learnTopics takes on ids that are not known yet, all of them where there is no
// state that others could belong to, and refuses others than those that are.
func (i *identity) learnTopics(dir string, here map[string]string) (learned bool, err error) {
	if _, err := os.Stat(filepath.Join(dir, dirState)); errors.Is(err, fs.ErrNotExist) {
		learned = len(i.TopicIDs) > 0 && !maps.Equal(i.TopicIDs, here)
		i.TopicIDs = nil
	}
	if anew := i.contradicts(here); len(anew) > 0 {
		return false, fmt.Errorf("%s was deleted and made anew since %s was written: %w", strings.Join(anew, ", "), dir, ErrForeignLog)
	}
	ids := maps.Clone(i.TopicIDs)
	if ids == nil {
		ids = map[string]string{}
	}
	for name, id := range here {
		if _, ok := ids[name]; !ok {
			ids[name], learned = id, true
		}
	}
	i.TopicIDs = ids
	return learned, nil
}

const (
	identityFile    = "identity.json"
	identityVersion = 1
)

// openIdentity reads the identity in the directory, or makes up a new one; save is
// true where it is not in the directory as it is returned. It writes nothing. A
// directory of another cluster, prefix, group or partition count is refused: its
// state would be of no use, and losing it by mistake would be worse. One that
// does not know its cluster yet belongs to the first that it meets.
func openIdentity(dir string, here identity) (id identity, save bool, err error) {
	here.Version = identityVersion
	path := filepath.Join(dir, identityFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		here.InstanceID = "tilsyn-" + uuid.NewString()
		return here, true, nil
	}
	if err != nil {
		return identity{}, false, fmt.Errorf("read the identity of this instance: %w", err)
	}
	const remedy = "give another --data-dir, or remove this one to build the state again from the topics"
	var got identity
	if err := json.Unmarshal(data, &got); err != nil || got.Version != identityVersion || got.InstanceID == "" {
		return identity{}, false, fmt.Errorf("%s is not an identity that this version of tilsyn reads: %w: %s", path, ErrDataDir, remedy)
	}
	learned := got.Cluster == "" && here.Cluster != ""
	if learned {
		got.Cluster = here.Cluster
	}
	if here.Cluster == "" {
		here.Cluster = got.Cluster
	}
	here.InstanceID = got.InstanceID
	if !got.same(&here) {
		return identity{}, false, fmt.Errorf("%s is of %s; the topics are of %s: %w: %s", dir, got.where(), here.where(), ErrDataDir, remedy)
	}
	more, err := got.learnTopics(dir, here.TopicIDs)
	if err != nil {
		return identity{}, false, err
	}
	return got, learned || more, nil
}

// where names what the state belongs to.
func (i *identity) where() string {
	return fmt.Sprintf("cluster %q, prefix %q, group %q and %d partitions", i.Cluster, i.Prefix, i.Group, i.Partitions)
}

// writeIdentity writes the identity into the directory, whole or not at all.
func writeIdentity(dir string, id identity) error {
	data, err := json.MarshalIndent(id, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the data directory: %w", err)
	}
	if err := outfile.ReplaceBytes(filepath.Join(dir, identityFile), append(data, '\n')); err != nil {
		return fmt.Errorf("write the identity of this instance: %w", err)
	}
	return nil
}
