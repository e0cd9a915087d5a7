package stream

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tilsyn/engine/atrest"
	"tilsyn/engine/stream/datadir"
	"tilsyn/topics"
)

// dirs are the directories of a run. Until the run has begun, everything it creates can be removed
// again: a refused run leaves the directories as they were.
type dirs struct {
	unlock func()
	// ours are the directories that no run used before, with the names that were in them.
	ours map[string][]string
	// crashed is true if the embedded broker was not shut down cleanly last time.
	crashed bool
	// kept is set when the identity is written; begun when the group writes the prefix, after which
	// nothing is removed.
	kept, begun bool
	// mark is the directory that holds the mark of a running embedded broker.
	mark string
}

// openDirs checks that the directories of the settings are free or ours, creates missing ones and
// locks them. A directory with foreign files is refused (ErrConfig).
func openDirs(cfg *Config) (*dirs, error) {
	d := &dirs{ours: map[string][]string{}, unlock: func() {}}
	if err := apart(cfg); err != nil {
		return nil, err
	}
	for _, x := range []struct {
		flag, dir, what string
		of              func(string) ([]string, error)
	}{
		{"--data-dir", cfg.DataDir, "no data directory of `tilsyn run`", strangersInDataDir},
		{"--embedded", cfg.Embedded, "no directory of an embedded broker", topics.EmbeddedDir},
	} {
		if x.dir == "" {
			continue
		}
		others, err := x.of(x.dir)
		if err != nil {
			return nil, errConfig(fmt.Sprintf("%s %s: %v; give a directory that this user may read and write",
				x.flag, x.dir, datadir.Plain(err)))
		}
		others = slices.DeleteFunc(others, func(name string) bool {
			return name == datadir.LockFile || leadsTo(filepath.Join(x.dir, name), cfg.DataDir, cfg.Embedded)
		})
		if len(others) > 0 {
			// Not their names: a file may be called after a person.
			return nil, errConfig(fmt.Sprintf("%s %s is %s and not empty, it holds %d of another's files: "+
				"give a new or an empty directory", x.flag, x.dir, x.what, len(others)))
		}
	}
	before := map[string][]string{}
	for dir, first := range map[string]string{cfg.DataDir: datadir.IdentityFile, cfg.Embedded: "partitions"} {
		if dir != "" && !datadir.Exists(filepath.Join(dir, first)) {
			before[dir] = namesIn(dir)
		}
	}
	for dir, names := range before {
		d.ours[dir] = append(names, datadir.LockFile)
	}
	if err := d.make(cfg); err != nil {
		d.unlock()
		return nil, err
	}
	return d, nil
}

// make creates what is missing and locks the directories that one process alone may use.
func (d *dirs) make(cfg *Config) error {
	for _, x := range []struct{ flag, dir string }{{"--data-dir", cfg.DataDir}, {"--embedded", cfg.Embedded},
		{"--snapshots", cfg.Snapshots}} {
		var undo func()
		var err error
		if x.flag == "--snapshots" && x.dir != "" {
			var made datadir.MadeDirs
			made, err = datadir.MakeDir(x.dir)
			undo = made.Remove
		} else {
			undo, err = datadir.LockDirs(x.dir)
		}
		var p *fs.PathError
		if errors.As(err, &p) {
			return errConfig(fmt.Sprintf("%s %s: %v; give a directory that this user may read and write", x.flag, x.dir, p.Err))
		}
		if err != nil {
			return err
		}
		before := d.unlock
		d.unlock = func() { undo(); before() }
	}
	return nil
}

// running leaves the mark of an engine with an embedded broker in the data directory.
func (d *dirs) running(dataDir string) (err error) {
	if d.crashed, err = markRunning(dataDir); err == nil && !d.crashed {
		d.mark = dataDir
	}
	return err
}

// close releases the directories after a run that ended with err. If the run was refused, or ended
// before it wrote its identity, what it created is removed.
func (d *dirs) close(err error) error {
	defer d.unlock()
	if d.begun {
		return err
	}
	if d.mark != "" {
		err = errors.Join(err, unmarkRunning(d.mark))
	}
	if err == nil && d.kept {
		return nil // its user stopped it; the next start goes on from here
	}
	for dir, before := range d.ours {
		for _, name := range namesIn(dir) {
			if path := filepath.Join(dir, name); !slices.Contains(before, name) && !d.holds(path) {
				err = errors.Join(err, os.RemoveAll(path))
			}
		}
	}
	return err
}

// holds reports whether one of the directories lies at or below a path.
func (d *dirs) holds(path string) bool {
	for dir := range d.ours {
		if leadsTo(path, dir) {
			return true
		}
	}
	return false
}

// apart refuses one directory for both purposes.
func apart(cfg *Config) error {
	if cfg.Embedded == "" {
		return nil
	}
	a, errA := os.Stat(cfg.DataDir)
	b, errB := os.Stat(cfg.Embedded)
	if absolute(cfg.DataDir) == absolute(cfg.Embedded) || errA == nil && errB == nil && os.SameFile(a, b) {
		return errConfig(fmt.Sprintf("--data-dir %s and --embedded %s are one directory: give each its own",
			cfg.DataDir, cfg.Embedded))
	}
	return nil
}

// strangersInDataDir returns the names in a directory that no engine wrote; none if an engine has
// run on it.
func strangersInDataDir(dir string) (others []string, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		switch name := e.Name(); {
		case name == datadir.IdentityFile:
			return nil, nil
		case !topics.OfNobody(name) && !slices.Contains(dataDirNames, strings.TrimSuffix(name, ".new")):
			others = append(others, name)
		}
	}
	return others, err
}

// dataDirNames are the names that an engine writes in its data directory.
var dataDirNames = []string{datadir.LockFile, adminSocket, runningMark, datadir.IdentityFile, membershipFile,
	atrest.DataKeyFile, datadir.DirState, dirDamaged, datadir.DirRegister, datadir.DirRegisterDamaged, SchemasFile}

// SchemasFile is the file in a data directory that keeps what a schema registry said.
const SchemasFile = "schema-registry.json"

// namesIn returns the names in a directory; none if it does not exist.
func namesIn(dir string) (names []string) {
	entries, _ := os.ReadDir(dir) // whoever writes there learns why not
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// leadsTo reports whether a path is one of the directories or a parent of one.
func leadsTo(path string, dirs ...string) bool {
	for _, dir := range dirs {
		if dir == "" {
			continue
		}
		rel, err := filepath.Rel(absolute(path), absolute(dir))
		if err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			return true
		}
	}
	return false
}

// absolute returns the absolute path, or the path itself if that is not known.
func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}
