package duty

import (
	"slices"
	"strconv"
)

// attachmentItems is the number of items of EVD-14.
const attachmentItems = 20

// Items of EVD-14 whose content is a list in the record itself.
const (
	itemRows        = 2
	itemIncidents   = 7
	itemExclusions  = 8
	itemSupervision = 9
	itemNotices     = 12
	itemPermissions = 13
)

// attachments lists the twenty items of EVD-14, each with references or marked as none found, not
// applicable or not yet received. over holds what the lists of the record omit.
func (g *ground) attachments(v *Violation, over overflow) []Attachment {
	var out []Attachment
	put := func(state AttachmentState, refs ...string) {
		if refs == nil {
			refs = []string{}
		}
		out = append(out, Attachment{Item: int32(len(out)) + 1, State: state, Refs: refs})
	}
	list := func(refs []string, none AttachmentState) {
		slices.Sort(refs)
		if refs = slices.Compact(refs); len(refs) > 0 {
			put(AttachmentStateReferenced, bounded(refs)...)
			return
		}
		put(none)
	}
	own := func(name string, ids []string, none AttachmentState) {
		if refs := over.listed(len(out)+1, name, ids); len(refs) > 0 {
			put(AttachmentStateReferenced, refs...)
			return
		}
		put(none)
	}
	const (
		none          = AttachmentStateNoneFound
		notApplicable = AttachmentStateNotApplicable
		notYet        = AttachmentStateNotYetReceived
	)
	whole := Span{g.interval().From - Day, g.interval().To + Day}
	paper := none
	if !v.Settled {
		paper = notYet
	}
	put(AttachmentStateReferenced, g.noteRefs(v.UnitDate)...) // 1
	own("evidence", evidenceIDs(v), none)                     // 2
	list(g.cards(whole), none)                                // 3
	list(g.entriesIn(whole, FormAssistedPassage), paper)
	if v.UnitDate < BarcodeLogFrom {
		put(notApplicable)
	} else {
		list(g.entriesIn(whole, FormBarcodeLog), paper) // 5
	}
	list(append(g.entriesIn(whole, FormOutagePassage), g.entriesIn(whole, FormOutageReport)...), paper)
	own("incidents", collect(v.Incidents, func(r IncidentRef) string { return r.IncidentID }), none) // 7
	own("exclusions_checked", collect(v.ExclusionsChecked, func(r ExclusionRef) string { return r.ExclusionID }), none)
	own("supervision", collect(v.Supervision, func(r SupervisionRef) string { return r.ResultRef }), notYet)
	list(g.entriesIn(whole, FormObservation), none) // 10
	list(g.entriesIn(whole, FormPresenceCheck), none)
	if v.Kind == KindNotify {
		own("notices_considered", collect(v.NoticesConsidered, func(n NoticeConsidered) string { return n.ID }), paper)
	} else {
		put(notApplicable)
	}
	own("permissions_considered",
		collect(v.PermissionsConsidered, func(p PermissionConsidered) string { return p.ID }), none) // 13
	if len(v.ObligationIDs) > 0 { // sorted and bounded
		put(AttachmentStateReferenced, v.ObligationIDs...)
	} else {
		put(none)
	}
	if g.par.suspended(v.UnitDate) || g.par.suspended(v.UnitDate+1) {
		list(g.entriesIn(whole, FormTemporaryRegistration), none)
	} else {
		put(notApplicable) // 15
	}
	list(g.departureRefs(v), notApplicable)
	put(AttachmentStateReferenced, "offline data were not used (DEV-07)") // 17
	list(append(slices.Clone(v.Caveats), v.BaseCaveats...), none)
	put(AttachmentStateReferenced, "policy "+v.PolicyVersion, "engine "+v.EngineVersion,
		"revision "+strconv.Itoa(int(v.Revision)))
	put(AttachmentStateReferenced, "pattern", "corroboration", "contradiction") // 20
	return out
}

// pwcNoteHash names the digest of the document text that was used (EVD-06):
// the SHA-256 of seeds/000.
const pwcNoteHash = "sha256:16c6028bbcb463c9fe90efaf401524db1b9916709c39deedfb15c62c277172e2"

// noteRefs name the note as the law does, by the hash of the policy, and where that has a document of its own by
// its id and version.
func (g *ground) noteRefs(d Date) []string {
	n := g.court.policy.Policy.NoteOn(d)
	if n.ID == pwcNote {
		return []string{pwcNote, n.Hash}
	}
	return []string{pwcNote, n.Hash, n.ID, "version " + n.Version}
}

func collect[T any](list []T, id func(T) string) []string {
	var out []string
	for _, x := range list {
		out = append(out, id(x))
	}
	return out
}

func evidenceIDs(v *Violation) []string {
	return collect(v.Evidence, func(e Evidence) string { return e.ID })
}

// cards returns the card assignments of the person that touch a span.
func (g *ground) cards(s Span) []string {
	var out []string
	for _, k := range g.e.assignments {
		if (Span{k.Fact.ValidFrom, k.Fact.ValidTo.Or(Forever)}).overlaps(s) {
			out = append(out, k.Fact.ID)
		}
	}
	return out
}

// departureRefs returns the departure assessments, or says that the departure question is open.
func (g *ground) departureRefs(v *Violation) []string {
	var out []string
	for _, k := range g.e.assessments {
		out = append(out, k.Fact.ID)
	}
	if slices.Contains(v.Caveats, "DEPARTURE_QUESTION") {
		out = append(out, "departure question open")
	}
	return out
}
