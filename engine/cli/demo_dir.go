package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"tilsyn/engine/simulate"
	"tilsyn/engine/stream/datadir"
	"tilsyn/state"
)

// Names in a demo's directory.
const (
	demoMarker     = ".tilsyn-demo"
	demoBroker     = "broker"
	demoState      = "state"
	demoViolations = "violations.jsonl"
	demoReplayed   = "replayed.jsonl"

	// demoHome is where a demo goes by default.
	demoHome = "./tilsyn-demo"
)

// demoOwn are the names that a demo, or a command that it proposes, writes beside
// its marker, and that the next demo replaces.
var demoOwn = []string{
	simulate.FactsFile, simulate.TruthFile, simulate.PolicyFile, demoViolations, demoReplayed, demoBroker, demoState,
}

// demoDir is the directory of a demo.
type demoDir struct {
	// path is absolute, shown is for the user.
	path, shown string
	// replaced is true where an earlier demo left something; notes says what else
	// the user should know.
	replaced bool
	note     string
	// unlock lets others use the broker's directory.
	unlock func()
}

// openDemoDir makes the directory that is asked for, the default one where name
// is empty. Where the default one cannot be written, a temporary one takes its
// place.
func openDemoDir(name string) (*demoDir, error) {
	if name != "" {
		return takeDemoDir(name)
	}
	d, err := takeDemoDir(demoHome)
	if !errors.Is(err, fs.ErrPermission) && !errors.Is(err, errReadOnly) {
		return d, err
	}
	temp, tempErr := os.MkdirTemp("", "tilsyn-demo-")
	if tempErr != nil {
		return nil, wrong("%s cannot be written, and neither can %s: "+
			"give a directory that you may write with --dir DIR, or set TMPDIR", demoHome, os.TempDir())
	}
	if d, err = takeDemoDir(temp); err != nil {
		return nil, err
	}
	d.note = demoHome + " cannot be written by you, so the data go to " + temp +
		"; remove it when you need it no more, or choose another place with --dir."
	return d, nil
}

// takeDemoDir makes the directory, or empties it of what an earlier demo wrote.
// It refuses one that holds anything and was not made by a demo, one that
// cannot be written, and one that an engine runs on; what is refused stays as it is.
func takeDemoDir(name string) (*demoDir, error) {
	path, err := filepath.Abs(name)
	if err != nil {
		return nil, err
	}
	d := &demoDir{path: path, shown: name}
	entries, err := os.ReadDir(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := os.MkdirAll(path, 0o750); err != nil {
			return nil, d.refused(err)
		}
	case err != nil:
		return nil, d.refused(err)
	case len(entries) > 0 && !exists(filepath.Join(path, demoMarker)):
		return nil, wrong("--dir %s: there is something in it that no demo wrote (%s is missing); "+
			"choose another directory", name, demoMarker)
	default:
		d.replaced = len(entries) > 0
	}
	return d, d.take()
}

// take makes sure that the directory may be written and nobody uses it, and only
// then empties it.
func (d *demoDir) take() error {
	probe, err := os.CreateTemp(d.path, demoMarker+"-*")
	if err != nil {
		return d.refused(err)
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return d.refused(err)
	}
	broker, data := filepath.Join(d.path, demoBroker), filepath.Join(d.path, demoState)
	idle, err := datadir.LockDirs(data)
	if err != nil {
		return d.refused(err)
	}
	if d.unlock, err = datadir.LockDirs(broker); err != nil {
		idle()
		return d.refused(err)
	}
	for _, own := range demoOwn {
		if err := emptyOut(filepath.Join(d.path, own)); err != nil {
			idle()
			d.unlock()
			return d.refused(err)
		}
	}
	idle() // the engine takes its place
	text := "Written by `tilsyn demo`. The next demo replaces " + strings.Join(demoOwn, ", ") +
		" in this directory and nothing else.\n"
	if err := os.WriteFile(filepath.Join(d.path, demoMarker), []byte(text), 0o600); err != nil {
		d.unlock()
		return d.refused(err)
	}
	return nil
}

// emptyOut removes a file, or what is in a directory but for the lock.
func emptyOut(path string) error {
	entries, err := os.ReadDir(path)
	if err != nil {
		return os.RemoveAll(path) // a file, or nothing
	}
	for _, e := range entries {
		if e.Name() == datadir.LockFile {
			continue
		}
		if err := os.RemoveAll(filepath.Join(path, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// errReadOnly says that nothing can be written there.
var errReadOnly = errors.New("it cannot be written")

// refused says why the directory cannot be used, and what to do.
func (d *demoDir) refused(err error) error {
	const remedy = "choose another one with --dir DIR"
	var p *fs.PathError
	switch {
	case errors.Is(err, state.ErrInUse):
		return wrong("--dir %s: a tilsyn runs on it (a demo, or `run --embedded`): end it, or %s", d.shown, remedy)
	case errors.As(err, &p) && isReadOnly(p.Err):
		return wrong("--dir %s: %w: %w; %s", d.shown, errReadOnly, p.Err, remedy)
	case errors.As(err, &p):
		return wrong("--dir %s: %w; %s", d.shown, p.Err, remedy)
	}
	return &usageError{fmt.Errorf("--dir %s: %w; %s", d.shown, err, remedy)}
}
