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

// embeddedFiles are all the files that it writes there.
var embeddedFiles = []string{
	embeddedMeta, "topics.json", "acls.json", "sasl.json", "broker_configs.json", "quotas.json", "seq_windows.json",
	"session_state.json",
	"groups.log", "pids.log", "partitions",
}

// EmbeddedDir checks whether an embedded broker may run on a directory, without writing to it.
// others are the names that no such broker wrote; none if one has run there before. Hidden names
// and lost+found do not count. A missing directory is empty.
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
	if text, err := os.ReadFile(filepath.Join(dir, embeddedMeta)); err == nil &&
		json.Unmarshal(text, &meta) == nil && meta.ClusterID != "" {
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

// OfNobody reports whether a directory entry says nothing about the owner of the directory: hidden
// names, and those that file systems create.
func OfNobody(name string) bool { return strings.HasPrefix(name, ".") || name == "lost+found" }
