package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// versionCmd prints what was built from what.
type versionCmd struct{}

// Run implements the command.
func (versionCmd) Run(c *console) error {
	version, revision, modified := "devel", "", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" && info.Main.Version != "(devel)" {
			version = info.Main.Version
		}
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				revision = " " + s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				modified = " (with changes)"
			}
		}
	}
	_, err := fmt.Fprintf(c.stdout, "tilsyn %s%s%s %s %s/%s\n", version, revision, modified, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
