package telling

import "tilsyn/engine/duty"

// RankOfSaid returns the severity of what was last told of a unit; none if nothing was.
func RankOfSaid(said []duty.Said, kind duty.Kind, date duty.Date) duty.Severity {
	if i := Told(said, kind, date); i >= 0 {
		return said[i].Status.Severity()
	}
	return duty.SeverityNone
}

// RankIn returns the severity of a unit in a verdict; none if it is not there.
func RankIn(res *duty.Result, kind duty.Kind, date duty.Date) duty.Severity {
	if i := UnitIn(res, kind, date); i >= 0 {
		return res.Units[i].Severity()
	}
	return duty.SeverityNone
}

// UnitIn returns the index of a unit in a verdict; -1 if it is not there.
func UnitIn(res *duty.Result, kind duty.Kind, date duty.Date) int {
	for i := range res.Units {
		if res.Units[i].Kind == kind && res.Units[i].Date == date {
			return i
		}
	}
	return -1
}

// Told returns the index of a unit in what was told; -1 if it is not there.
func Told(said []duty.Said, kind duty.Kind, date duty.Date) int {
	for i := range said {
		if said[i].Kind == kind && said[i].Date == date {
			return i
		}
	}
	return -1
}

// Without returns what was told except one unit. The original is not changed.
func Without(said []duty.Said, kind duty.Kind, date duty.Date) []duty.Said {
	i := Told(said, kind, date)
	if i < 0 {
		return said
	}
	kept := append([]duty.Said(nil), said[:i]...)
	return append(kept, said[i+1:]...)
}

// Tells reports whether a verdict has anything to tell.
func Tells(res *duty.Result) bool {
	for i := range res.Units {
		if res.Units[i].Record() {
			return true
		}
	}
	return false
}
