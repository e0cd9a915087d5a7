package datadir

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
	"tilsyn/engine/stream/broker"

	"github.com/google/uuid"
)

// Identity is who this instance is and what its data directory belongs to.
type Identity struct {
	Version int `json:"version"`
	// InstanceID is the static member id of the consumer group (KIP-345).
	InstanceID string `json:"instance_id"`
	// Cluster is the cluster id; empty if the cluster has none.
	Cluster    string `json:"cluster_id,omitempty"`
	Prefix     string `json:"topic_prefix"`
	Group      string `json:"group"`
	Partitions int32  `json:"partitions"`
	// TopicIDs are the topic ids by topic name that the state was built from; missing in older
	// directories and with brokers that have none.
	TopicIDs map[string]string `json:"topic_ids,omitempty"`
}

// Same reports whether two identities are equal, topic ids aside.
func (i *Identity) Same(o *Identity) bool {
	return i.Version == o.Version && i.InstanceID == o.InstanceID && i.Cluster == o.Cluster &&
		i.Prefix == o.Prefix && i.Group == o.Group && i.Partitions == o.Partitions
}

// Contradicts returns the topics whose ids are known on both sides and differ.
func (i *Identity) Contradicts(ids map[string]string) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(ids)) {
		if was, ok := i.TopicIDs[name]; ok && was != ids[name] {
			names = append(names, name)
		}
	}
	return names
}

// learnTopics adds ids that are not known yet, and refuses ids that differ from known ones. If
// there is no state that could belong to other topics, it takes all of them anew.
func (i *Identity) learnTopics(dir string, here map[string]string) (learned bool, err error) {
	if _, err := os.Stat(filepath.Join(dir, DirState)); errors.Is(err, fs.ErrNotExist) {
		learned = len(i.TopicIDs) > 0 && !maps.Equal(i.TopicIDs, here)
		i.TopicIDs = nil
	}
	if anew := i.Contradicts(here); len(anew) > 0 {
		return false, fmt.Errorf("%s was deleted and made anew since %s was written: %w", strings.Join(anew, ", "),
			dir, broker.ErrForeignLog)
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

// The file of the identity in the data directory, and its format version.
const (
	IdentityFile    = "identity.json"
	IdentityVersion = 1
)

// OpenIdentity reads the identity in the directory, or makes a new one; it writes nothing. save is
// true if the returned identity differs from the file. A directory of another cluster, prefix,
// group or partition count is refused: its state would be useless, and deleting it by mistake
// would be worse. A directory without a cluster id adopts the first cluster that it meets.
func OpenIdentity(dir string, here Identity) (id Identity, save bool, err error) {
	here.Version = IdentityVersion
	path := filepath.Join(dir, IdentityFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		here.InstanceID = "tilsyn-" + uuid.NewString()
		return here, true, nil
	}
	if err != nil {
		return Identity{}, false, fmt.Errorf("read the identity of this instance: %w", err)
	}
	const remedy = "give another --data-dir, or remove this one to build the state again from the topics"
	var got Identity
	if err := json.Unmarshal(data, &got); err != nil || got.Version != IdentityVersion || got.InstanceID == "" {
		return Identity{}, false, fmt.Errorf("%s is not an identity that this version of tilsyn reads: %w: %s",
			path, ErrDataDir, remedy)
	}
	learned := got.Cluster == "" && here.Cluster != ""
	if learned {
		got.Cluster = here.Cluster
	}
	if here.Cluster == "" {
		here.Cluster = got.Cluster
	}
	here.InstanceID = got.InstanceID
	if !got.Same(&here) {
		return Identity{}, false, fmt.Errorf("%s is of %s; the topics are of %s: %w: %s", dir, got.Where(),
			here.Where(), ErrDataDir, remedy)
	}
	more, err := got.learnTopics(dir, here.TopicIDs)
	if err != nil {
		return Identity{}, false, err
	}
	return got, learned || more, nil
}

// Where describes what the state belongs to, for messages.
func (i *Identity) Where() string {
	return fmt.Sprintf("cluster %q, prefix %q, group %q and %d partitions", i.Cluster, i.Prefix, i.Group, i.Partitions)
}

// WriteIdentity writes the identity into the directory atomically.
func WriteIdentity(dir string, id Identity) error {
	data, err := json.MarshalIndent(id, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the data directory: %w", err)
	}
	if err := outfile.ReplaceBytes(filepath.Join(dir, IdentityFile), append(data, '\n')); err != nil {
		return fmt.Errorf("write the identity of this instance: %w", err)
	}
	return nil
}
