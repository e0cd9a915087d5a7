package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/alecthomas/kong"

	"tilsyn/engine/duty"
)

// versionCmd prints the version, that of every record (engine_version), and what
// it was built from where that is known.
type versionCmd struct{}

// Run implements the command.
func (versionCmd) Run(c *console) error {
	_, err := fmt.Fprintln(c.stdout, versionText())
	return err
}

// versionFlag is --version, which says the same.
type versionFlag bool

// BeforeReset ends the program as --help does; kong calls it.
func (versionFlag) BeforeReset(app *kong.Kong) error {
	_, err := fmt.Fprintln(app.Stdout, versionText())
	app.Exit(statusOK)
	return err
}

// versionText is one line. What is built without the repository's history, as the
// image is, does not know its revision.
func versionText() string {
	built := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		modified := ""
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				built = " of " + s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				modified = " with changes"
			}
		}
		built += modified
	}
	return fmt.Sprintf("tilsyn %s%s, %s %s/%s", duty.EngineVersion, built, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
