package stored

import (
	"errors"
	"strings"
	"testing"
)

// TestProgressOfAnotherVersion: a newer form of the progress, which may hold anything, is told apart from
// what another program wrote, since what to do is different.
func TestProgressOfAnotherVersion(t *testing.T) {
	own := NewProgress(3)
	record, err := own.Encode()
	if err != nil {
		t.Fatal(err)
	}
	text := string(record)
	const another = "another --topic-prefix"
	for _, c := range []struct {
		what, text string
		newer      bool
		says       string
	}{
		{"newer", strings.Replace(text, `"version":1`, `"version":2`, 1), true, "is of version 2, and this program reads version 1"},
		{"newer, with other fields", `{"version":7,"task":{"number":3},"inputs":[1,2]}`, true, "is of version 7"},
		{"newer, of another task", strings.Replace(text, `"version":1,"task":3`, `"version":2,"task":4`, 1), true, "start that version"},
		{"of another task", strings.Replace(text, `"task":3`, `"task":4`, 1), false, another},
		{"without a version", `{"task":3}`, false, another},
		{"no JSON", text[:len(text)/2], false, "progress of task 3"},
	} {
		_, err := DecodeProgress([]byte(c.text), 3)
		if err == nil || errors.Is(err, ErrNewer) != c.newer || !strings.Contains(err.Error(), c.says) ||
			c.newer && strings.Contains(err.Error(), another) {
			t.Errorf("%s: %v", c.what, err)
		}
	}
	if _, err := DecodeProgress(record, 3); err != nil {
		t.Error(err)
	}
}
