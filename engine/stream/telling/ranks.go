package telling

import "tilsyn/engine/duty"

// RankOfSaid is what is held against a person by what was last told of a unit.
func RankOfSaid(said []duty.Said, kind duty.Kind, date duty.Date) duty.Severity {
	if i := Told(said, kind, date); i >= 0 {
		return said[i].Status.Severity()
	}
	return duty.SeverityNone
}

// RankIn is what a verdict holds against a person for a unit.
func RankIn(res *duty.Result, kind duty.Kind, date duty.Date) duty.Severity {
	if i := UnitIn(res, kind, date); i >= 0 {
		return res.Units[i].Severity()
	}
	return duty.SeverityNone
}

// UnitIn is the index of a unit in a verdict; -1 without.
func UnitIn(res *duty.Result, kind duty.Kind, date duty.Date) int {
	for i := range res.Units {
		if res.Units[i].Kind == kind && res.Units[i].Date == date {
			return i
		}
	}
	return -1
}

// Told is the index of a unit in what was told; -1 without.
func Told(said []duty.Said, kind duty.Kind, date duty.Date) int {
	for i := range said {
		if said[i].Kind == kind && said[i].Date == date {
			return i
		}
	}
	return -1
}

// Without is what was told but for one unit; the original stays as it is.
func Without(said []duty.Said, kind duty.Kind, date duty.Date) []duty.Said {
	i := Told(said, kind, date)
	if i < 0 {
		return said
	}
	kept := append([]duty.Said(nil), said[:i]...)
	return append(kept, said[i+1:]...)
}

// Tells reports whether a verdict has anything that would be told.
func Tells(res *duty.Result) bool {
	for i := range res.Units {
		if res.Units[i].Record() {
			return true
		}
	}
	return false
}
