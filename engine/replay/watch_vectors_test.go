package replay

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
)

// watchVector is one of vectors-watch.json with its facts as lines.
type watchVector struct {
	ID       string                    `json:"id"`
	Case     string                    `json:"case"`
	Register map[string]map[string]any `json:"register"`
	Stages   []watchStage              `json:"stages"`
	facts    string
}

// watchStage is what a vector expects at one as-of.
type watchStage struct {
	AsOf      string `json:"as_of"`
	Incidents []struct {
		ID      string   `json:"id"`
		Centre  string   `json:"centre"`
		Devices []string `json:"devices"`
		From    string   `json:"from"`
		To      *string  `json:"to"`
		Kind    string   `json:"kind"`
		Forms   string   `json:"forms_status"`
		State   string   `json:"state"`
	} `json:"incidents"`
	Quality [][2]string       `json:"quality"`
	Units   map[string]string `json:"units"`
}

func watchVectors(t *testing.T) []watchVector {
	t.Helper()
	text, err := os.ReadFile("../duty/law/vectors/vectors-watch.json")
	if err != nil {
		t.Fatal(err)
	}
	var out []watchVector
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open("../duty/law/vectors/vectors-watch-facts.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	in := bufio.NewScanner(z)
	in.Buffer(nil, 16<<20)
	for i := 0; in.Scan(); i++ {
		var line struct {
			ID    string            `json:"id"`
			Facts []json.RawMessage `json:"facts"`
		}
		if err := json.Unmarshal(in.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		if line.ID != out[i].ID {
			t.Fatalf("%s: facts and expectation do not belong together", line.ID)
		}
		var b strings.Builder
		for _, raw := range line.Facts {
			b.Write(raw)
			b.WriteByte('\n')
		}
		out[i].facts = b.String()
	}
	if in.Err() != nil || len(out) < 77 {
		t.Fatalf("%d vectors, want 77 at least (%v)", len(out), in.Err())
	}
	return out
}

// policies is the built-in policy with the register of the vector.
func (v *watchVector) policies(t *testing.T) []duty.ActivePolicy {
	t.Helper()
	p := policy.Builtin()
	for id, change := range v.Register {
		for i := range p.Devices {
			if p.Devices[i].ID == id {
				to, err := policy.ParseDate(change["valid_to"].(string))
				if err != nil {
					t.Fatal(err)
				}
				p.Devices[i].To = (to + 1).Start()
			}
		}
	}
	return []duty.ActivePolicy{{From: duty.Beginning, Policy: p}}
}

// unitText is a ledger line as the vectors write units.
func unitText(t *testing.T, line []byte) (asOf, unit, text string) {
	t.Helper()
	var u struct {
		AsOf     string   `json:"as_of"`
		Person   string   `json:"person_id"`
		Kind     string   `json:"kind"`
		Date     string   `json:"unit_date"`
		Outcome  string   `json:"outcome"`
		Instant  *string  `json:"instant"`
		Caveats  []string `json:"caveats"`
		PolicyID string   `json:"policy_version"`
	}
	if err := json.Unmarshal(line, &u); err != nil {
		t.Fatal(err)
	}
	text = u.Outcome
	if u.Instant != nil && slices.Contains([]string{"INDICATED", "NEEDS_REVIEW", "PROVISIONAL"}, u.Outcome) {
		text += " @" + *u.Instant
		if len(u.Caveats) > 0 {
			text += " {" + strings.Join(u.Caveats, ",") + "}"
		}
	}
	return u.AsOf, u.Person + " " + u.Kind + " " + u.Date, text
}

// wantText is the same of a vector, its instant as outputs write it.
func wantText(t *testing.T, text string) string {
	t.Helper()
	outcome, rest, ok := strings.Cut(text, " @")
	if !ok {
		return text
	}
	at, more, some := strings.Cut(rest, " ")
	at = strings.Replace(at, "+01:00", ":00+01:00", 1)
	at = strings.Replace(at, "+02:00", ":00+02:00", 1)
	text = outcome + " @" + instant(t, at).String()
	if some {
		text += " " + more
	}
	return text
}

// TestWatchVectors: every vector of the watch whole, through the command's own way: the automatic
// incidents, the data quality and the units at each stage.
func TestWatchVectors(t *testing.T) {
	for _, v := range watchVectors(t) {
		t.Run(v.ID, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "incidents")
			f, _ := replayText(t, v.facts, func(o *Options) {
				o.Policies, o.Incidents = v.policies(t), path
				for _, s := range v.Stages {
					o.AsOf = append(o.AsOf, instant(t, s.AsOf))
				}
			})
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range v.Stages {
				v.compare(t, &s, f, string(text))
			}
		})
	}
}

func (v *watchVector) compare(t *testing.T, s *watchStage, f files, incidents string) {
	t.Helper()
	at := instant(t, s.AsOf).String()
	var got, want []string
	for line := range strings.Lines(incidents) {
		if strings.HasPrefix(line, `{"as_of":"`+at+`"`) {
			got = append(got, strings.TrimSpace(line))
		}
	}
	for _, i := range s.Incidents {
		to := "null"
		if i.To != nil {
			to = fmt.Sprintf("%q", *i.To)
		}
		devices, err := json.Marshal(i.Devices)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, fmt.Sprintf(`{"as_of":%q,"centre_id":%q,"device_ids":%s,"forms_status":%q,"from":%q,"incident_id":%q,"kind":%q,`,
			at, i.Centre, devices, i.Forms, i.From, i.ID, i.Kind)+"|"+fmt.Sprintf(`"state":%q,"to":%s}`, i.State, to))
	}
	slices.Sort(got)
	slices.Sort(want)
	same := len(got) == len(want)
	for i := range min(len(got), len(want)) {
		head, tail, _ := strings.Cut(want[i], "|")
		same = same && strings.HasPrefix(got[i], head) && strings.HasSuffix(got[i], tail)
	}
	if !same {
		t.Errorf("%s at %s: incidents\n%s\nwant\n%s", v.Case, s.AsOf, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	units := map[string]string{}
	for line := range strings.Lines(f.outcomes) {
		if asOf, unit, text := unitText(t, []byte(line)); asOf == at {
			units[unit] = text
		}
	}
	for unit, text := range s.Units {
		if units[unit] != wantText(t, text) {
			t.Errorf("%s at %s: %s is %q, want %q", v.Case, s.AsOf, unit, units[unit], wantText(t, text))
		}
	}
	for _, q := range s.Quality {
		if !strings.Contains(f.quality, fmt.Sprintf(`{"as_of":%q`, at)) || !slices.ContainsFunc(strings.Split(f.quality, "\n"), func(l string) bool {
			return strings.HasPrefix(l, fmt.Sprintf(`{"as_of":%q`, at)) && strings.Contains(l, fmt.Sprintf(`"code":%q`, q[0])) &&
				strings.Contains(l, fmt.Sprintf(`"subject":%q`, q[1]))
		}) {
			t.Errorf("%s at %s: no data quality %v in\n%s", v.Case, s.AsOf, q, f.quality)
		}
	}
	ofWatch := regexp.MustCompile(`"code":"(HEARTBEAT_LOST|SEQ_GAP|SEQ_RESET|CLOCK_OFFSET|APB_INCONSISTENT|UNKNOWN_SOURCE|CONFLICTING_FACT)"`)
	if s.Quality != nil && len(s.Quality) == 0 && ofWatch.MatchString(f.quality) {
		t.Errorf("%s at %s: data quality\n%s, want none", v.Case, s.AsOf, f.quality)
	}
}
