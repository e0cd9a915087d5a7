package cli

import (
	"encoding/json"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream"
	"tilsyn/topics"
)

// doubtfulFacts are facts of centres, and one of a person, that are named in data
// quality: sources and centres that nobody knows, receipts that are ahead, a centre
// that is watched by nobody; and what is over again.
const doubtfulFacts = `
{"topic":"heartbeats","value":{"id":"h1","received_at":"2026-02-03T12:00:00Z","source_id":"nobodys","centre_id":"KH","at":"2026-02-03T12:00:00Z"}}
{"topic":"heartbeats","value":{"id":"h2","received_at":"2026-02-03T12:01:00Z","source_id":"KH-carousel","centre_id":"KH","at":"2026-02-03T12:01:00Z"}}
{"topic":"heartbeats","value":{"id":"h3","received_at":"2026-02-03T12:01:00Z","source_id":"SJ-stand","centre_id":"SJ","at":"2000-01-01T00:01:00Z"}}
{"topic":"heartbeats","value":{"id":"h4","received_at":"2026-02-03T12:01:00Z","source_id":"SJ-stand","centre_id":"KX","at":"2026-02-03T12:01:00Z"}}
{"topic":"settlements","value":{"id":"s1","received_at":"2026-02-03T12:00:00Z","centre_id":"KX","local_date":"2026-02-02","log_type":"NOTICE_LOG","complete":true}}
{"topic":"settlements","value":{"id":"s2","received_at":"2026-02-03T12:00:00Z","centre_id":"KX","local_date":"2026-02-02","log_type":"NOTICE_LOG","complete":true}}
{"topic":"settlements","value":{"id":"s2","version":2,"received_at":"2026-02-03T12:00:00Z","centre_id":"KH","local_date":"2026-02-02","log_type":"NOTICE_LOG","complete":true}}
{"topic":"settlements","value":{"id":"s3","received_at":"2090-02-03T12:00:00Z","centre_id":"SJ","local_date":"2026-02-02","log_type":"NOTICE_LOG","complete":true}}
{"topic":"incidents","value":{"id":"i1","incident_id":"i1","received_at":"2026-02-03T12:00:00Z","centre_id":"KH","device_ids":[],"from":"2026-02-03T10:00:00Z","to":"2026-02-03T09:00:00Z","kind":"DEVICE","forms_status":"PENDING"}}
{"topic":"manual-entries","value":{"id":"m1","received_at":"2026-02-03T12:00:00Z","centre_id":"KX","form":"OUTAGE_PASSAGE","direction":"IN","local_time":"2026-02-03T12:00"}}
{"topic":"manual-entries","value":{"id":"m2","received_at":"2026-02-03T12:00:00Z","centre_id":"KH","form":"OUTAGE_PASSAGE","direction":"IN","local_time":"2026-02-03T12:00"}}
{"topic":"card-events","value":{"id":"r1","received_at":"2026-02-03T12:00:00Z","person_id":"P-1","card_id":"C-1","card_type":"BIOMETRIC","centre_id":"KH","device_id":"nobodys","device_type":"CAROUSEL","kind":"PASSAGE","direction":"IN","occurred_at":"2026-02-03T12:00:00Z"}}
`

// shownLine is a line of data quality.
type shownLine struct {
	ID      string `json:"id"`
	Code    string `json:"code"`
	Subject string `json:"subject"`
	State   string `json:"state"`
}

// open takes the newest of each id and leaves those that are open, of the codes that run tells at once.
func (s shownLine) open(to map[string]string) {
	delete(to, s.ID)
	if code, _ := duty.ParseDataQualityCode(s.Code); s.State == "OPEN" && !slices.Contains(notAtOnce, code) {
		to[s.ID] = s.Code + " " + s.Subject
	}
}

// TestRunAndReplayShowTheSame: `run` has the same lines of data quality open as
// `replay` on the same facts, with nobody's among them, also after it was started
// again; what its own hold of a centre means stands in /readyz and the metrics.
func TestRunAndReplayShowTheSame(t *testing.T) {
	t.Parallel()
	broker, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	p := program{dir: t.TempDir(), env: []string{"TILSYN_BROKERS=" + strings.Join(broker.Brokers(), ","),
		"TILSYN_LOG_LEVEL=error"}}
	p.ok(t, "topics", "create", "--partitions", "3")
	p.ok(t, "load", write(t, filepath.Join(p.dir, "doubtful.jsonl"), strings.TrimSpace(doubtfulFacts)+"\n"))
	tail := func(topic string) string { return tailOf(t, p, topic) }
	var facts strings.Builder
	for _, topic := range []string{"heartbeats", "settlements", "incidents", "manual-entries", "card-events"} {
		facts.WriteString(tail(topic))
	}
	write(t, filepath.Join(p.dir, "read.jsonl"), facts.String())
	asOf := time.Now().Add(time.Minute).UTC().Format(time.RFC3339)
	replayInto(t, p.dir, "read.jsonl", asOf)
	want := map[string]string{}
	for line := range strings.Lines(read(t, filepath.Join(p.dir, "q"))) {
		var s shownLine
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Fatal(err)
		}
		s.open(want)
	}
	if len(want) < 9 {
		t.Fatalf("replay shows %v", want)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	lines := 0
	for range 2 {
		run := p.engine(t, "run", "--data-dir", "data", "--listen", address)
		var got map[string]string
		for began := time.Now(); ; time.Sleep(200 * time.Millisecond) {
			got, lines = map[string]string{}, 0
			for line := range strings.Lines(tail("data-quality")) {
				var s shownLine
				if err := json.Unmarshal([]byte(line), &s); err != nil {
					t.Fatal(err)
				}
				s.open(got)
				lines++
			}
			if maps.Equal(got, want) {
				break
			}
			if time.Since(began) > within {
				t.Fatalf("run shows %v, replay %v", got, want)
			}
		}
		var r stream.Readiness
		if err := json.Unmarshal([]byte(answer(t, address, "/readyz")), &r); err != nil {
			t.Fatal(err)
		}
		if len(r.Notes) != 0 {
			t.Errorf("/readyz notes %+v", r.Notes)
		}
		if err := run.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		ends(t, run)
	}
	if lines != len(want) {
		t.Errorf("%d lines were written, %d are open: each is told once", lines, len(want))
	}
}

// answer is what the engine answers; empty where it does not.
func answer(t *testing.T, address, path string) string {
	t.Helper()
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Get("http://" + address + path)
	if err != nil {
		return ""
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
