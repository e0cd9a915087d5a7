package cli

import (
	"crypto/rand"
	"fmt"
	"io/fs"
	"os"

	"tilsyn/engine/outfile"
	"tilsyn/engine/treelog"
)

// logKeyCmd is `tilsyn log key`.
type logKeyCmd struct {
	File string `arg:"" help:"File for the private key; it must not exist yet, unless --public is given."`
	// Public prints what belongs to a key that is there.
	Public bool `help:"Make none: print the public key that belongs to the private key in FILE."`
}

// Help is shown under the flags.
func (logKeyCmd) Help() string {
	return `Makes a private key of Ed25519 in FILE, readable by its owner alone, and prints the public key that belongs to it. Give the private key to every instance with run --log-key; give the public key to whoever shall check signatures (log check, log prove and checkpoints with --public-key). openssl genpkey -algorithm ed25519 makes such a key as well.`
}

// Run implements the command.
func (cmd *logKeyCmd) Run(c *console) error {
	if cmd.Public {
		key, err := logKey(cmd.File)
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
	key, err := treelog.NewKey(rand.Reader)
	if err != nil {
		return err
	}
	text, err := key.Encode()
	if err != nil {
		return err
	}
	out, err := outfile.Create(cmd.File, fs.FileMode(0o600))
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
	_, err = fmt.Fprintln(c.stdout, key.Public())
	return err
}

// logKey reads a private key; none for an empty name.
func logKey(file string) (*treelog.Key, error) {
	if file == "" {
		return nil, nil
	}
	text, err := readFile("the key", file)
	if err != nil {
		return nil, err
	}
	key, err := treelog.ParseKey(text)
	if err != nil {
		return nil, wrong("the key %s: %w", file, err)
	}
	return key, nil
}
