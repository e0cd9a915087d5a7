package cli

import (
	"errors"
	"fmt"
	"os"

	"tilsyn/engine/atrest"
	"tilsyn/engine/outfile"
	"tilsyn/engine/stream"
	"tilsyn/state"
)

// stateKeyFlag is the key of an encrypted data directory.
type stateKeyFlag struct {
	StateKeyFile string `placeholder:"FILE" help:"Key that encrypts the data directory, as tilsyn state key or age-keygen makes it; its owner alone may read it (default: nothing is encrypted)."`
}

// key reads it; nil where there is none.
func (f stateKeyFlag) key() (*atrest.Key, error) {
	if f.StateKeyFile == "" {
		return nil, nil
	}
	return keyFile("--state-key-file", f.StateKeyFile)
}

// keyFile reads a key file that a flag names.
func keyFile(flag, file string) (*atrest.Key, error) {
	key, err := atrest.ReadKey(file)
	if err != nil {
		return nil, wrong("%s: %w", flag, err)
	}
	return key, nil
}

// stateKeyCmd is `tilsyn state key`.
type stateKeyCmd struct {
	File string `arg:"" help:"File for the key; it must not exist yet, unless --public is given."`
	// Public prints what belongs to a key that is there.
	Public bool `help:"Make none: print the public key that belongs to the one in FILE."`
}

// Help is shown under the flags.
func (stateKeyCmd) Help() string {
	return `Makes a key of age in FILE, readable by its owner alone, and prints the public key that belongs to it. Give the file to run with --state-key-file, and keep a copy elsewhere: without it nobody reads the data directory, and the state is built again from the topics. The public key encrypts backups (state backup --recipient); for these rather make a key that does not lie on the machine of the engine.`
}

// Run implements the command.
func (cmd *stateKeyCmd) Run(c *console) error {
	if cmd.Public {
		key, err := keyFile("FILE", cmd.File)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(c.stdout, key.Public())
		return err
	}
	if _, err := os.Lstat(cmd.File); err == nil {
		return wrong("%s is there already: give another file, or --public to see the public key that belongs to it",
			cmd.File)
	}
	text, public, err := atrest.NewKey()
	if err != nil {
		return err
	}
	out, err := outfile.Create(cmd.File, outfile.Private)
	if err != nil {
		return wrong("%s: %w", cmd.File, reason(err))
	}
	defer out.Discard()
	if _, err := out.Write(text); err != nil {
		return err
	}
	if err := out.Commit(); err != nil {
		return err
	}
	_, err = fmt.Fprintln(c.stdout, public)
	return err
}

// stateRekeyCmd is `tilsyn state rekey`.
type stateRekeyCmd struct {
	DataDir      string `placeholder:"DIR" required:"" help:"Data directory of the stopped instance (run --data-dir)."`
	StateKeyFile string `placeholder:"FILE" required:"" help:"Key file that opens it now."`
	NewKeyFile   string `placeholder:"FILE" required:"" help:"Key file that is to open it from now on; the first key in it is taken."`
}

// Help is shown under the flags.
func (stateRekeyCmd) Help() string {
	return `Writes one small file of the directory anew, whole or not at all: that with the directory's own key. The old key does not open the directory any more, but it opens copies of that file that somebody kept. If others had the old key and could read the disk, restore a backup into a new directory with the new key and delete this one.`
}

// Run implements the command.
func (cmd *stateRekeyCmd) Run(c *console) error {
	old, err := keyFile("--state-key-file", cmd.StateKeyFile)
	if err != nil {
		return err
	}
	anew, err := keyFile("--new-key-file", cmd.NewKeyFile)
	if err != nil {
		return err
	}
	err = stream.Rekey(cmd.DataDir, old, anew)
	if errors.Is(err, state.ErrInUse) {
		return wrong("--data-dir %s: an engine runs on it: stop it first", cmd.DataDir)
	}
	if err != nil {
		return stateError(err)
	}
	_, err = fmt.Fprintf(c.stdout, "%s: run it with --state-key-file %s from now on\n", cmd.DataDir, cmd.NewKeyFile)
	return err
}
