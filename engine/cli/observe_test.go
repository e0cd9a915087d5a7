package cli

import (
	"encoding/json"
	"strings"
	"testing"
)

// Rules, dashboard and runbook are printed as they are meant for others.
func TestObserve(t *testing.T) {
	p := program{dir: t.TempDir()}
	if got := p.ok(t, "observe", "alerts", "--runbook", "https://wiki.example/r").stdout; !strings.Contains(got,
		"runbook_url: https://wiki.example/r#tilsynnotready\n") || strings.Contains(got, "runbook.md#") {
		t.Errorf("observe alerts:\n%.600s", got)
	}
	if got := p.ok(t, "observe", "dashboard").stdout; !json.Valid([]byte(got)) || !strings.Contains(got, "tilsyn_ready") {
		t.Errorf("observe dashboard:\n%.600s", got)
	}
	if got := p.ok(t, "observe", "events").stdout; !strings.Contains(got, "\n## brokers-silent\n") {
		t.Errorf("observe events:\n%.600s", got)
	}
	if got := p.ok(t, "observe", "runbook").stdout; !strings.Contains(got, "\n## TilsynNotReady\n") {
		t.Errorf("observe runbook:\n%.600s", got)
	}
}
