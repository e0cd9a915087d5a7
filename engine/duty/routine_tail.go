package duty

// RoutineTail is where the rows of a person with a routine end, as small as it
// can be: a caller that reads many rows keeps one per person in memory.
type RoutineTail struct {
	// floor is the first instant at which another row can be the ordinary next
	// one, tailed where the newest row left the card.
	floor  Instant
	tailed place3
	// notify and report say that these duties bind.
	notify, report bool
}

// Tail returns where the rows of the routine end.
func (r *Routine) Tail() RoutineTail {
	return RoutineTail{floor: max(r.since, r.tail+1), tailed: r.tailed, notify: r.underNotify(), report: r.underReport()}
}

// Raise takes in that the routine has moved on to since, its 06:00: an older row
// is not the ordinary next one any more.
func (t *RoutineTail) Raise(since Instant) { t.floor = max(t.floor, since) }

// Row is Routine.Row for a routine at a centre. in's rows and other facts are
// not looked at.
func (t *RoutineTail) Row(in *Input, centre string, e *CardEvent, known Instant) bool {
	r := Routine{centre: centre, since: t.floor, tail: Beginning, tailed: t.tailed,
		notify: Date(btoi(t.notify)), report: Date(btoi(t.report))}
	if !r.Row(in, e, known) {
		return false
	}
	*t = r.Tail()
	return true
}

// RoutineUnit is what the ledger says of a night that a routine decides: with
// the card inside (COMPLIANT), or before the first registration (UNDETERMINED).
// Its Rules are shared and must not be changed.
func RoutineUnit(d Date, present bool, p *Policy) LedgerUnit {
	if present {
		return LedgerUnit{Kind: KindStay, UnitDate: d, Outcome: OutcomeCompliant, Rules: rulesPresent,
			PolicyVersion: p.Version}
	}
	return LedgerUnit{Kind: KindStay, UnitDate: d, Outcome: OutcomeUndetermined, Rules: rulesUnknown,
		PolicyVersion: p.Version}
}

// MetUnit is what the ledger says of a night of NOTIFY or a day of REPORT that a routine decides, and
// which is COMPLIANT. Its Rules are shared and must not be changed.
func MetUnit(k Kind, d Date, p *Policy) LedgerUnit {
	u := LedgerUnit{Kind: k, UnitDate: d, Outcome: OutcomeCompliant, Rules: rulesInside, PolicyVersion: p.Version}
	if k == KindReport {
		u.Rules = rulesReported
	}
	return u
}
