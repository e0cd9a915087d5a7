package verify

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/telling"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// watchVector is one of vectors-watch.json, as far as verify answers it.
type watchVector struct {
	ID       string                       `json:"id"`
	Register map[string]map[string]string `json:"register"`
	Stages   []struct {
		AsOf      string `json:"as_of"`
		Incidents []struct {
			ID    string `json:"id"`
			State string `json:"state"`
		} `json:"incidents"`
		Units map[string]string `json:"units"`
	} `json:"stages"`
	lines []schemas.Line
}

func watchVectors(t *testing.T) []watchVector {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	const dir = "../../duty/law/vectors/"
	text, err := os.ReadFile(dir + "vectors-watch.json")
	must(err)
	var out []watchVector
	must(json.Unmarshal(text, &out))
	f, err := os.Open(dir + "vectors-watch-facts.jsonl.gz")
	must(err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	must(err)
	in := bufio.NewScanner(z)
	in.Buffer(nil, 16<<20)
	for i := 0; in.Scan(); i++ {
		var v struct {
			ID    string            `json:"id"`
			Facts []json.RawMessage `json:"facts"`
		}
		must(json.Unmarshal(in.Bytes(), &v))
		if v.ID != out[i].ID {
			t.Fatalf("%s: facts and expectation do not belong together", v.ID)
		}
		for _, raw := range v.Facts {
			l, err := schemas.DecodeLine(raw)
			must(err)
			out[i].lines = append(out[i].lines, l)
		}
	}
	must(in.Err())
	return out
}

// policy is the built-in one with the register of the vector.
func (v *watchVector) policy(t *testing.T) *duty.Policy {
	p := policy.Builtin()
	for i := range p.Devices {
		if until := v.Register[p.Devices[i].ID]["valid_to"]; until != "" {
			d, err := policy.ParseDate(until)
			if err != nil {
				t.Fatal(err)
			}
			p.Devices[i].To = (d + 1).Start()
		}
	}
	return p
}

// unitsOf is the core, which notes the verdicts on all units as the vectors write them.
type unitsOf struct {
	task.Core
	seen map[string]string
}

func (u *unitsOf) Evaluate(in duty.Input, at duty.Instant) duty.Result {
	res := u.Core.Evaluate(in, at)
	for i := range res.Units {
		x := &res.Units[i]
		text := x.Outcome.String()
		if x.Instant.OK && (x.Outcome.Severity() > duty.SeverityNone || x.Outcome == duty.OutcomeProvisional) {
			text += " @" + x.Instant.V.String()
			if len(x.Caveats) > 0 {
				text += " {" + strings.Join(x.Caveats, ",") + "}"
			}
		}
		u.seen[fmt.Sprintf("%s %s %s", in.PersonID, x.Kind, x.Date)] = text
	}
	return res
}

// wantUnit is the verdict on a unit of a vector, its instant as outputs write it.
func wantUnit(t *testing.T, text string) string {
	outcome, rest, ok := strings.Cut(text, " @")
	if !ok {
		return text
	}
	at, more, _ := strings.Cut(rest, " ")
	when, ok := duty.ParseInstant(at[:len("2006-01-02T15:04")] + ":00" + at[len("2006-01-02T15:04"):])
	if !ok {
		t.Fatalf("%s is no time", at)
	}
	return strings.TrimSpace(outcome + " @" + when.String() + " " + more)
}

// TestVerifyJudgesWithTheWatch: every vector of the watch, from the logs of three partitions: verify
// comes to the verdicts that the vectors want of replay, and to the same automatic incidents. So
// does whoever takes accounts.
func TestVerifyJudgesWithTheWatch(t *testing.T) {
	for _, vector := range watchVectors(t) {
		t.Run(vector.ID, func(t *testing.T) {
			w := newVerifyRig(t, 5, 3)
			w.policy = vector.policy(t)
			slices.SortStableFunc(vector.lines, func(a, b schemas.Line) int { return cmp.Compare(knownAt(&a), knownAt(&b)) })
			for _, stage := range vector.Stages {
				at, _ := duty.ParseInstant(stage.AsOf)
				for len(vector.lines) > 0 && knownAt(&vector.lines[0]) <= at {
					w.putLine(&vector.lines[0])
					vector.lines = vector.lines[1:]
				}
				var stand []string
				for _, i := range stage.Incidents {
					if i.State == "ACTIVE" {
						stand = append(stand, i.ID)
					}
				}
				for what, run := range map[string]func(*verifier) error{
					"verify":     func(v *verifier) error { _, err := v.run(context.Background()); return err },
					"accounting": func(v *verifier) error { _, err := v.accounts(context.Background()); return err },
				} {
					judge := &unitsOf{seen: map[string]string{}}
					v := &verifier{cfg: VerifyConfig{Policy: w.policy, Judge: judge, At: duty.Some(at),
						Found: func(telling.Difference) {}}, codec: w.codec, broker: w.broker, parts: w.parts,
						centres: w.centrePartitions()}
					w.must(run(v))
					for unit, want := range stage.Units {
						if got := judge.seen[unit]; got != wantUnit(t, want) {
							t.Errorf("%s at %s: %s is %q, want %q", what, stage.AsOf, unit, got, wantUnit(t, want))
						}
					}
					var got []string
					for _, x := range v.watch.says[v.watch.last].Incidents.List() {
						got = append(got, x.Incident.IncidentID)
					}
					slices.Sort(got)
					slices.Sort(stand)
					if !slices.Equal(got, stand) {
						t.Errorf("%s at %s: automatic incidents %v, want %v", what, stage.AsOf, got, stand)
					}
				}
			}
		})
	}
}

// knownAt is when the fact of a line was known.
func knownAt(l *schemas.Line) duty.Instant {
	head, _ := schemas.HeadOf(l.Value)
	return l.LoggedAt.Or(head.ReceivedAt)
}

// putLine writes the fact of a line to the log, at the time at which it was known.
func (w *verifyRig) putLine(l *schemas.Line) {
	w.now = knownAt(l)
	a := casefile.AboutRecord(l.Value)
	key, _ := a.RecordKey()
	if key == "" {
		key = casefile.CentreOf(l.Value)
	}
	value, err := w.codec.Encode(l.Topic, l.Value)
	w.must(err)
	w.broker.Append(broker.Partition{Topic: l.Topic, Index: topics.Partition([]byte(key), w.parts)}, []byte(key), value)
}
