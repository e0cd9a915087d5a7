package importing

import (
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// papers is a mapping of permissions and of markers.
const papers = `import: 1
name: papers
skip:
  - when: {Type: [Note]}
    because: is a note
facts:
  - topic: permissions
    when: {Type: [Permission]}
    fields:
      id: {text: "p-{No}"}
      received_at: {column: Got, as: time, formats: ["dd-MM-yyyy HH:mm"]}
      permission_id: {column: No}
      person_id: {column: Person}
      status: {column: Status, codes: {Yes: GRANTED, "No": REFUSED}}
      valid_from: {column: From, as: time, formats: ["dd-MM-yyyy"], day: start}
      valid_to: {column: To, as: time, formats: ["dd-MM-yyyy"], day: after}
      report_effect: {value: EXCUSED}
      decided_at: {column: Got, as: time, formats: ["dd-MM-yyyy HH:mm"]}
  - topic: settlements
    when: {Type: [Complete]}
    fields:
      id: {text: "s-{No}"}
      received_at: {column: Got, as: time, formats: ["dd-MM-yyyy HH:mm"]}
      centre_id: {value: KH}
      local_date: {column: From, as: date, formats: ["dd-MM-yyyy"]}
      log_type: {value: NOTICE_LOG}
      complete: {value: true}
`

// loaded is a mapping that can be read.
func loaded(t *testing.T, text string) *Mapping {
	t.Helper()
	m, err := Load("m.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// rowOf makes a row of "column=value" parts.
func rowOf(line int, cells ...string) *Row {
	r := &Row{File: "x.csv", Line: line, Cells: map[string]string{}}
	for _, c := range cells {
		name, value, _ := strings.Cut(c, "=")
		r.Cells[name] = value
	}
	return r
}

// granted is a row with a permission.
func granted(line int, no, person, status string) *Row {
	return rowOf(line, "Type=Permission", "No="+no, "Person="+person, "Status="+status, "From=03-02-2026",
		"To=04-02-2026", "Got=02-02-2026 10:00")
}

// complete is a row with a marker.
func complete(line int) *Row {
	return rowOf(line, "Type=Complete", "No=9", "From=03-02-2026", "Got=05-02-2026 07:00")
}

// lines are the lines of an import, as text.
func lines(t *testing.T, im *Import) []string {
	t.Helper()
	list, err := im.Lines()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for i := range list {
		text := schemas.AppendLine(nil, &list[i].Line)
		if _, err := schemas.DecodeLine(text); err != nil {
			t.Errorf("no line that can be read: %v", err)
		}
		out = append(out, string(text))
	}
	return out
}

// imported runs one import.
func imported(t *testing.T, before []string, rows ...*Row) (*Import, []string) {
	t.Helper()
	im := New()
	for _, text := range before {
		l, err := schemas.DecodeLine([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		im.After(&l)
	}
	m := loaded(t, papers)
	for _, r := range rows {
		im.Add(m, r)
	}
	return im, lines(t, im)
}

// TestAgain: the same rows give the same facts; with the earlier ones at hand nothing is written, and what
// has changed is a higher version.
func TestAgain(t *testing.T) {
	t.Parallel()
	_, first := imported(t, nil, granted(2, "1", "P-1", "Yes"), granted(3, "1", "P-1", "Yes"), complete(4),
		rowOf(5, "Type=Note"))
	if len(first) != 2 {
		t.Fatalf("%d lines: %v", len(first), first)
	}
	_, again := imported(t, nil, complete(2), granted(3, "1", "P-1", "Yes"))
	if again[0] != first[1] || again[1] != first[0] {
		t.Errorf("another import gives other facts:\n%v\n%v", again, first)
	}
	im, none := imported(t, first, granted(2, "1", "P-1", "Yes"), complete(3))
	if len(none) != 0 || im.Known != 2 {
		t.Errorf("of an overlapping export %v is written, %d are known", none, im.Known)
	}
	im, changed := imported(t, first, granted(2, "1", "P-1", "No"))
	if len(changed) != 1 || im.Changed != 1 || !strings.Contains(changed[0], `"version":2`) ||
		!strings.Contains(changed[0], "REFUSED") {
		t.Errorf("what has changed is %v", changed)
	}
	im, none = imported(t, append(first, changed...), granted(2, "1", "P-1", "No"))
	if len(none) != 0 || im.Known != 1 {
		t.Errorf("after the change it writes %v", none)
	}
}

// TestRejected: a code that is not known rejects the row, a fact of doubt stands for it under its id and
// person, and no marker is written.
func TestRejected(t *testing.T) {
	t.Parallel()
	im, out := imported(t, nil, granted(2, "1", "P-1", "Perhaps"), granted(3, "2", "P-2", "Yes"), complete(4))
	if len(out) != 2 || im.Doubts != 1 || im.Withheld != 1 {
		t.Fatalf("%d doubts, %d withheld: %v", im.Doubts, im.Withheld, out)
	}
	if r := im.Rejected[0]; r.Line != 2 || r.Holds != HoldsPerson || !strings.Contains(r.Reasons[0].Error(), "Perhaps") {
		t.Errorf("rejected is %+v", r)
	}
	l, err := schemas.DecodeLine([]byte(out[1]))
	if err != nil {
		t.Fatal(err)
	}
	p, ok := l.Value.(*duty.Permission)
	if !ok || p.ID != "p-1" || p.PersonID != "P-1" || p.ValidFrom.Plausible() {
		t.Errorf("the doubt is %+v", l.Value)
	}
}

// TestRejectedOfNobody: where the row does not tell whose it is, everybody is held; where another row has its
// id, the doubt has one of its own, since the other would end it.
func TestRejectedOfNobody(t *testing.T) {
	t.Parallel()
	im, out := imported(t, nil, granted(2, "1", "", "Yes"))
	if len(out) != 1 || im.Rejected[0].Holds != HoldsAll || !strings.Contains(out[0], `"person_id":""`) {
		t.Errorf("of nobody: %v, %+v", out, im.Rejected)
	}
	im, out = imported(t, nil, granted(2, "1", "P-1", "Yes"), granted(3, "1", "P-1", "No"))
	if len(out) != 2 || len(im.Rejected) != 1 || strings.Contains(out[1], `"id":"p-1"`) ||
		!strings.Contains(out[1], `"person_id":"P-1"`) {
		t.Errorf("two of one id: %v, %+v", out, im.Rejected)
	}
	bad := granted(2, "1", "P-1", "Yes")
	bad.Bad = "has 9 cells, the header 7"
	if im, _ = imported(t, nil, bad); im.Rejected[0].Holds != HoldsAll {
		t.Errorf("a row that cannot be read as one: %+v", im.Rejected)
	}
	if im, _ = imported(t, nil, rowOf(2, "Type=What")); len(im.Rejected) != 1 ||
		!strings.Contains(im.Rejected[0].Reasons[0].Error(), "neither facts nor skip") {
		t.Errorf("a row that nothing speaks of: %+v", im.Rejected)
	}
}

// TestLostRow: of a card row without person and card its centre and its time are a suspected loss.
func TestLostRow(t *testing.T) {
	t.Parallel()
	m := loaded(t, `import: 1
name: rows
facts:
  - topic: card-events
    fields:
      id: {text: "r-{No}"}
      received_at: {column: At, as: time, formats: [iso]}
      person_id: {column: Person, empty: absent}
      card_id: {column: Card}
      card_type: {value: BIOMETRIC}
      centre_id: {value: KH}
      device_id: {value: KH-carousel}
      device_type: {value: CAROUSEL}
      kind: {value: PASSAGE}
      direction: {column: Way, codes: {in: IN, out: OUT}}
      occurred_at: {column: At, as: time, formats: [iso]}
`)
	at := "At=2026-02-03T20:00:00+01:00"
	for _, c := range []struct {
		row  *Row
		want Hold
		text string
	}{
		{rowOf(2, "No=1", at, "Person=", "Card=", "Way=in"), HoldsInterval, `"from":"2026-02-03T19:00:00.000Z"`},
		{rowOf(2, "No=1", at, "Person=", "Card=C-1", "Way=up"), HoldsCard, `"card_id":"C-1"`},
		{rowOf(2, "No=1", at, "Person=P-1", "Card=", "Way=in"), HoldsPerson, `"person_id":"P-1"`},
		{rowOf(2, "No=1", "At=noon", "Person=", "Card=", "Way=in"), HoldsAll, `"person_id":""`},
	} {
		im := New()
		im.Add(m, c.row)
		out := lines(t, im)
		if len(out) != 1 || im.Rejected[0].Holds != c.want || !strings.Contains(out[0], c.text) {
			t.Errorf("%v: %v, %+v", c.row.Cells, out, im.Rejected)
		}
	}
}

// TestDoubtful: every topic whose loss could accuse has a doubt that can be read and makes no sense; those
// of settlements and signs of life need none.
func TestDoubtful(t *testing.T) {
	t.Parallel()
	none := map[string]bool{}
	for _, s := range schemas.Inputs() {
		f := Fact{Topic: s.Topic(), Fields: map[string]Field{
			"id": {Column: "Id"}, "received_at": {Column: "At", As: asTime, Formats: []string{formatISO}},
			"person_id": {Column: "P"}, "centre_id": {Column: "C"}, "card_id": {Column: "Card"}}}
		for _, err := range f.check(false) {
			if f.Topic != duty.TopicPolicies {
				t.Fatal(err)
			}
		}
		row := rowOf(2, "Id=x", "At=2026-02-03T20:00:00Z", "P=P-1", "C=KH", "Card=K")
		m, hold, err := f.doubt("m", row, earliestHold, false)
		if err != nil {
			t.Errorf("%s: %v", f.Topic, err)
			continue
		}
		if hold == HoldsNothing {
			none[f.Topic] = true
			continue
		}
		if m.id != "x" {
			t.Errorf("%s: its id is %s", f.Topic, m.id)
		}
	}
	for _, topic := range []string{duty.TopicSettlements, duty.TopicHeartbeats, duty.TopicConvictions} {
		if !none[topic] {
			t.Errorf("%s has a doubt", topic)
		}
	}
	for _, topic := range []string{duty.TopicNotices, duty.TopicPermissions, duty.TopicHolds, duty.TopicIncidents} {
		if none[topic] {
			t.Errorf("%s has none", topic)
		}
	}
}

// TestLoad: what is wrong with a mapping is said with its place.
func TestLoad(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ change, to, want string }{
		{"import: 1", "import: 2", "import: is 2"},
		{"name: papers", "", "name: is missing"},
		{"topic: permissions", "topic: permission", "is no topic"},
		{"topic: permissions", "topic: violations", "is no topic"},
		{`id: {text: "p-{No}"}`, `id: {value: p}`, "all rows would be one fact"},
		{`id: {text: "p-{No}"}`, "", "fields.id: is missing"},
		{"column: Status, codes", "column: Status, text: x, codes", "exactly one of"},
		{`formats: ["dd-MM-yyyy"], day: start`, `day: start`, "formats: is missing"},
		{`formats: ["dd-MM-yyyy"], day: start`, `formats: ["dd-MM-åååå q"], day: start`, `what is "q"`},
		{"because: is a note", "because: ''", "and why"},
		{"skip:", "skipp:", "skipp"},
		{"name: papers", "name: papers\nzone: Mars", "write Europe/Copenhagen"},
		{"name: papers", "name: papers\ntable: {encoding: ebcdic}", "write utf-8"},
	} {
		text := strings.Replace(papers, c.change, c.to, 1)
		if text == papers {
			t.Fatalf("%q is not in it", c.change)
		}
		_, err := Load("m.yaml", []byte(text))
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "m.yaml") {
			t.Errorf("%q: %v, want %q", c.to, err, c.want)
		}
	}
}
