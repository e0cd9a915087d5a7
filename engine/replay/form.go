package replay

import (
	"bufio"
	"bytes"
	"fmt"
)

// formHead is how much of a file is looked at to tell what it is.
const formHead = 64 << 10

// packed are compressed files by their first bytes, and what unpacks them.
var packed = []struct{ magic, name, command string }{
	{"\x1f\x8b", "gzip", "gunzip -c"},
	{"\x28\xb5\x2f\xfd", "zstd", "zstd -dc"},
	{"BZh", "bzip2", "bunzip2 -c"},
	{"\xfd7zXZ\x00", "xz", "xz -dc"},
	{"PK\x03\x04", "zip", "unzip -p"},
}

// Unreadable recognises text that is packed or in another encoding than UTF-8 by its
// first bytes, and says what it is and what to do; nil: it is neither. file is what the
// user calls it, ext how the name of such a file ends.
func Unreadable(head []byte, file, ext string) error {
	for _, p := range packed {
		if bytes.HasPrefix(head, []byte(p.magic)) {
			return fmt.Errorf("is packed with %s: unpack it first, as by `%s %s > NEW%s`", p.name, p.command, file, ext)
		}
	}
	if name := wideText(head); name != "" {
		return fmt.Errorf("is text in %s, and it must be UTF-8: convert it first, "+
			"as by `iconv -f %s -t UTF-8 %s > NEW%s`", name, name, file, ext)
	}
	return nil
}

// wrongForm recognises a file that is no JSON Lines of UTF-8, and says what it is and
// what to do. loose accepts lines that are not readable by themselves, as
// --skip-bad does; what is packed or in another encoding has no lines.
func wrongForm(file string, in *bufio.Reader, loose bool) error {
	head, _ := in.Peek(formHead) // what cannot be read is told by who reads
	from := file
	if file == Stdio {
		from = "FILE"
	}
	if err := Unreadable(head, from, ".jsonl"); err != nil {
		return err
	}
	if loose {
		return nil
	}
	switch spread(head) {
	case '{':
		return fmt.Errorf("has its JSON spread over several lines; each line must be a fact by itself: "+
			"write it so first, as by `jq -c . %s > NEW.jsonl`", from)
	case '[':
		return fmt.Errorf("is one JSON list; each line must be a fact by itself: write it so first, "+
			"as by `jq -c '.[]' %s > NEW.jsonl`", from)
	}
	return nil
}

// wideText names the encoding of a text of two or four bytes a character: by its
// mark, or by the zeros between two characters of ASCII, with which JSON, YAML and
// PEM begin.
func wideText(head []byte) string {
	for _, x := range []struct{ start, name string }{
		{"\xff\xfe\x00\x00", "UTF-32"}, {"\x00\x00\xfe\xff", "UTF-32"}, {"\xff\xfe", "UTF-16"}, {"\xfe\xff", "UTF-16"},
	} {
		if bytes.HasPrefix(head, []byte(x.start)) {
			return x.name
		}
	}
	for _, x := range []struct{ shape, name string }{{"c.c.", "UTF-16LE"}, {".c.c", "UTF-16BE"},
		{"c...c...", "UTF-32LE"}, {"...c...c", "UTF-32BE"}} {
		if len(head) >= len(x.shape) && shaped(head, x.shape) {
			return x.name
		}
	}
	return ""
}

// shaped reports whether bytes are characters of ASCII (c) and zeros (.) in a pattern.
func shaped(head []byte, shape string) bool {
	for i := range len(shape) {
		c := head[i]
		if shape[i] == '.' && c != 0 || shape[i] == 'c' && (c >= 0x7f || c < ' ' && c != '\n' && c != '\r' && c != '\t') {
			return false
		}
	}
	return true
}

// spread returns how a text begins that is JSON over several lines, an object or a
// list, or a list in one line; 0 for anything else.
func spread(head []byte) byte {
	head = bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
	first, rest, more := bytes.Cut(head, []byte{'\n'})
	first, rest = bytes.TrimSpace(first), bytes.TrimSpace(rest)
	switch {
	case len(first) == 0:
		return 0
	case first[0] == '[' && (bytes.HasPrefix(bytes.TrimSpace(first[1:]), []byte{'{'}) ||
		len(first) == 1 && bytes.HasPrefix(rest, []byte{'{'})):
		return '['
	case string(first) == "{" && more && bytes.HasPrefix(rest, []byte{'"'}):
		return '{'
	}
	return 0
}
