// Command tilsyn indicates breaches of the duties of residents of Danish
// departure centres. See README.md and `tilsyn --help`.
package main

import (
	"os"

	"tilsyn/engine/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
