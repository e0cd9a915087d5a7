package topics

import (
	"strings"
	"testing"
)

func TestTransactionalID(t *testing.T) {
	for _, x := range []struct {
		prefix, group, want string
	}{
		{"tilsyn.", "tilsyn", "tilsyn.tilsyn-7"},
		{"", "g", "g-7"},
		{"cc.dd.", "g", "cc.dd.g-7"},
		{"cc.", "dd.g", "cc./dd.g-7"},
		{"cc", "g", "cc/g-7"},
		{"cc.", "d/g", "cc./d/g-7"},
		{"", "cc.g", "/cc.g-7"},
		{"a.", "g-1", "a.g-1-7"},
	} {
		if got := TransactionalID(x.prefix, x.group, 7); got != x.want {
			t.Errorf("%q and %q: %s, want %s", x.prefix, x.group, got, x.want)
		}
	}
	if got := FormerTransactionalID("cc.", "dd.g", 0); got != "cc.dd.g-0" {
		t.Error(got)
	}
}

// No two deployments have one id, whatever they are called: all prefixes and
// groups of up to four of the letters that matter.
func TestTransactionalIDsDiffer(t *testing.T) {
	t.Parallel()
	var words []string
	next := []string{""}
	for range 5 {
		words = append(words, next...)
		var longer []string
		for _, w := range next {
			for _, l := range []string{"a", ".", "/", "-", "0"} {
				longer = append(longer, w+l)
			}
		}
		next = longer
	}
	seen := map[string][2]string{}
	for _, prefix := range words {
		if strings.Contains(prefix, "/") {
			continue // no topic name may
		}
		for _, group := range words {
			if group == "" {
				continue
			}
			for _, task := range []int32{0, 10} {
				id := TransactionalID(prefix, group, task)
				if was, ok := seen[id]; ok {
					t.Fatalf("%q and %q, %q and %q: both %s", was[0], was[1], prefix, group, id)
				}
				seen[id] = [2]string{prefix, group}
				if !strings.HasPrefix(id, prefix) {
					t.Fatalf("%s does not begin with %q", id, prefix)
				}
			}
		}
	}
}
