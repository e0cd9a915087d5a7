package control

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
)

// What people and commands do about controls is a fact of its own (contract-case 9, C-62): restore
// tests, recall drills, what followed a finding, what was adjusted.

// acted lists what was done in the period, known at the clock, in the order of time. What was done at
// no single centre is in the report of All only.
func (b *Book) acted() []duty.ControlAction {
	out := []duty.ControlAction{}
	sorted := duty.SortVersions[duty.ControlActionTaken](b.world.Centres.Facts().ControlActions)
	for _, k := range duty.InForce[duty.ControlActionTaken](sorted, func(k *duty.Known[duty.ControlActionTaken]) bool {
		return k.At <= b.at
	}) {
		f := &k.Fact
		if !within(b.period.Span, f.At) || f.At > b.at || !b.of(f.CentreID) || f.Kind == duty.ControlActionKindUnknown {
			continue
		}
		a := duty.ControlAction{Control: f.Control, At: f.At, Kind: f.Kind, Ok: f.Ok, DurationMs: f.DurationMs, Ref: f.Ref}
		if a.Ref.OK {
			a.Ref.V = duty.ClipKey(a.Ref.V)
		}
		out = append(out, a)
	}
	slices.SortStableFunc(out, func(x, y duty.ControlAction) int {
		return cmp.Or(cmp.Compare(x.At, y.At), cmp.Compare(x.Control, y.Control), cmp.Compare(x.Kind, y.Kind),
			cmp.Compare(x.Ref.V, y.Ref.V))
	})
	return out
}

// tested is the line of a control that only such actions show: how often it was done, how often it did
// not go as it should, and what followed. Where nobody told of any, nothing was measured. How often it
// is due nobody says here.
func tested(name duty.ControlName, all []duty.ControlAction) duty.ControlLine {
	l := duty.ControlLine{Control: name}
	done, findings := int32(0), int32(0)
	for i := range all {
		a := &all[i]
		if a.Control != name || a.Kind != duty.ControlActionKindRestoreTest && a.Kind != duty.ControlActionKindRecallDrill {
			continue
		}
		if done++; !a.Ok {
			findings++
		}
	}
	if done > 0 {
		l.Done, l.Findings = duty.Some(done), duty.Some(findings)
	}
	return l
}

// followUps adds what followed findings, to the lines that do not know of it otherwise.
func followUps(lines []duty.ControlLine, all []duty.ControlAction) {
	for i := range lines {
		l := &lines[i]
		n := int32(0)
		for j := range all {
			if all[j].Control == l.Control && all[j].Kind == duty.ControlActionKindFollowUp {
				n++
			}
		}
		if n == 0 || l.FollowedUp.OK {
			continue
		}
		l.FollowedUp = duty.Some(n)
		if l.Findings.OK && !l.Open.OK {
			l.Open = duty.Some(max(0, l.Findings.V-n))
		}
	}
}
