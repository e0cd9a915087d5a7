package duty

import "testing"

// TestPresenceForSomeTime: where presence must last (MIN_DURATION), time of which nothing is known is
// no absence, however short it is, and an outage never accuses more while its forms are pending than
// after (STY-03, PRS-01, RD-01).
func TestPresenceForSomeTime(t *testing.T) {
	_, d := oneNight()
	night := Night(d)
	before, noon := night.From-3*Hour, night.To+5*Hour
	outage := func(forms FormsStatus) *Incident {
		return &Incident{ID: "i", Version: 1, ReceivedAt: night.To, IncidentID: "I", CentreID: "KH", DeviceIDs: []string{},
			From: night.To - 10*Minute, To: Some(night.To), Kind: IncidentKindServer, FormsStatus: forms,
			State: IncidentStateActive, Origin: OriginHuman}
	}
	for _, x := range []struct {
		what   string
		rows   []Instant // OUT first
		outage *Incident
		want   Outcome
	}{
		{"away all night", []Instant{before, noon}, nil, OutcomeIndicated},
		{"home for an hour", []Instant{before, night.To - Hour}, nil, OutcomeIndicated},
		{"home for two hours", []Instant{before, night.To - 2*Hour}, nil, OutcomeCompliant},
		{"nothing registered before the exit", []Instant{night.From + 10*Minute, noon}, nil, OutcomeUndetermined},
		{"ten minutes of a pending outage", []Instant{before, noon}, outage(FormsStatusPending), OutcomeUndetermined},
		{"the same, its forms complete", []Instant{before, noon}, outage(FormsStatusComplete), OutcomeNeedsReview},
		{"home for two hours beside the outage", []Instant{before, night.To - 3*Hour}, outage(FormsStatusPending),
			OutcomeCompliant},
	} {
		in, _ := oneNight(x.rows...)
		in.Policies[0].Policy.Steps[0].Params.StayMinPresence = 2 * Hour
		if x.outage != nil {
			in.Centres = NewCentres(CentreFacts{
				Incidents: []Known[Incident]{{Fact: *x.outage, At: x.outage.ReceivedAt}}})
		}
		res := Evaluate(in, night.To+6*Hour)
		var found Unit
		for i := range res.Units {
			if res.Units[i].Date == d {
				found = res.Units[i]
			}
		}
		if found.Outcome != x.want {
			t.Errorf("%s: %s, want %s", x.what, found.Outcome, x.want)
		}
		if _, err := Revise(in, res, nil); err != nil {
			t.Errorf("%s: %v", x.what, err)
		}
	}
}
