package duty

// overrunCandidate returns the candidate of a night whose triggers are all covered, but only by
// notices that announced a part of it, if that part ended with the person still outside (NTC-17).
// By default this is no breach but an observation; notice.partial_overrun can make it a breach or
// a case for review.
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
	c := &candidate{at: t.at, trace: e.trace}
	e.trace.trigger(&t, false)
	c.rules.add("NTC-17")
	if e.par.NoticePartialOverrun == Review {
		c.caveat("PARTIAL_NOTICE")
	}
	e.notifyDoubts(c, d, &t, f, moved)
	e.trace.weighed(c)
	return c
}
