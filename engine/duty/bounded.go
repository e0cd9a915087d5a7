package duty

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A record names what it rests on (EVD-14), and a card left on a reader for a night makes a
// hundred thousand rows. So what a record names is bounded by rule, the same wherever it is made
// (decision 0014): from each list so many items are named, those closest to the unit first. The
// rest is counted, with a digest, by which whoever has the facts can prove that they are these.

// Bounds of a record. With names of MaxKeyBytes everywhere it stays below 1 MiB, which a topic
// accepts (decision 0014, `topics check`).
const (
	// maxEvidence is how many registrations a record names.
	maxEvidence = 400
	// maxIncidents is how many incidents it names; a centre whose devices fall silent has many, of a
	// few minutes each.
	maxIncidents = 300
	// maxListed is how many of everything else it names, and how many references of one item.
	maxListed = 64
)

// rest states how many names are omitted and their digest: the SHA-256 of the names in order, each
// followed by a line feed.
func rest(names []string) string {
	h := sha256.New()
	for _, n := range names {
		h.Write([]byte(n))
		h.Write([]byte{'\n'})
	}
	return "and " + strconv.Itoa(len(names)) + " more, sha256:" + hex.EncodeToString(h.Sum(nil))
}

// bounded keeps as many references as are allowed, and counts the rest.
func bounded(refs []string) []string {
	for i, r := range refs {
		if len(r) > MaxKeyBytes {
			refs[i] = shortened(r)
		}
	}
	if len(refs) <= maxListed {
		return refs
	}
	return append(slices.Clone(refs[:maxListed]), rest(refs[maxListed:]))
}

// shortened returns a name that is too long cut to its beginning, followed by its digest.
func shortened(name string) string {
	const kept = MaxKeyBytes - 80
	sum := sha256.Sum256([]byte(name))
	cut := kept
	for cut > 0 && !utf8.RuneStart(name[cut]) {
		cut--
	}
	return strings.ToValidUTF8(name[:cut], "") + "… sha256:" + hex.EncodeToString(sum[:])
}

// closest splits a list into what is named and what is only counted, both in the order of the
// list. A lower class is closer; within a class, what lies nearer to the instant.
func closest[T any](list []T, most int, to Instant, place func(*T) (class int, at Instant)) (named, left []T) {
	if len(list) <= most {
		return list, nil
	}
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		classA, atA := place(&list[a])
		classB, atB := place(&list[b])
		return cmp.Or(cmp.Compare(classA, classB), cmp.Compare(distance(atA, to), distance(atB, to)))
	})
	keep := make([]bool, len(list))
	for _, i := range order[:most] {
		keep[i] = true
	}
	for i := range list {
		if keep[i] {
			named = append(named, list[i])
		} else {
			left = append(left, list[i])
		}
	}
	return named, left
}

func distance(a, b Instant) Instant { return max(a, b) - min(a, b) }

// overflow is what the lists of a record omit, by attachment item.
type overflow map[int][]string

// bound cuts the lists of a record whose other fields are set.
func (g *ground) bound(v *Violation) overflow {
	over := overflow{}
	held := map[Evidence]bool{} // the records that hold the unit or cast doubt on it are no mere context
	for _, e := range blockEvidence(g.blocks) {
		held[e] = true
	}
	for _, r := range g.paper.refs() {
		held[r.evidence(EvidenceRoleContext)] = true
	}
	var left []Evidence
	v.Evidence, left = closest(v.Evidence, maxEvidence, v.Instant, func(e *Evidence) (int, Instant) {
		return classOf(e.Role != EvidenceRoleContext || held[*e]), e.At
	})
	over[itemRows] = collect(left, func(e Evidence) string { return e.Topic + " " + e.ID })
	var incidents []IncidentRef
	v.Incidents, incidents = closest(v.Incidents, maxIncidents, v.Instant, func(i *IncidentRef) (int, Instant) {
		return incidentClass(i.Effect), i.From
	})
	over[itemIncidents] = collect(incidents, func(i IncidentRef) string { return i.IncidentID })
	var exclusions []ExclusionRef
	v.ExclusionsChecked, exclusions = closest(v.ExclusionsChecked, maxListed, v.Instant,
		func(x *ExclusionRef) (int, Instant) { return classOf(x.Overlaps), x.FromDate.Start() })
	over[itemExclusions] = collect(exclusions, func(x ExclusionRef) string { return x.ExclusionID })
	var results []SupervisionRef
	for i := range v.Supervision {
		if r := &v.Supervision[i]; len(r.ResultRef) > MaxKeyBytes {
			r.ResultRef = shortened(r.ResultRef)
		}
	}
	v.Supervision, results = closest(v.Supervision, maxListed, v.Instant, func(r *SupervisionRef) (int, Instant) {
		return classOf(r.Remarks), r.FromDate.Start()
	})
	over[itemSupervision] = collect(results, func(r SupervisionRef) string { return r.ResultRef })
	var notices []NoticeConsidered
	v.NoticesConsidered, notices = closest(v.NoticesConsidered, maxListed, v.Instant,
		func(n *NoticeConsidered) (int, Instant) { return classOf(n.Used), n.At })
	over[itemNotices] = collect(notices, func(n NoticeConsidered) string { return n.ID })
	var permissions []PermissionConsidered
	v.PermissionsConsidered, permissions = closest(v.PermissionsConsidered, maxListed, v.Instant,
		func(p *PermissionConsidered) (int, Instant) { return classOf(p.Used), p.At })
	over[itemPermissions] = collect(permissions, func(p PermissionConsidered) string { return p.ID })
	return over
}

// classOf returns the class that puts what matters most first.
func classOf(first bool) int {
	if first {
		return 0
	}
	return 1
}

// incidentClass ranks an incident that overlaps the unit first (TX-12), then one that taints it.
func incidentClass(e IncidentEffect) int {
	switch e {
	case IncidentEffectOverlaps:
		return 0
	case IncidentEffectTaints:
		return 1
	}
	return 2
}

// listed returns the references of an item whose content is a list in the record itself: the ids
// if they are few, otherwise the name of the list, and what it omits.
func (o overflow) listed(item int, list string, ids []string) []string {
	if len(ids) > maxListed || item == itemRows && len(ids) > 0 {
		// Rows are named once: there are many of them.
		ids = []string{list}
	} else {
		slices.Sort(ids)
		ids = slices.Compact(ids)
	}
	if left := o[item]; len(left) > 0 {
		ids = append(ids, rest(left))
	}
	return ids
}
