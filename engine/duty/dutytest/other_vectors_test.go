package dutytest

import (
	"reflect"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// The vectors of domain §10.3 that are no script: output validation, data
// minimisation, policies. TX-30 is a test of package policy.

// violations are the records of a script at its final clock.
func violations(t *testing.T, s *script, units ...string) (duty.Input, duty.Instant, []duty.Violation) {
	t.Helper()
	at := s.Final(units)
	if err := s.markComplete(units); err != nil {
		t.Fatal(err)
	}
	in := s.c.core()
	list, err := duty.Revise(in, duty.Evaluate(in, at), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 {
		t.Fatal("no record")
	}
	return in, at, list
}

func mustScript(t *testing.T, lines ...string) *script {
	t.Helper()
	s, err := newScript(strings.Join(lines, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestOutputValidation is TX-11 and TX-12: a record that does not refer to the
// PwC note, or that hides an incident in its period, is refused.
func TestOutputValidation(t *testing.T) {
	s := mustScript(t, "EN", "OUT 2026-02-03T18:00", "INC 2026-02-04T10:00/2026-02-04T11:00 [forms=complete]",
		"IN 2026-02-05T14:00")
	in, at, list := violations(t, s, "N2026-02-03")
	for i := range list {
		v := list[i]
		if err := duty.Check(&v, in.Centres, at); err != nil {
			t.Fatalf("the record itself is refused: %v", err)
		}
		if v.Status != duty.StatusIndicated {
			continue
		}
		note := v
		note.Attachments = append([]duty.Attachment{}, v.Attachments...)
		for k := range note.Attachments {
			if note.Attachments[k].Item == 1 {
				note.Attachments[k].Refs, note.Attachments[k].State = nil, duty.AttachmentStateNoneFound
			}
		}
		if duty.Check(&note, in.Centres, at) == nil {
			t.Errorf("TX-11: %s without the PwC note passes", v.Kind)
		}
		none := v
		none.Attachments = nil
		if duty.Check(&none, in.Centres, at) == nil {
			t.Errorf("TX-11: %s without attachments passes", v.Kind)
		}
		silent := v
		silent.Incidents = nil
		if duty.Check(&silent, in.Centres, at) == nil {
			t.Errorf("TX-12: %s %s without the incident in its interval passes", v.Kind, dateText(v.UnitDate))
		}
	}
}

// TestNoPlaceNoReasonNoCPR is TX-07 and TX-18: there is no field that could
// carry a place, a reason, a free text or a CPR number.
func TestNoPlaceNoReasonNoCPR(t *testing.T) {
	notice := reflect.TypeOf(duty.Notice{})
	for i := 0; i < notice.NumField(); i++ {
		for _, word := range []string{"place", "reason", "text", "note", "comment"} {
			if strings.Contains(strings.ToLower(notice.Field(i).Name), word) {
				t.Errorf("TX-18: a notice has a field %s", notice.Field(i).Name)
			}
		}
	}
	s := mustScript(t, "EN", "OUT 2026-02-03T20:00", "NOTICE 2026-02-04T00:30", "IN 2026-02-04T14:00")
	_, _, list := violations(t, s, "N2026-02-03")
	for i := range list {
		text := strings.ToLower(string(schemas.AppendLine(nil, &schemas.Line{Topic: "violations", Value: &list[i]})))
		if strings.Contains(text, "cpr") {
			t.Errorf("TX-07: the record speaks of a CPR number: %s", text)
		}
		if strings.Contains(text, "was absent") {
			t.Errorf("TX-28: the record says that somebody was absent")
		}
	}
}

// TestMilderPolicyRevises is TX-22: a milder policy revises what was said and
// names the policy; a harsher one says nothing.
func TestMilderPolicyRevises(t *testing.T) {
	s := mustScript(t, "EN", "OUT 2026-02-03T20:00", "IN 2026-02-03T23:08")
	in, at, list := violations(t, s, "N2026-02-03")
	if len(list) != 1 || list[0].Status != duty.StatusIndicated {
		t.Fatalf("want one INDICATED, have %d records", len(list))
	}
	said := []duty.Said{duty.SaidOf(&list[0])}
	other := func(minutes int) duty.Input {
		p := *builtin
		p.Version, p.Digest = "other", "otherdigest"
		p.Steps = append([]duty.ParamsFrom{}, p.Steps...)
		for i := range p.Steps {
			p.Steps[i].Params.ReturnToleranceMinutes = minutes
		}
		x := in
		x.Policies = append(builtinPolicies(), duty.ActivePolicy{From: at + duty.Hour, Policy: &p})
		return x
	}
	milder := other(10)
	revisions, err := duty.Revise(milder, duty.Evaluate(milder, at+2*duty.Hour), said)
	if err != nil {
		t.Fatal(err)
	}
	if len(revisions) != 1 || revisions[0].Status != duty.StatusNeedsReview ||
		revisions[0].ChangeReason != duty.ChangeReasonPolicy ||
		revisions[0].PolicyVersion != "other" || revisions[0].Revision != 2 {
		t.Errorf("TX-22: a milder policy gives %+v", revisions)
	}
	harsher := other(0)
	if revisions, _ := duty.Revise(harsher, duty.Evaluate(harsher, at+2*duty.Hour), said); len(revisions) != 0 {
		t.Errorf("TX-22: a harsher policy says something: %+v", revisions[0])
	}
}
