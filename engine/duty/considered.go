package duty

import (
	"cmp"
	"slices"
)

// noticesConsidered lists the notices around a night and why each did or did not count (EVD-14
// item 12). It is empty for STAY and REPORT, which notices do not affect (NTC-20).
func (g *ground) noticesConsidered(u *Unit) []NoticeConsidered {
	out := []NoticeConsidered{}
	if u.Kind != KindNotify {
		return out
	}
	t := trigger{kind: away, at: u.Instant.Or(g.f.period.From)}
	if g.f.exit != nil || t.at != g.f.period.From {
		t.kind = leaving
	}
	listed := map[*Notice]bool{}
	for i := range g.e.messages {
		m := &g.e.messages[i]
		if m.night < u.Date-1 || m.night > u.Date || listed[m.notice] {
			if !m.claims(u.Date) || listed[m.notice] {
				continue
			}
		}
		listed[m.notice] = true
		used, reason := g.noticeReason(m, u.Date, &t)
		out = append(out, NoticeConsidered{m.notice.ID, m.when.early, used, reason})
	}
	slices.SortFunc(out, func(a, b NoticeConsidered) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// noticeReason says whether a notice counted for the trigger, and why.
func (g *ground) noticeReason(m *message, d Date, t *trigger) (bool, NoticeReason) {
	means, _ := m.meaning(d)
	w := m.effect(d, t, true, g.par)
	switch {
	case !m.own():
		return false, NoticeReasonThirdParty
	case !means && m.claims(d):
		return false, NoticeReasonMultiNight
	case !means:
		return false, NoticeReasonOtherNight
	case m.notice.Clarity != ClarityClear:
		return false, NoticeReasonUnclear
	case m.notice.Recipient != RecipientOperator:
		return false, NoticeReasonWrongRecipient
	case !w.counts:
		return false, NoticeReasonLate
	case w.outside:
		return false, NoticeReasonOutsideRange
	}
	return !w.unclear, NoticeReasonTimely
}

// permissionsConsidered lists the permissions near the unit, pending ones
// included, and why each did or did not count (EVD-14 item 13).
func (g *ground) permissionsConsidered(u *Unit) []PermissionConsidered {
	out := []PermissionConsidered{}
	near := Span{g.f.period.From - Day, g.f.period.To + Day}
	for _, l := range g.e.leaves {
		p := l.permission
		if !(Span{p.ValidFrom, max(p.ValidTo, p.ValidFrom+1)}).overlaps(near) {
			continue
		}
		used, reason := leaveReason(l, u.Kind, g.f.period)
		out = append(out, PermissionConsidered{p.PermissionID, p.DecidedAt, used, reason})
	}
	slices.SortFunc(out, func(a, b PermissionConsidered) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// leaveReason says whether a permission counted for a unit, and why.
func leaveReason(l leave, k Kind, unit Span) (bool, PermissionReason) {
	switch l.permission.Status {
	case PermissionStatusPending:
		return false, PermissionReasonPending
	case PermissionStatusRefused:
		return false, PermissionReasonRefused
	}
	overlaps := l.covers && l.span.overlaps(unit)
	switch {
	case l.permission.Status == PermissionStatusRevoked && !overlaps:
		return false, PermissionReasonRevoked
	case !overlaps:
		return false, PermissionReasonOutside
	case k == KindReport && l.permission.ReportEffect == ReportEffectExcused:
		return true, PermissionReasonExcusesReport
	case k == KindReport && l.permission.ReportEffect == ReportEffectRequired:
		return false, PermissionReasonRequiresReport
	case k == KindReport:
		return false, PermissionReasonSilentOnReport
	case l.span.covers(unit):
		return true, PermissionReasonCovers
	}
	return false, PermissionReasonPartial
}
