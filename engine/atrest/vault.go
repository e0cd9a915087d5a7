package atrest

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"tilsyn/engine/outfile"
)

// DataKeyFile is the file in a data directory that holds the directory's own key, encrypted. It is
// an ordinary file of age.
const DataKeyFile = "data-key.age"

// Vault encrypts what lies in one data directory. A nil vault is that of a directory that is not encrypted.
type Vault struct {
	// own is the directory's own identity; names of keys are derived from its text.
	own *age.X25519Identity
}

// KeyBytes is the length of a key by name, for AES-256.
const KeyBytes = 32

// Open opens the vault of a data directory, whose process alone uses it. Without a key it returns
// nil, and refuses a directory that is encrypted. With a key, a directory that holds none of the files
// and directories of `holds` gets a key of its own; one that does is not encrypted and is refused, as
// is one that was encrypted with another key. Every refusal is ErrKey and changes nothing.
func Open(dir string, k *Key, holds ...string) (*Vault, error) {
	path := filepath.Join(dir, DataKeyFile)
	sealed, err := os.ReadFile(path)
	switch {
	case err == nil && k == nil:
		return nil, fmt.Errorf("%w: the data directory %s is encrypted: give --state-key-file with the key that "+
			"opens %s", ErrKey, dir, path)
	case err == nil:
		return unlock(path, sealed, k)
	case !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	case k == nil:
		return nil, nil
	}
	for _, name := range holds {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return nil, fmt.Errorf("%w: the data directory %s is not encrypted, and --state-key-file %s does not "+
				"encrypt what lies there: stop the engine, write a backup (`tilsyn state backup`), restore it with "+
				"--state-key-file into a new directory, run on that one, and delete this one. Or, if it was encrypted, "+
				"put %s back", ErrKey, dir, k.File, path)
		}
	}
	own, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, fmt.Errorf("make a key for the data directory: %w", err)
	}
	return &Vault{own}, write(path, own, k)
}

// Is reports whether a data directory is encrypted.
func Is(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, DataKeyFile))
	return err == nil
}

// Rekey encrypts the key of a data directory anew, to the first identity of another key file; the
// old one does not open the directory any more. Nothing else in the directory changes. The caller
// has locked the directory.
func Rekey(dir string, old, anew *Key) error {
	path := filepath.Join(dir, DataKeyFile)
	sealed, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: the data directory %s is not encrypted, there is no %s", ErrKey, dir, path)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrKey, err)
	}
	v, err := unlock(path, sealed, old)
	if err != nil {
		return err
	}
	return write(path, v.own, anew)
}

// unlock decrypts the key of a directory.
func unlock(path string, sealed []byte, k *Key) (*Vault, error) {
	plain, err := age.Decrypt(bytes.NewReader(sealed), k.ids...)
	var text []byte
	if err == nil {
		text, err = io.ReadAll(io.LimitReader(plain, maxKeyFile))
	}
	var wrong *age.NoIdentityMatchError
	if errors.As(err, &wrong) {
		return nil, fmt.Errorf("%w: the key in %s does not open %s: give the key file that the directory was encrypted "+
			"with, or the one of its last `tilsyn state rekey`; without it, remove the directory and the state is built "+
			"again from the topics", ErrKey, k.File, path)
	}
	own := (*age.X25519Identity)(nil)
	if err == nil {
		own, err = age.ParseX25519Identity(strings.TrimSpace(string(text)))
	}
	if err != nil {
		// Not the reason: it may hold a part of the key.
		return nil, fmt.Errorf("%w: %s is damaged: put it back from a copy; without it, remove the directory and the "+
			"state is built again from the topics", ErrKey, path)
	}
	return &Vault{own}, nil
}

// write encrypts the key of a directory and writes it.
func write(path string, own *age.X25519Identity, k *Key) error {
	var sealed bytes.Buffer
	w, err := k.Writer(&sealed)
	if err == nil {
		_, err = io.WriteString(w, own.String()+"\n")
	}
	if err == nil {
		err = w.Close()
	}
	if err == nil {
		err = outfile.ReplaceBytes(path, sealed.Bytes())
	}
	if err != nil {
		return fmt.Errorf("write the key of the data directory: %w", err)
	}
	return nil
}

// Key is the key for a purpose, [KeyBytes] long; nil in a directory that is not encrypted.
func (v *Vault) Key(purpose string) []byte {
	if v == nil {
		return nil
	}
	key, err := hkdf.Key(sha256.New, []byte(v.own.String()), nil, "tilsyn "+purpose, KeyBytes)
	if err != nil {
		panic(err) // only for lengths that SHA-256 cannot give
	}
	return key
}

// AEAD encrypts records for a purpose, each with random bytes of its own in front; nil in a
// directory that is not encrypted. It suffices for 2^32 records.
func (v *Vault) AEAD(purpose string) cipher.AEAD {
	key := v.Key(purpose)
	if key == nil {
		return nil
	}
	block, err := aes.NewCipher(key)
	if err == nil {
		var a cipher.AEAD
		if a, err = cipher.NewGCMWithRandomNonce(block); err == nil {
			return a
		}
	}
	panic(err) // only for keys of another length
}

// Writer encrypts a file of the directory; Close ends it and leaves w open.
func (v *Vault) Writer(w io.Writer) (io.WriteCloser, error) {
	if v == nil {
		return through{w}, nil
	}
	return age.Encrypt(w, v.own.Recipient())
}

// ReaderAt decrypts a file of the directory of that size, and says how many bytes it holds.
func (v *Vault) ReaderAt(r io.ReaderAt, size int64) (io.ReaderAt, int64, error) {
	if v == nil {
		return r, size, nil
	}
	return age.DecryptReaderAt(r, size, v.own)
}
