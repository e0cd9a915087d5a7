package state

import (
	"errors"
	"fmt"

	badger "github.com/dgraph-io/badger/v4"
)

// ErrKey says that a state is encrypted with another key than the one given, or with one and none was
// given, or not at all. Nothing was changed.
var ErrKey = errors.New("the state does not open with this key")

// dataKeys reads Badger's own keys, which Options.Key protects. It is done before anything else reads
// the directory: with a wrong key everything in it would look damaged, and what is damaged is
// discarded.
func dataKeys(dir string, opt Options) (*badger.KeyRegistry, error) {
	keys, err := badger.OpenKeyRegistry(badger.KeyRegistryOptions{
		Dir: dir, ReadOnly: true, EncryptionKey: opt.Key, EncryptionKeyRotationDuration: opt.KeyRotation,
	})
	switch {
	case err == nil:
		return keys, nil
	case errors.Is(err, badger.ErrEncryptionKeyMismatch) && len(opt.Key) == 0:
		return nil, fmt.Errorf("%w: %s is encrypted; give its key", ErrKey, dir)
	case errors.Is(err, badger.ErrEncryptionKeyMismatch):
		return nil, fmt.Errorf("%w: %s is encrypted with another one, or not at all; give the one that it was "+
			"made with", ErrKey, dir)
	}
	return nil, openError(dir, err)
}
