package policy

import (
	"strings"
	"testing"

	"tilsyn/engine/duty"
)

// TestFeeds: watch.feeds lists feeds of all times or dated ones, the built-in five hold
// where none is given, and a device is supervised from a date on (W-55).
func TestFeeds(t *testing.T) {
	load := func(text string) (*duty.Policy, error) { return Load("p.yaml", []byte("version: \"1\"\n"+text)) }
	p, err := load("")
	if err != nil || p.Feeds != nil || len(p.ListedFeed("feed:permissions", "KH")) != 1 ||
		len(p.ListedFeed("feed:holds", "")) != 0 {
		t.Fatalf("without: %v, %v", p, err)
	}
	p, err = load(`parameters:
  watch.feeds:
    - value: ["feed:holds", "feed:permissions@KH"]
      valid_from: 2026-02-01
      valid_to: 2026-02-28
      source: test
devices:
  - id: KH-carousel
    centre: KH
    type: CAROUSEL
    supervised_from: 2026-03-01
    source: test
`)
	if err != nil {
		t.Fatal(err)
	}
	inFebruary := duty.DateOf(2026, 2, 10).Start()
	at := func(source, centre string, when duty.Instant) bool {
		for _, s := range p.ListedFeed(source, centre) {
			if s.From <= when && when < s.To {
				return true
			}
		}
		return false
	}
	for _, c := range []struct {
		source, centre string
		when           duty.Instant
		want           bool
	}{
		{"feed:holds", "SJ", inFebruary, true}, {"feed:holds", "", inFebruary, true},
		{"feed:permissions", "KH", inFebruary, true}, {"feed:permissions", "SJ", inFebruary, false},
		{"feed:notices", "", inFebruary, false}, {"feed:notices", "", inFebruary + 40*duty.Day, true},
		{"feed:holds", "", inFebruary + 40*duty.Day, false},
	} {
		if got := at(c.source, c.centre, c.when); got != c.want {
			t.Errorf("%s of %q at %s: %t", c.source, c.centre, c.when, got)
		}
	}
	for i := range p.Devices {
		if d := &p.Devices[i]; d.ID == "KH-carousel" && d.SupervisedFrom != duty.DateOf(2026, 3, 1).Start() {
			t.Errorf("KH-carousel is supervised from %s", d.SupervisedFrom)
		}
	}
	for text, want := range map[string]string{
		"parameters:\n  watch.feeds: [permissions]\n":                    "a feed is named feed:",
		"parameters:\n  watch.feeds: [\"feed:violations\"]\n":            "a feed is named feed:",
		"parameters:\n  watch.feeds: [\"feed:holds@XX\"]\n":              "no centre",
		"parameters:\n  watch.feeds: [\"feed:holds\", \"feed:holds\"]\n": "stands twice",
		"parameters:\n  watch.feeds: 3\n":                                "write a list",
	} {
		if _, err := load(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
