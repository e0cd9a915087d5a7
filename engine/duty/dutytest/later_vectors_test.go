package dutytest

import (
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
)

// This file holds TX-31, TX-32, TX-34 and TX-35; TX-33 and TX-37 are tests of
// package replay, TX-36 is a script.

// TestObservationForms is TX-31: how much a guard's observation form counts, and that it is
// attached whatever it says.
func TestObservationForms(t *testing.T) {
	for _, c := range []struct {
		line          string
		near, noticed bool
		status        duty.Status
	}{
		{"OBS 2026-02-04T01:00 present", true, false, duty.StatusNeedsReview},
		{"OBS 2026-02-04T01:00 notfound", false, true, duty.StatusIndicated},
		{"OBS 2026-02-04T01:00", false, false, duty.StatusIndicated},
		{"OBS 2026-02-04T01:00 notfound [name=no]", false, false, duty.StatusNeedsReview},
	} {
		t.Run(c.line, func(t *testing.T) {
			s := mustScript(t, "EN", "OUT 2026-02-03T20:00", "IN 2026-02-04T14:00", c.line)
			_, _, list := violations(t, s, "N2026-02-03")
			if len(list) != 2 {
				t.Fatalf("%d records, want two", len(list))
			}
			for i := range list {
				v := &list[i]
				near := slices.ContainsFunc(v.Contradiction, func(x duty.Contradiction) bool {
					return x.Code == duty.ContradictionCodePresenceNear
				})
				noticed := slices.ContainsFunc(v.Corroboration, func(x duty.Corroboration) bool {
					return x.Code == duty.CorroborationCodeGuardObservation
				})
				if near != c.near || noticed != c.noticed || v.Status != c.status {
					t.Errorf("%s: PRESENCE_NEAR %t, GUARD_OBSERVATION %t, %s", v.Kind, near, noticed, v.Status)
				}
				if a := v.Attachments[9]; a.Item != 10 || a.State != duty.AttachmentStateReferenced || len(a.Refs) != 1 {
					t.Errorf("%s: item 10 is %+v", v.Kind, a)
				}
			}
		})
	}
}

// TestReceivedAfterLogged is TX-32: the clock of a source that is more than five
// minutes ahead of the log.
func TestReceivedAfterLogged(t *testing.T) {
	s := mustScript(t, "EN", "OUT 2026-02-03T20:00", "IN 2026-02-04T14:00", "NOTICE 2026-02-03T19:00")
	at := s.Final([]string{"N2026-02-03"})
	offsets := func() []string {
		var out []string
		for _, q := range duty.Evaluate(s.c.core(), at).DataQuality {
			if q.Code == duty.DataQualityCodeClockOffset {
				out = append(out, q.Subject)
			}
		}
		return out
	}
	row, notice := &s.c.facts.CardEvents[0], &s.c.facts.Notices[0]
	row.Fact.ReceivedAt, notice.Fact.ReceivedAt = row.At+5*duty.Minute, notice.At+5*duty.Minute
	if got := offsets(); len(got) > 0 {
		t.Errorf("five minutes are within what clocks may differ: %v", got)
	}
	row.Fact.ReceivedAt++
	notice.Fact.ReceivedAt++
	if got := offsets(); !slices.Equal(got, []string{"KH-carousel", "P"}) {
		t.Errorf("CLOCK_OFFSET of %v, want of the device and the person", got)
	}
}

// TestNamesThatDoNotFit is TX-34.
func TestNamesThatDoNotFit(t *testing.T) {
	s := mustScript(t, "EN", "OUT 2026-02-03T20:00", "IN 2026-02-04T14:00", "OUT 2026-02-03T21:00 [form,name=no]")
	in := s.c.core()
	res := duty.Evaluate(in, s.Final([]string{"N2026-02-03"}))
	i := slices.IndexFunc(res.DataQuality, func(q duty.DataQuality) bool {
		return q.Code == duty.DataQualityCodeNameMismatch
	})
	if i < 0 || res.DataQuality[i].Subject != "P" || res.DataQuality[i].State != duty.FindingStateOpen {
		t.Errorf("data quality %+v", res.DataQuality)
	}
}

// TestPaperOfNobody is TX-35: the subject is the entry, and the finding closes once a version
// names a person or a Resolution calls the entry irrelevant.
func TestPaperOfNobody(t *testing.T) {
	unknown := func(s *script, at string) []string {
		t.Helper()
		now, err := scriptTime(at)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, q := range duty.CentreQuality(s.c.core().Centres, policy.Builtin(), now) {
			out = append(out, q.Code.String()+" "+q.Subject)
		}
		return out
	}
	s := mustScript(t, "EN", "PAPER 2026-02-03T22:30 IN [other=2026-02-06T10:00]")
	id := s.c.centres.ManualEntries[0].Fact.ID
	if got := unknown(s, "2026-02-06T09:59"); !slices.Equal(got, []string{"UNKNOWN_PERSON " + id}) {
		t.Errorf("before a version names the person: %v", got)
	}
	if got := unknown(s, "2026-02-06T10:00"); len(got) > 0 {
		t.Errorf("after it: %v", got)
	}
	s = mustScript(t, "EN", "OUT 2026-02-03T20:00", "IN 2026-02-04T14:00", "PAPER 2026-02-03T22:30 IN")
	s.c.centres.ManualEntries[0].Pos = duty.Some(duty.Position{Partition: 3, Offset: 17})
	known, _ := scriptTime("2026-02-06T10:00")
	s.c.centres.Resolutions = append(s.c.centres.Resolutions, duty.Known[duty.Resolution]{At: known, Fact: duty.Resolution{
		ID: "r1", Version: 1, ReceivedAt: known, Topic: "manual-entries", Partition: 3, Offset: 17,
		Outcome: duty.ResolutionOutcomeIrrelevant, By: "A", At: known,
	}})
	if got := unknown(s, "2026-02-06T10:00"); len(got) > 0 {
		t.Errorf("after a Resolution: %v", got)
	}
	for at, want := range map[string]string{"2026-02-05T12:00": "NEEDS_REVIEW", "2026-02-06T12:00": "INDICATED"} {
		out, err := s.judge(t, "as of "+at+"\nN2026-02-03")
		if err != nil || strings.Count(out, want) != 2 {
			t.Errorf("as of %s: %s %v", at, out, err)
		}
	}
}
