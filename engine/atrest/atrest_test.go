package atrest_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tilsyn/engine/atrest"
)

// keyIn makes a key file of several keys.
func keyIn(t *testing.T, texts ...[]byte) *atrest.Key {
	t.Helper()
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, bytes.Join(texts, nil), 0o600); err != nil {
		t.Fatal(err)
	}
	k, err := atrest.ReadKey(file)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func newText(t *testing.T) []byte {
	t.Helper()
	text, _, err := atrest.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// What is no key, or a key of everybody, is refused, and the refusal shows nothing of what is in the file.
func TestReadKeyRefuses(t *testing.T) {
	dir := t.TempDir()
	whole := newText(t)
	for name, c := range map[string]struct {
		text []byte
		mode os.FileMode
	}{
		"missing": {nil, 0}, "empty": {[]byte{}, 0o600}, "open to a group": {whole, 0o640}, "open to all": {whole, 0o604},
		"cut": {whole[:len(whole)-9], 0o600}, "text": {[]byte("secret\n"), 0o600},
		"long": {bytes.Repeat([]byte("#\n"), 40<<10), 0o600},
	} {
		file := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
		if c.text != nil {
			if err := errors.Join(os.WriteFile(file, c.text, 0o600), os.Chmod(file, c.mode)); err != nil {
				t.Fatal(err)
			}
		}
		_, err := atrest.ReadKey(file)
		if !errors.Is(err, atrest.ErrKey) || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && (strings.Contains(err.Error(), "AGE-SECRET") || strings.Contains(err.Error(), "secret\n")) {
			t.Errorf("%s: the error shows the key: %v", name, err)
		}
	}
}

// A directory keeps its own key whatever key file opens it; keys by name differ; a key file with the old
// key below the new one opens what either encrypted.
func TestVault(t *testing.T) {
	dir := t.TempDir()
	first, second := newText(t), newText(t)
	one, two, both := keyIn(t, first), keyIn(t, second), keyIn(t, second, first)
	v, err := atrest.Open(dir, one, "identity.json")
	if err != nil {
		t.Fatal(err)
	}
	was := v.Key("state")
	if len(was) != atrest.KeyBytes || bytes.Equal(was, v.Key("pages")) {
		t.Errorf("keys are %d bytes, or equal", len(was))
	}
	if err := os.WriteFile(filepath.Join(dir, "identity.json"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, k := range []*atrest.Key{one, both} {
		if again, err := atrest.Open(dir, k, "identity.json"); err != nil || !bytes.Equal(again.Key("state"), was) {
			t.Errorf("opened with %s: %v", k.File, err)
		}
	}
	if _, err := atrest.Open(dir, two, "identity.json"); !errors.Is(err, atrest.ErrKey) {
		t.Errorf("with another key: %v", err)
	}
	if err := atrest.Rekey(dir, one, both); err != nil {
		t.Fatal(err)
	}
	if _, err := atrest.Open(dir, one); !errors.Is(err, atrest.ErrKey) {
		t.Errorf("with the key of before: %v", err)
	}
	if again, err := atrest.Open(dir, two); err != nil || !bytes.Equal(again.Key("state"), was) {
		t.Errorf("with the new key: %v", err)
	}
	path := filepath.Join(dir, atrest.DataKeyFile)
	sealed, err := os.ReadFile(path)
	if err != nil || bytes.Contains(sealed, []byte("AGE-SECRET")) {
		t.Errorf("the key lies there in clear, or: %v", err)
	}
	if err := os.WriteFile(path, sealed[:len(sealed)-3], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := atrest.Open(dir, two); !errors.Is(err, atrest.ErrKey) || !strings.Contains(err.Error(), path) {
		t.Errorf("a damaged file: %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := atrest.Open(dir, two, "identity.json"); !errors.Is(err, atrest.ErrKey) {
		t.Errorf("a directory without its key: %v", err)
	}
	if atrest.Is(dir) {
		t.Error("a key was made for a directory that is in use")
	}
	if none, err := atrest.Open(dir, nil, "identity.json"); none != nil || err != nil {
		t.Errorf("a directory that is not encrypted: %v %v", none, err)
	}
}

// Files come back as they were; a changed one, and one of another key, does not.
func TestFiles(t *testing.T) {
	text := bytes.Repeat([]byte("what is of a person; "), 10_000)
	v, err := atrest.Open(t.TempDir(), keyIn(t, newText(t)))
	if err != nil {
		t.Fatal(err)
	}
	k := keyIn(t, newText(t))
	for name, x := range map[string]struct {
		seal func(io.Writer) (io.WriteCloser, error)
		open func([]byte) (io.Reader, error)
	}{
		"directory": {v.Writer, func(b []byte) (io.Reader, error) {
			r, n, err := v.ReaderAt(bytes.NewReader(b), int64(len(b)))
			if err != nil {
				return nil, err
			}
			return io.NewSectionReader(r, 0, n), nil
		}},
		"operator": {k.Writer, func(b []byte) (io.Reader, error) { return k.Reader(bytes.NewReader(b)) }},
	} {
		var sealed bytes.Buffer
		w, err := x.seal(&sealed)
		if err == nil {
			_, err = w.Write(text)
		}
		if err := errors.Join(err, w.Close()); err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(sealed.Bytes(), []byte("of a person")) {
			t.Errorf("%s: the text can be read", name)
		}
		got, err := readAll(x.open(sealed.Bytes()))
		if err != nil || !bytes.Equal(got, text) {
			t.Errorf("%s: %d bytes came back, %v", name, len(got), err)
		}
		changed := bytes.Clone(sealed.Bytes())
		changed[len(changed)/2] ^= 1
		if _, err := readAll(x.open(changed)); err == nil {
			t.Errorf("%s: a changed file was read", name)
		}
	}
	var none *atrest.Key
	if got, err := readAll(none.Reader(bytes.NewReader(text[:5]))); err != nil || !bytes.Equal(got, text[:5]) {
		t.Errorf("without a key %q came back, %v", got, err)
	}
}

func readAll(r io.Reader, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
