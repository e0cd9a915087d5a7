package policy

import (
	"strings"
	"testing"

	"tilsyn/engine/duty"
)

// TestNote: which document goes with a record is a dated value of the policy; a file without it keeps the built-in
// one, and the built-in policy stays the text that it was.
func TestNote(t *testing.T) {
	hash := "sha256:" + strings.Repeat("0f", 32)
	p, err := Load("p", []byte("evidence.note:\n  - value: [\"Public360 2024/17-3\", \"2.1\", \""+hash+
		"\"]\n    valid_from: 2026-02-01\n    source: order 7\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := duty.Note{ID: "Public360 2024/17-3", Version: "2.1", Hash: hash}
	if got := p.NoteOn(duty.DateOf(2026, 2, 1)); got != want {
		t.Errorf("it is %+v", got)
	}
	builtin := Builtin().NoteOn(duty.DateOf(2026, 2, 1))
	if got := p.NoteOn(duty.DateOf(2026, 1, 31)); got != builtin || builtin.ID == "" || builtin.Version != "2024-03-11" {
		t.Errorf("before its date it is %+v, and the built-in one %+v", got, builtin)
	}
	book, err := LoadBook("p", []byte("evidence.note: [a, b, \""+hash+"\"]\n"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := LoadBook("again", book.YAML())
	if err != nil || again.Policy().NoteOn(0) != (duty.Note{ID: "a", Version: "b", Hash: hash}) {
		t.Errorf("printed and read again: %v", err)
	}
	if strings.Contains(string(BuiltinBook().YAML()), noteName) {
		t.Error("the built-in policy has another text, so that its digest has changed")
	}
	for _, bad := range []string{"x", "[]", "[a, b]", "[a, b, c]", "[a, b, \"sha256:00\"]", "[\"\", b, \"" + hash + "\"]",
		"[a, b, \"" + strings.ToUpper(hash) + "\"]", "{value: [a]}"} {
		if _, err := Load("p", []byte("evidence.note: "+bad+"\n")); err == nil || !strings.Contains(err.Error(), noteName) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
