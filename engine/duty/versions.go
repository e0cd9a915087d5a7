package duty

import (
	"bytes"
	"cmp"
	"slices"
)

// fact is what every input record provides about itself.
type fact interface {
	// head returns the identity that all versions share, the version, and whether this version
	// retracts the whole fact (contract §1).
	head() (identity string, version int64, retracted bool)
	// AppendCanonical appends the canonical JSON form.
	AppendCanonical(b []byte) []byte
}

func (v *CardEvent) head() (string, int64, bool)           { return v.ID, v.Version, v.Retracted }
func (v *ManualEntry) head() (string, int64, bool)         { return v.ID, v.Version, v.Retracted }
func (v *Notice) head() (string, int64, bool)              { return v.ID, v.Version, v.Retracted }
func (v *ObligationChange) head() (string, int64, bool)    { return v.DecisionID, v.Version, v.Retracted }
func (v *GroupChange) head() (string, int64, bool)         { return v.ID, v.Version, v.Retracted }
func (v *Permission) head() (string, int64, bool)          { return v.PermissionID, v.Version, v.Retracted }
func (v *Hold) head() (string, int64, bool)                { return v.HoldID, v.Version, v.Retracted }
func (v *DepartureAssessment) head() (string, int64, bool) { return v.ID, v.Version, v.Retracted }
func (v *Conviction) head() (string, int64, bool)          { return v.ID, v.Version, v.Retracted }
func (v *IdentityLink) head() (string, int64, bool)        { return v.ID, v.Version, v.Retracted }
func (v *CardAssignment) head() (string, int64, bool)      { return v.ID, v.Version, v.Retracted }
func (v *Incident) head() (string, int64, bool)            { return v.IncidentID, v.Version, v.Retracted }
func (v *Exclusion) head() (string, int64, bool)           { return v.ExclusionID, v.Version, v.Retracted }
func (v *Settlement) head() (string, int64, bool)          { return v.ID, v.Version, v.Retracted }
func (v *Heartbeat) head() (string, int64, bool)           { return v.ID, v.Version, v.Retracted }
func (v *SupervisionResult) head() (string, int64, bool)   { return v.ID, v.Version, v.Retracted }
func (v *Reconciliation) head() (string, int64, bool)      { return v.ID, v.Version, v.Retracted }
func (v *ControlActionTaken) head() (string, int64, bool)  { return v.ID, v.Version, v.Retracted }
func (v *ChangeMark) head() (string, int64, bool)          { return v.ID, v.Version, v.Retracted }
func (v *Acknowledgement) head() (string, int64, bool)     { return v.ID, v.Version, v.Retracted }
func (v *Handling) head() (string, int64, bool)            { return v.HandlingID, v.Version, v.Retracted }
func (v *Resolution) head() (string, int64, bool)          { return v.ID, v.Version, v.Retracted }

// factPtr is a pointer to a record type that implements fact.
type factPtr[T any] interface {
	*T
	fact
}

// byVersion sorts versions by identity, then newest first; among equal
// versions the one whose canonical form is smallest comes first, and of equal
// records the one known first. The result does not depend on the input's order,
// and a record that comes twice changes nothing (DAT-03).
func byVersion[T any, P factPtr[T]](list []Known[T]) []*Known[T] {
	if len(list) == 0 {
		return nil
	}
	out := make([]*Known[T], len(list))
	for i := range list {
		out[i] = &list[i]
	}
	slices.SortFunc(out, compareVersions[T, P])
	return out
}

func compareVersions[T any, P factPtr[T]](a, b *Known[T]) int {
	ia, va, _ := P(&a.Fact).head()
	ib, vb, _ := P(&b.Fact).head()
	if c := cmp.Or(cmp.Compare(ia, ib), cmp.Compare(vb, va)); c != 0 {
		return c
	}
	ca, cb := P(&a.Fact).AppendCanonical(nil), P(&b.Fact).AppendCanonical(nil)
	return cmp.Or(bytes.Compare(ca, cb), cmp.Compare(a.At, b.At), comparePositions(a.Pos, b.Pos))
}

// comparePositions orders places in the log; a missing one comes first.
func comparePositions(a, b Opt[Position]) int {
	if !a.OK || !b.OK {
		return cmp.Compare(btoi(a.OK), btoi(b.OK))
	}
	return cmp.Or(cmp.Compare(a.V.Partition, b.V.Partition), cmp.Compare(a.V.Offset, b.V.Offset))
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// inForce returns, of versions sorted by byVersion, the one of each fact that
// counts among those that keep admits: the highest, unless it is retracted
// (contract §1).
func inForce[T any, P factPtr[T]](sorted []*Known[T], keep func(*Known[T]) bool) []*Known[T] {
	if len(sorted) == 0 {
		return nil
	}
	out := make([]*Known[T], 0, len(sorted))
	last, decided := "", false
	for _, k := range sorted {
		identity, _, retracted := P(&k.Fact).head()
		if decided && identity == last {
			continue
		}
		if !keep(k) {
			continue
		}
		last, decided = identity, true
		if !retracted {
			out = append(out, k)
		}
	}
	return out
}
