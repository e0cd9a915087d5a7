package centres

import (
	"slices"

	"tilsyn/engine/duty"
)

// Nothing but the policies tells whether the key of a paper entry that cannot be read is
// a centre, whose units it then holds (RD-47), or a person. A policy may be activated
// after the entry was read, before it, or be taken back. So every such entry is kept, and
// each picture has those whose key is a centre under its policies: it does not matter
// what was read first. `replay` gives them all to the core, which looks at the key. A Resolution that
// cannot be read is treated alike: it lies under the key of the record that it names.

// addPaper keeps a paper entry that cannot be read. Its touch lets the persons of a
// centre be judged again if the picture that a task adopts has the centre. If it has not,
// the activation that brings the centre is new to the task when it comes, and touches all.
func (r *CentreReader) addPaper(u duty.Unreadable, t *Touch) {
	r.paper = append(r.paper, u)
	t.Paper = u.Key
	r.stale = r.stale || r.isCentre(u.Key)
}

// heldPaper returns the kept entries whose key is a centre.
func (r *CentreReader) heldPaper() []duty.Unreadable {
	var out []duty.Unreadable
	for i := range r.paper {
		if u := &r.paper[i]; r.isCentre(u.Key) {
			out = append(out, *u)
			r.newestFact = max(r.newestFact, u.At.V)
		}
	}
	return out
}

// isCentre reports whether a key names a centre of some policy.
func (r *CentreReader) isCentre(key string) bool { return namesCentre(r.active, key) }

// Names reports whether a policy of the picture names a centre.
func (s *Picture) Names(centre string) bool { return namesCentre(s.Policies, centre) }

func namesCentre(policies []duty.ActivePolicy, key string) bool {
	return slices.ContainsFunc(policies, func(p duty.ActivePolicy) bool {
		return slices.ContainsFunc(p.Policy.Centres, func(c duty.Centre) bool { return c.ID == key })
	})
}

// placed returns a letter with whom it holds under the policies as they are.
func (r *CentreReader) placed(l Letter) Letter {
	switch {
	case l.key == "":
	case r.isCentre(l.key):
		l.Holds, l.Centre, l.Key, l.Task = HoldsCentre, l.key, "", l.lies
	case l.other == HoldsPerson:
		l.Holds, l.Centre, l.Key, l.Task = l.other, "", l.key, r.partitionOf(l.key)
	default:
		l.Holds, l.Centre = l.other, ""
	}
	return l
}

// placeLetters looks again whom the letters hold, after a change of the policies. Earlier
// pictures keep the list that they have.
func (r *CentreReader) placeLetters() {
	fresh := make([]Letter, len(r.letters))
	changed := false
	for i := range r.letters {
		fresh[i] = r.placed(r.letters[i])
		changed = changed || fresh[i] != r.letters[i]
	}
	if changed {
		r.letters, r.placings = fresh, r.placings+1
	}
}
