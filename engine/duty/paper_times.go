package duty

import (
	"cmp"
	"slices"
)

// readingsApart is how far apart the two readings of a time on paper lie: the hour that summer time
// gives or takes (TIM-06).
const readingsApart = Hour

// timedPaper is an entry with the readings of its time, worked out once.
type timedPaper struct {
	entry *ManualEntry
	when  localTime
}

// timedPapers are entries in the order of the earlier reading of their times.
type timedPapers []timedPaper

// papersBy are the entries that count, by what they are looked up for.
type papersBy struct {
	// misnamed are those under another name (RD-36); observed say that a guard saw the person (RD-41).
	misnamed, observed timedPapers
	// barcode are those of the barcode log and temporary those of the temporary registration, neither
	// under another name (RD-31, RD-35).
	barcode, temporary timedPapers
	// halfRead are those of whose time only the earlier reading is tried (TIM-06).
	halfRead timedPapers
}

// papersOf sorts out the entries of a person; halfRead says of which only the earlier reading is tried.
func papersOf(entries []*Known[ManualEntry], halfRead func(id string, d Date) bool) *papersBy {
	out := &papersBy{}
	for _, k := range entries {
		v := &k.Fact
		when, _ := parseLocal(v.LocalTime)
		p := timedPaper{v, when}
		if v.misnamed() {
			out.misnamed = append(out.misnamed, p)
		}
		if !when.exact && halfRead(v.ID, when.early.Date()) {
			out.halfRead = append(out.halfRead, p)
		}
		switch {
		case v.Form == FormObservation && v.Result == Some(CheckResultPresent):
			out.observed = append(out.observed, p)
		case v.Form == FormBarcodeLog && !v.misnamed():
			out.barcode = append(out.barcode, p)
		case !v.misnamed() && v.temporary():
			out.temporary = append(out.temporary, p)
		}
	}
	for _, list := range []timedPapers{out.misnamed, out.observed, out.barcode, out.temporary, out.halfRead} {
		slices.SortStableFunc(list, func(a, b timedPaper) int { return cmp.Compare(a.when.early, b.when.early) })
	}
	return out
}

// around returns the entries of which some reading may lie between two instants, both included.
func (list timedPapers) around(from, to Instant) timedPapers {
	first := func(t Instant) int {
		i, _ := slices.BinarySearchFunc(list, t, func(p timedPaper, t Instant) int { return cmp.Compare(p.when.early, t) })
		return i
	}
	if from > to {
		return nil
	}
	return list[first(from-readingsApart):first(to+1)]
}
