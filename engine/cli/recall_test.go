package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// TestRecallStatus: what an exclusion took back from two persons is one recall; it is open and
// overdue for whoever has not acknowledged, and a filed report is named until it is taken back.
func TestRecallStatus(t *testing.T) {
	broker, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	p := program{dir: t.TempDir(), env: []string{"TILSYN_BROKERS=" + strings.Join(broker.Brokers(), ",")}}
	p.ok(t, "topics", "create", "--partitions", "3", "--timestamps", "create")
	status := func(more ...string) []string {
		return append([]string{"recall", "status", "--as-of", "2026-02-10T12:00:00Z"}, more...)
	}
	if got := p.ok(t, status()...).stdout; !strings.HasPrefix(got, "recalls: 0, of which 0 are open") {
		t.Errorf("without records: %s", got)
	}
	first, second := toldAndTakenBack(t, broker.Brokers(), "P-1"), toldAndTakenBack(t, broker.Brokers(), "P-2")
	said := p.run(t, status()...)
	open := "EXCLUSION:E at KH: 2 units since 2026-02-05T08:00:00Z, open\n"
	if said.status != 1 || !strings.Contains(said.stdout, open) ||
		!strings.Contains(said.stdout, "    police-reports: 0 acknowledged, 2 open, 2 of them overdue\n") {
		t.Errorf("nobody acknowledged: status %d\n%s%s", said.status, said.stdout, said.stderr)
	}
	var facts strings.Builder
	n := 0
	fact := func(topic, format string, args ...any) {
		n++
		fmt.Fprintf(&facts, `{"topic":%q,"value":{"id":"f%d","received_at":"2026-02-06T12:00:00Z",%s}}`+"\n",
			topic, n, fmt.Sprintf(format, args...))
	}
	for _, unit := range []struct{ id, person string }{{first, "P-1"}, {second, "P-2"}} {
		for _, consumer := range strings.Fields("case-management police-reports prosecution benefits counters statistics") {
			fact("acknowledgements", `"consumer":%q,"unit_id":%q,"revision":2,"person_id":%q,"at":"2026-02-06T12:00:00Z"`,
				consumer, unit.id, unit.person)
		}
	}
	fact("acknowledgements", `"consumer":"nobody","unit_id":%q,"revision":2,"person_id":"P-1","at":"2026-02-06T12:00:00Z"`, first)
	fact("handlings", `"handling_id":"H","unit_id":%q,"person_id":"P-1","revision":1,"kind":"REPORT_FILED","by_role":"officer","at":"2026-02-04T12:00:00Z"`, first)
	write(t, filepath.Join(p.dir, "facts.jsonl"), facts.String())
	p.ok(t, "load", "facts.jsonl")
	said = p.run(t, status()...)
	for _, want := range []string{
		"EXCLUSION:E at KH: 2 units since 2026-02-05T08:00:00Z, closed 2026-02-06T12:00:00Z\n",
		"    unit " + first + ": a report was filed on 2026-02-04T12:00:00Z and stands\n",
		"recalls: 1, of which 0 are open and 0 overdue; units with a filed report that stands: 1; acknowledgements that count for nothing: 1\n",
	} {
		if !strings.Contains(said.stdout, want) {
			t.Errorf("all acknowledged, status %d; the text lacks %q:\n%s", said.status, want, said.stdout)
		}
	}
	got := p.run(t, status("--format", "json")...).stdout
	if !strings.Contains(got, `"cause_id":"EXCLUSION:E"`) || !strings.Contains(got, `"overdue":[]`) {
		t.Errorf("as JSON: %s", got)
	}
	early := p.run(t, "recall", "status", "--as-of", "2026-02-06T11:00:00Z", "--format", "json")
	if early.status != 0 || !strings.Contains(early.stdout, `"open":2`) {
		t.Errorf("before the acknowledgements and within the time for them: status %d, %s", early.status, early.stdout)
	}
}

// toldAndTakenBack writes an accusation of a person and its withdrawal by an exclusion, and returns the
// id of the unit.
func toldAndTakenBack(t *testing.T, brokers []string, person string) string {
	t.Helper()
	client, err := topics.Connect(context.Background(), topics.Config{Brokers: brokers, Prefix: topics.DefaultPrefix})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	day, _ := duty.ParseDate("2026-02-03")
	at, _ := duty.ParseInstant("2026-02-04T08:00:00Z")
	v := duty.Violation{
		UnitID: duty.UnitID(duty.KindStay, day, person), Revision: 1, Status: duty.StatusIndicated,
		Kind: duty.KindStay, PersonID: person, UnitDate: day, CentreID: "KH", Group: duty.GroupTolerated,
		LegalBasis: duty.LegalBasisReturnAct132, Basis: duty.BasisClosedPair, EvaluatedAt: at, PolicyVersion: "p",
		ChangeReason: duty.ChangeReasonFirst,
	}
	back := v
	back.Revision, back.Status, back.EvaluatedAt = 2, duty.StatusWithdrawn, at+duty.Day
	back.Cause, back.CauseID = duty.Some(duty.RecallCauseExclusion), duty.Some("EXCLUSION:E")
	var out []topics.Out
	for _, r := range []*duty.Violation{&v, &back} {
		s, _ := schemas.Of(r)
		out = append(out, topics.Out{
			Topic: topics.Violations, Partition: topics.Partition([]byte(person), 3), Key: []byte(r.UnitID),
			Value: s.AppendValue(nil, r), Timestamp: int64(r.EvaluatedAt),
		})
	}
	if _, err := client.NewProducer(topics.ProducerConfig{}).Produce(context.Background(), out); err != nil {
		t.Fatal(err)
	}
	return v.UnitID
}
