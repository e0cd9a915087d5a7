package atrest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"filippo.io/age"
)

// ErrKey says that a key cannot be used, or does not fit what it is to open. The text around it
// names the files and says what to do.
var ErrKey = errors.New("the key cannot be used")

// Key is what a key file holds.
type Key struct {
	// File is its name, for messages.
	File string
	// ids open what was encrypted to any of them; to is the recipient of the first.
	ids []age.Identity
	to  age.Recipient
}

// maxKeyFile bounds a key file, in bytes.
const maxKeyFile = 64 << 10

// ReadKey reads a key file: identities as age-keygen writes them. The first encrypts, each of them
// decrypts, so that a file may hold a new key above an old one. A file that others than its owner
// may read is refused (ErrKey), but for one of root that this user reads through its group, as
// mounted secrets are.
func ReadKey(file string) (*Key, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode&othersMay(info) != 0 {
		return nil, fmt.Errorf("%w: others than its owner may read %s (mode %03o): chmod 600 it, "+
			"and make a new key if others had access", ErrKey, file, mode)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	if err != nil || len(text) > maxKeyFile {
		return nil, fmt.Errorf("%w: %s is no key file, or cannot be read", ErrKey, file)
	}
	k := &Key{File: file}
	// What age says of a line may hold the line.
	if k.ids, err = age.ParseIdentities(bytes.NewReader(text)); err != nil {
		return nil, fmt.Errorf("%w: %s holds no identities of age: make one with `tilsyn state key FILE` or age-keygen",
			ErrKey, file)
	}
	if k.to, err = recipientOf(k.ids[0]); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrKey, file, err)
	}
	return k, nil
}

// othersMay are the permissions that a key file must not have.
func othersMay(info os.FileInfo) os.FileMode {
	if owner, known := ownerOf(info); known && owner == 0 && os.Getuid() != 0 {
		return 0o037 // whoever does not own it cannot read it otherwise
	}
	return 0o077
}

// recipientOf is whom to encrypt to, so that the identity decrypts.
func recipientOf(id age.Identity) (age.Recipient, error) {
	switch id := id.(type) {
	case *age.X25519Identity:
		return id.Recipient(), nil
	case *age.HybridIdentity:
		return id.Recipient(), nil
	}
	return nil, errors.New("its first identity is of a kind that cannot encrypt: put one of age-keygen first")
}

// NewKey makes a key: the text of its file, and the public key that belongs to it.
func NewKey() (text []byte, public string, err error) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, "", fmt.Errorf("make a key: %w", err)
	}
	public = id.Recipient().String()
	return fmt.Appendf(nil, "# public key: %s\n%s\n", public, id), public, nil
}

// Public is the public key that belongs to the first identity.
func (k *Key) Public() string { return fmt.Sprint(k.to) }

// Writer encrypts what is written to the first identity of the file; Close ends it and leaves w open.
// A nil key hands everything through.
func (k *Key) Writer(w io.Writer) (io.WriteCloser, error) {
	if k == nil {
		return through{w}, nil
	}
	return age.Encrypt(w, k.to)
}

// Reader decrypts what [Key.Writer] wrote; one of the errors is ErrKey. What does not begin as a
// file of age is handed through, with a nil key nothing else.
func (k *Key) Reader(r io.Reader) (io.Reader, error) {
	head := make([]byte, len(magic))
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	r = io.MultiReader(bytes.NewReader(head[:n]), r)
	switch {
	case string(head[:n]) != magic:
		return r, nil
	case k == nil:
		return nil, fmt.Errorf("%w: it is encrypted, and there is no key to open it", ErrKey)
	}
	plain, err := age.Decrypt(r, k.ids...)
	if err != nil {
		return nil, fmt.Errorf("%w: it does not open with %s", ErrKey, k.File)
	}
	return plain, nil
}

// magic is how a file of age begins.
const magic = "age-encryption.org/"

// through is a writer that nothing is to be done at the end of.
type through struct{ io.Writer }

// Close implements io.Closer.
func (through) Close() error { return nil }
