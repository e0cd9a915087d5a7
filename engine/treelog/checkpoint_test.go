package treelog

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

// checkpointOf is the checkpoint of leaves.
func checkpointOf(t *testing.T, leaves []Leaf, key *Key) Note {
	t.Helper()
	tree := treeOf(leaves)
	c := Checkpoint{OriginOf("tilsyn.violations", 3), tree.Size(), tree.Root()}
	text, err := c.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	n, err := ParseNote(text)
	if err != nil || n.Checkpoint != c || !bytes.Equal(n.Text, text) {
		t.Fatalf("%q reads as %+v (%v)", text, n, err)
	}
	return n
}

func newKey(t *testing.T, seed uint64) *Key {
	t.Helper()
	key, err := NewKey(chance(seed))
	if err != nil {
		t.Fatal(err)
	}
	text, err := key.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if key, err = ParseKey(text); err != nil {
		t.Fatal(err)
	}
	return key
}

// A checkpoint is a signed note that any reader of C2SP's format takes, under the name of its log.
func TestCheckpointIsASignedNote(t *testing.T) {
	leaves, _ := made(5)
	key := newKey(t, 2)
	n := checkpointOf(t, leaves, key)
	vkey, err := key.Public().VerifierKey(n.Origin)
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := note.Open(n.Text, note.VerifierList(v))
	text := fmt.Sprintf("tilsyn.violations/3\n5\n%s\n", RootOf(leaves))
	if err != nil || opened.Text != text || v.Name() != "tilsyn.violations/3" {
		t.Fatalf("%q (%v)", n.Text, err)
	}
	public, err := ParsePublicKey(key.Public().String())
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Check(public); err != nil || !n.Signed() {
		t.Error(err)
	}
	if err := n.Check(newKey(t, 3).Public()); err == nil {
		t.Error("a signature of another key is taken")
	}
	forged := n
	forged.Text = bytes.Replace(n.Text, []byte("\n5\n"), []byte("\n4\n"), 1)
	if err := forged.Check(public); err == nil {
		t.Error("a changed text is taken")
	}
	bare := checkpointOf(t, leaves, nil)
	if bare.Signed() || bare.Check(public) == nil || bare.Checkpoint != n.Checkpoint {
		t.Errorf("%q", bare.Text)
	}
	// Others sign it as it is.
	witness, err := newKey(t, 4).signer("witness")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := note.Sign(&note.Note{Text: string(bare.Text[:len(bare.Text)-1])}, witness); err != nil {
		t.Error(err)
	}
}

// Many checkpoints stand in one file, however they came there.
func TestNotesOfAFile(t *testing.T) {
	leaves, _ := made(9)
	key := newKey(t, 2)
	a, b, c := checkpointOf(t, leaves[:4], key), checkpointOf(t, leaves, nil), checkpointOf(t, leaves[:7], key)
	file := string(a.Text) + string(b.Text) + "\n\n" + string(c.Text)
	for _, text := range []string{file, strings.ReplaceAll(file, "\n", "\r\n"), strings.TrimSpace(file)} {
		notes, err := ParseNotes([]byte(text))
		if err != nil || len(notes) != 3 {
			t.Fatalf("%d checkpoints (%v)", len(notes), err)
		}
		for i, want := range []Note{a, b, c} {
			if notes[i].Checkpoint != want.Checkpoint || !bytes.Equal(notes[i].Text, want.Text) {
				t.Errorf("checkpoint %d is %q, want %q", i, notes[i].Text, want.Text)
			}
		}
		if err := notes[2].Check(key.Public()); err != nil {
			t.Error(err)
		}
	}
	for text, want := range map[string]string{
		"":                            "there is no checkpoint",
		"a\n1\n":                      "line 1: a checkpoint has three lines",
		"\na\n01\n" + c.Root.String(): `line 2: "01" is no size`,
		"a\n-1\n" + c.Root.String():   "is no size",
		"a\n1\nAAAA\n":                "is no root",
		file + "\nx\ny\nz\n":          "is no size",
	} {
		if _, err := ParseNotes([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if _, err := ParseNote([]byte(file)); err == nil {
		t.Error("three checkpoints are taken for one")
	}
}

func FuzzParseNotes(f *testing.F) {
	empty := (&Tree{}).Root().String()
	f.Add([]byte("a\n1\n" + empty + "\n\n— a AAAA\nb\n2\n" + empty + "\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		notes, err := ParseNotes(data)
		for i := range notes {
			again, err := ParseNote(notes[i].Text)
			if err != nil || again.Checkpoint != notes[i].Checkpoint || !bytes.Equal(again.Text, notes[i].Text) {
				t.Errorf("%q reads otherwise by itself (%v)", notes[i].Text, err)
			}
		}
		if err == nil && len(notes) == 0 {
			t.Error("no checkpoint and no error")
		}
	})
}

func TestKeysThatAreNone(t *testing.T) {
	for _, bad := range []string{"", "x", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
		"-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n"} {
		if _, err := ParseKey([]byte(bad)); err == nil {
			t.Errorf("%q is taken for a key", bad)
		}
	}
	for _, bad := range []string{"", "AAAA", strings.Repeat("A", 44)} {
		if _, err := ParsePublicKey(bad); err == nil {
			t.Errorf("%q is taken for a public key", bad)
		}
	}
	if _, err := NewKey(strings.NewReader("short")); err == nil {
		t.Error("a key is made of five bytes")
	}
}
