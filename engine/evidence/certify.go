package evidence

import (
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/explain"
)

// Certify makes the proof of one record. Errors are *NoRecordError, *explain.NotFoundError, or of the output
// validation.
func Certify(c *Case, k duty.Kind, d duty.Date) (*Certificate, error) {
	x, err := c.explained(k, d)
	if err != nil {
		return nil, err
	}
	a, _ := duty.Explain(c.Input, k, d, c.At) // found, since it was explained
	if a.Record == nil {
		return nil, &NoRecordError{k, d, a.Unit.Outcome, a.Unit.Pending}
	}
	p := c.policy(a.Record.PolicyDigest)
	par := p.ParamsAt(d)
	limit := duty.Instant(par.HeartbeatMissed) * par.HeartbeatInterval
	n := &Certificate{Form: CertificateForm, AsOf: c.At.String(), EngineVersion: a.Record.EngineVersion,
		Policy: PolicyUsed{Version: p.Version, Digest: p.Digest, HeartbeatLimitMs: int64(limit),
			SuspensionFrom: par.SuspensionFrom.String(), SuspensionTo: par.SuspensionTo.String(),
			ReferenceDate: par.PracticeReferenceDate.String()},
		Differs: []string{}, IntervalFrom: a.Interval.From.String(), IntervalTo: a.Interval.To.String(),
		Rows: c.rowsOf(&a, p), Order: x.Order, Rules: x.Rules, Doubts: x.Doubts, Triggers: x.Triggers, Slots: x.Slots,
		Notices: x.Notices, Permissions: x.Permissions, Logs: logsOf(&a), NotShown: notShown(),
	}
	n.recorded(c, &a)
	span := duty.Span{From: min(silent(&a).From, a.Unit.PeriodFrom), To: a.Unit.PeriodTo}
	n.Watch = c.standing(&a, p, span)
	signs := c.Signs(p, a.Centres, span)
	n.Sources = sourcesOf(signs)
	n.Silence = c.silences(&a, signs, n.Watch, limit)
	for _, l := range c.allowed(&a).sorted() {
		n.Facts = append(n.Facts, Raw(l))
	}
	return n, nil
}

// recorded fills in the record: the last one that a log has, else what would be told at the clock.
func (n *Certificate) recorded(c *Case, a *duty.Account) {
	told := c.told(a.Unit.Kind, a.Unit.Date)
	n.RecordFrom, n.Agrees = "replay", true
	v := a.Record
	if len(told) > 0 {
		n.RecordFrom, v = "log", &told[len(told)-1]
		n.Differs = orNone(Differs(v, a.Record))
		n.Agrees = len(n.Differs) == 0
	} else {
		told = []duty.Violation{*v}
	}
	n.Record = Raw(v.AppendCanonical(nil))
	n.Revisions = []Raw{}
	for i := range told {
		n.Revisions = append(n.Revisions, Raw(told[i].AppendCanonical(nil)))
	}
}

// Differs names the fields of the comparison form (contract §3) in which two records are different, as
// `tilsyn explain` names them.
func Differs(a, b *duty.Violation) []string {
	var out []string
	for _, x := range explain.Changes(a, b) {
		out = append(out, x.Field)
	}
	if a.PolicyDigest != b.PolicyDigest {
		out = append(out, "policy_digest")
	}
	return out
}

// standing are the automatic incidents at the centres of a unit that lie in a span.
func (c *Case) standing(a *duty.Account, p *duty.Policy, span duty.Span) []Automatic {
	out := []Automatic{}
	for _, x := range c.automatic(p) {
		s := duty.Span{From: x.Incident.From, To: x.Incident.To.Or(duty.Forever)}
		if !slices.Contains(a.Centres, x.Incident.CentreID) || s.From >= span.To || span.From >= s.To || x.Opened > c.At {
			continue
		}
		n := Automatic{ID: x.Incident.IncidentID, CentreID: x.Incident.CentreID, Devices: orNone(x.Incident.DeviceIDs),
			Kind: x.Incident.Kind.String(), From: x.Incident.From.String(), span: s}
		if x.Incident.To.OK {
			n.To = x.Incident.To.V.String()
		}
		out = append(out, n)
	}
	return out
}

// automatic are the automatic incidents that stand at the clock under a policy.
func (c *Case) automatic(p *duty.Policy) []duty.AutomaticIncident {
	watch := c.Input.Centres.Watch()
	if watch == nil {
		return nil
	}
	if w := watch(p); w != nil && w.Incidents != nil {
		return w.Incidents.List()
	}
	return nil
}

func logsOf(a *duty.Account) []Log {
	out := []Log{}
	for i := range a.Logs {
		l := &a.Logs[i]
		n := Log{CentreID: l.CentreID, Date: l.Date.String(), Log: l.Log.String(), Needed: l.To.String(), Proven: l.Proven()}
		if l.Through > duty.Beginning {
			n.Through = l.Through.String()
		}
		out = append(out, n)
	}
	return out
}
