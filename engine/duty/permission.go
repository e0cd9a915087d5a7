package duty

import (
	"cmp"
	"slices"
)

// leave is a permission with the span that it covers (PRM-02, PRM-09).
type leave struct {
	permission *Permission
	span       Span // what it covers
	// covers is false for a permission that never took effect.
	covers bool
}

// newLeaves returns the permissions that count and are the person's. Each covers
// the time that it names, whenever it was decided: one granted afterwards clears
// what was told (PRM-04). A revoked one covers up to when the person was told
// (PRM-09, AMB-34), and nothing if it never was granted (contract §2). What a guard
// allowed is no permission, and at most a notice (PRM-08).
func newLeaves(sorted []*Known[Permission], keep func(*Known[Permission]) bool, mine func(*Permission) bool) []leave {
	var out []leave
	for _, k := range inForce[Permission](sorted, keep) {
		p := &k.Fact
		if !mine(p) {
			continue
		}
		l := leave{permission: p, span: Span{p.ValidFrom, p.ValidTo}}
		switch p.Status {
		case PermissionStatusGranted:
			l.covers = true
		case PermissionStatusRevoked:
			l.covers = onceGranted(sorted, p, keep, mine)
			if p.ServedAt.OK {
				l.span.To = min(l.span.To, p.ServedAt.V)
			}
		}
		l.covers = l.covers && l.span.From < l.span.To
		out = append(out, l)
	}
	slices.SortStableFunc(out, func(a, b leave) int {
		return cmp.Or(cmp.Compare(a.span.From, b.span.From),
			cmp.Compare(a.permission.PermissionID, b.permission.PermissionID))
	})
	return out
}

// onceGranted reports whether an earlier version of a permission granted it to the
// person. Of equal versions the first counts, as everywhere.
func onceGranted(sorted []*Known[Permission], p *Permission, keep func(*Known[Permission]) bool,
	mine func(*Permission) bool) bool {
	after := p.Version
	for _, k := range sorted {
		v := &k.Fact
		if v.PermissionID != p.PermissionID || v.Version >= after || !keep(k) {
			continue
		}
		if after = v.Version; v.Status == PermissionStatusGranted && !v.Retracted && mine(v) {
			return true
		}
	}
	return false
}

// coveringSpans merges the leaves that cover; adjoining ones count as one (RD-06).
func coveringSpans(leaves []leave) []Span {
	var spans []Span
	for _, l := range leaves {
		if l.covers {
			spans = append(spans, l.span)
		}
	}
	return union(spans)
}

// endsIn returns where a leave ends in the window, 23:00 included, with nothing
// adjoining (PRM-05, RD-08).
func endsIn(spans []Span, w Span) []Instant {
	var out []Instant
	for _, s := range spans {
		if w.From <= s.To && s.To < w.To {
			out = append(out, s.To)
		}
	}
	return out
}

// partly reports whether a leave touches the window, including one that ends at 23:00 (PRM-06,
// RD-08).
func partly(spans []Span, w Span) bool {
	for _, s := range spans {
		if s.From < w.To && s.To >= w.From {
			return true
		}
	}
	return false
}
