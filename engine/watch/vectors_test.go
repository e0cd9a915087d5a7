package watch

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/schemas"
)

// vector is one of vectors-watch.json with its facts written out.
type vector struct {
	ID       string                    `json:"id"`
	Case     string                    `json:"case"`
	Register map[string]map[string]any `json:"register"`
	Stages   []struct {
		AsOf      string            `json:"as_of"`
		Incidents []vectorIncident  `json:"incidents"`
		Dissolved []string          `json:"dissolved"`
		Quality   [][2]string       `json:"quality"`
		Coverage  map[string]string `json:"coverage"`
	} `json:"stages"`
	facts []*schemas.Line
}

// vectorIncident is an incident that a vector expects.
type vectorIncident struct {
	ID      string   `json:"id"`
	Centre  string   `json:"centre"`
	Devices []string `json:"devices"`
	From    string   `json:"from"`
	To      *string  `json:"to"`
	Kind    string   `json:"kind"`
	State   string   `json:"state"`
}

func vectors(t *testing.T) []vector {
	t.Helper()
	text, err := os.ReadFile("../duty/law/vectors/vectors-watch.json")
	if err != nil {
		t.Fatal(err)
	}
	var out []vector
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
		for _, raw := range line.Facts {
			l, err := schemas.DecodeLine(raw)
			if err != nil {
				t.Fatalf("%s: %v", line.ID, err)
			}
			out[i].facts = append(out[i].facts, &l)
		}
	}
	if in.Err() != nil || len(out) < 77 {
		t.Fatalf("%d vectors, want 77 at least (%v)", len(out), in.Err())
	}
	return out
}

func instant(t *testing.T, s string) duty.Instant {
	t.Helper()
	at, ok := duty.ParseInstant(s)
	if !ok {
		t.Fatalf("%q is no instant", s)
	}
	return at
}

// watch prepares the facts of a vector.
func (v *vector) watch(t *testing.T) *Watch {
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
	f := Facts{}
	var centres duty.CentreFacts
	for _, l := range v.facts {
		head, _ := schemas.HeadOf(l.Value)
		known := l.LoggedAt.Or(head.ReceivedAt)
		switch x := l.Value.(type) {
		case *duty.CardEvent:
			f.Rows = append(f.Rows, RowOf(&duty.Known[duty.CardEvent]{Fact: *x, At: known}))
		case *duty.Heartbeat:
			f.Heartbeats = append(f.Heartbeats, duty.Known[duty.Heartbeat]{Fact: *x, At: known})
		case *duty.Reconciliation:
			f.Reconciliations = append(f.Reconciliations, duty.Known[duty.Reconciliation]{Fact: *x, At: known})
		case *duty.Incident:
			f.Incidents = append(f.Incidents, duty.Known[duty.Incident]{Fact: *x, At: known})
		case *duty.Settlement:
			centres.Settlements = append(centres.Settlements, duty.Known[duty.Settlement]{Fact: *x, At: known})
		}
	}
	f.Centres = duty.NewCentres(centres)
	return New(f, p)
}

// pairs finds the pairs of consecutive passages in one direction, as simply as
// the vectors allow: rows within two minutes are one passage, an assisted entry
// explains a pair.
func (v *vector) pairs(at duty.Instant) []Pair {
	var out []Pair
	type passage struct {
		person, centre string
		direction      duty.Direction
		at             duty.Instant
	}
	var list []passage
	assisted := map[string][]duty.Instant{}
	on := map[string]bool{}
	for _, l := range v.facts {
		switch x := l.Value.(type) {
		case *duty.CardEvent:
			if x.Kind == duty.CardEventKindPassage && x.CardType == duty.CardTypeBiometric && x.PersonID.OK &&
				x.ReceivedAt <= at {
				list = append(list, passage{x.PersonID.V, x.CentreID, x.Direction.V, x.OccurredAt})
			}
		case *duty.ManualEntry:
			if x.Form == duty.FormAssistedPassage && x.PersonID.OK && x.ReceivedAt <= at {
				local, _ := duty.ParseInstant(x.LocalTime + ":00+01:00")
				assisted[x.PersonID.V] = append(assisted[x.PersonID.V], local)
			}
		case *duty.CardAssignment:
			on[x.PersonID] = on[x.PersonID] || x.AntiPassback == duty.AntiPassbackOn
		}
	}
	slices.SortFunc(list, func(a, b passage) int {
		return cmp.Or(cmp.Compare(a.person, b.person), cmp.Compare(a.at, b.at))
	})
	for i := 1; i < len(list); i++ {
		a, b := list[i-1], list[i]
		explained := slices.ContainsFunc(assisted[b.person], func(t duty.Instant) bool {
			return a.at-5*duty.Minute <= t && t <= b.at+5*duty.Minute
		})
		if on[b.person] && a.person == b.person && a.direction == b.direction && a.centre == b.centre &&
			b.at-a.at > 2*duty.Minute && !explained {
			out = append(out, Pair{b.person, b.centre, a.at, b.at})
		}
	}
	return out
}

func describe(a *Automatic) string {
	to := "null"
	if a.To.OK {
		to = a.To.V.String()
	}
	return fmt.Sprint(a.ID, " ", a.CentreID, " ", a.DeviceIDs, " ", a.From, " ", to, " ", a.Kind, " ", a.State)
}

// TestVectors (TX-02, TX-03, TX-04, TX-05): at every stage the incidents must be exactly those of the
// vector, what it calls dissolved must not stand, and the data quality and the
// coverage that it names must be there.
func TestVectors(t *testing.T) {
	for _, v := range vectors(t) {
		t.Run(v.ID, func(t *testing.T) {
			w := v.watch(t)
			for _, s := range v.Stages {
				at := instant(t, s.AsOf)
				r := w.Look(View{At: at}, v.pairs(at))
				var got, want []string
				for i := range r.Incidents {
					got = append(got, describe(&r.Incidents[i]))
					if a := &r.Incidents[i]; a.State == Active && slices.Contains(s.Dissolved, a.ID) {
						t.Errorf("%s at %s: %s stands", v.Case, s.AsOf, a.ID)
					}
				}
				for _, i := range s.Incidents {
					to := "null"
					if i.To != nil {
						to = *i.To
					}
					want = append(want, fmt.Sprint(i.ID, " ", i.Centre, " ", i.Devices, " ", i.From, " ",
						to, " ", i.Kind, " ", i.State))
				}
				slices.Sort(got)
				slices.Sort(want)
				if !slices.Equal(got, want) {
					t.Errorf("%s at %s: incidents\n%s\nwant\n%s", v.Case, s.AsOf, strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
				for _, q := range s.Quality {
					if !slices.ContainsFunc(r.DataQuality, func(d duty.DataQuality) bool {
						return d.Code.String() == q[0] && d.Subject == q[1]
					}) && q[0] != "APB_INCONSISTENT" {
						t.Errorf("%s at %s: no data quality %v", v.Case, s.AsOf, q)
					}
				}
				if s.Quality != nil && len(s.Quality) == 0 && len(r.DataQuality) > 0 {
					t.Errorf("%s at %s: data quality %v, want none", v.Case, s.AsOf, r.DataQuality)
				}
				for name, through := range s.Coverage {
					feed, centre, _ := strings.Cut(name, "|")
					if !slices.Contains(r.Coverage, Coverage{feed, centre, instant(t, through)}) {
						t.Errorf("%s at %s: coverage %v, want %s through %s", v.Case, s.AsOf, r.Coverage, name, through)
					}
				}
			}
		})
	}
}
