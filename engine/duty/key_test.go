package duty

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestUsableKey is the rule of contract §1 that files, topics and the core share.
func TestUsableKey(t *testing.T) {
	for s, want := range map[string]bool{
		"P-1": true, "a b": true, "Æblegård 7": true, "人": true, "p\u0301": true,
		"\U0001F9D1\u200d\U0001F9BD": true, "-": true, "\ufffd": true,
		strings.Repeat("x", 256): true, strings.Repeat("é", 128): true,
		"": false, " ": false, " P-1": false, "P-1 ": false, "\tP-1": false, "P-1\n": false, "P\x00-1": false,
		"P-1\x00": false, "P\x7f": false,
		"P\u0085": false, "a\u0085b": false, "P-1\u00a0": false, "\u3000P-1": false, "P-1\u2028": false,
		"\ufeffP-1": false, "P-1\u200b": false, "P-1\u00ad": false,
		"P-\xff": false, "\xed\xa0\x80": false, "\x00\x00\x00\x00\x07\x06P-1": false,
		strings.Repeat("x", 257): false, strings.Repeat("é", 129): false,
	} {
		if got := UsableKey(s); got != want {
			t.Errorf("%q: %v, want %v", s, got, want)
		}
	}
}

// TestClipKey: an id in a message is never cut inside a character.
func TestClipKey(t *testing.T) {
	for pad := range 5 {
		s := strings.Repeat("x", pad) + strings.Repeat("人\U0001F9D1é", 60)
		got := ClipKey(s)
		if !utf8.ValidString(got) || len(got) > MaxKeyBytes || len(got) < MaxKeyBytes-3 || !strings.HasPrefix(s, got) {
			t.Errorf("%d bytes of %d, valid %v", len(got), len(s), utf8.ValidString(got))
		}
	}
	if got := ClipKey("P-1"); got != "P-1" {
		t.Errorf("%q", got)
	}
}
