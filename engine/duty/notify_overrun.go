package duty

// overrunCandidate is the candidate of a night whose every trigger is covered, but only
// by notices that announced a part of it, when that part ended with the person
// still outside (NTC-17). By default it is no breach and only an observation;
// notice.partial_overrun can make it one, or one for review.
func (e *evaluation) overrunCandidate(d Date, f *finding, moved bool) *candidate {
	if e.par.NoticePartialOverrun == Ignore {
		return nil
	}
	var end Opt[Instant]
	for i := range e.messages {
		m := &e.messages[i]
		if means, unclear := m.meaning(d); !m.full() || !means || unclear {
			continue
		}
		at, over := e.overrun(m)
		if !over {
			return nil
		}
		end = Some(max(at, end.Or(at)))
	}
	if !end.OK {
		return nil
	}
	t := trigger{kind: lapse, at: end.V}
	if _, excused := covering(e.leaveSpans, t.at); excused || t.at > e.lens.at {
		return nil
	}
	c := &candidate{at: t.at}
	c.rules.add("NTC-17")
	if e.par.NoticePartialOverrun == Review {
		c.caveat("PARTIAL_NOTICE")
	}
	e.notifyDoubts(c, d, &t, f, moved)
	return c
}
