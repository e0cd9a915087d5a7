package topics

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// embeddedMeta is the first file that an embedded broker writes into its directory.
const embeddedMeta = "meta.json"

// embeddedFiles are all that it writes there.
var embeddedFiles = []string{
	embeddedMeta, "topics.json", "acls.json", "sasl.json", "broker_configs.json", "quotas.json", "seq_windows.json", "session_state.json",
	"groups.log", "pids.log", "partitions",
}

// EmbeddedDir looks whether an embedded broker may run on a directory, before it
// writes there. others are the names of what no such broker wrote, in their order;
// none where one has run there before. Hidden names and lost+found, which a disk of
// its own has, do not count. A directory that is not there is empty.
func EmbeddedDir(dir string) (others []string, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var meta struct {
		ClusterID string `json:"cluster_id"`
	}
	if text, err := os.ReadFile(filepath.Join(dir, embeddedMeta)); err == nil && json.Unmarshal(text, &meta) == nil && meta.ClusterID != "" {
		return nil, nil
	}
	for _, e := range entries {
		name := e.Name()
		if name == embeddedMeta || !OfNobody(name) && !slices.Contains(embeddedFiles, strings.TrimSuffix(name, ".tmp")) {
			others = append(others, name)
		}
	}
	return others, nil
}

// OfNobody reports whether an entry of a directory says nothing about whose the
// directory is: what is hidden, and what file systems put there.
func OfNobody(name string) bool { return strings.HasPrefix(name, ".") || name == "lost+found" }
