package console

import (
	"net/http"
	"slices"

	"tilsyn/engine/casefile"
	"tilsyn/engine/console/projection"
	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// Corrections: a higher version of the same fact, under the same key (contract §1). Under another person it would
// be read beside the old one, not in its place.

// versions are all versions of a fact that a form of the topic wrote, ascending; key is the person, or the centre.
func (q *request) versions(f *form, key, id string) ([]projection.Version, error) {
	spec, _ := duty.TopicOf(f.topic)
	if spec.Class != duty.ClassPersonInput {
		return q.centreVersions(f.topic, id)
	}
	out, err := q.live.store.FactVersions(f.topic, key, id)
	if err != nil || f.topic != duty.TopicManualEntries {
		return out, err
	}
	under, err := q.live.store.PaperVersions(id)
	for _, v := range under {
		has := func(o projection.Version) bool { return o.Version == v.Version }
		if (personOf(v.Record) == key || centreOf(v.Record) == key) && !slices.ContainsFunc(out, has) {
			out = append(out, v)
		}
	}
	out = slices.DeleteFunc(out, func(v projection.Version) bool { // another form would make another kind of paper of it
		m, ok := v.Record.(*duty.ManualEntry)
		return !ok || m.Form != f.paper
	})
	slices.SortStableFunc(out, byVersion)
	return out, err
}

// centreVersions are those of a fact that every instance reads.
func (q *request) centreVersions(topic, id string) ([]projection.Version, error) {
	w, ok := q.live.world()
	if !ok {
		return nil, errNoWorld
	}
	facts := w.Centres.Facts()
	var out []projection.Version
	switch topic {
	case duty.TopicSettlements:
		out = versionsIn(facts.Settlements, id)
	case duty.TopicIncidents:
		out = versionsIn(facts.Incidents, id)
	case duty.TopicExclusions:
		out = versionsIn(facts.Exclusions, id)
	case duty.TopicControlActions:
		out = versionsIn(facts.ControlActions, id)
	}
	slices.SortStableFunc(out, byVersion)
	return out, nil
}

// versionsIn are the versions of the fact with an id.
func versionsIn[T any](list []duty.Known[T], id string) []projection.Version {
	var out []projection.Version
	for i := range list {
		if h, _ := schemas.HeadOf(&list[i].Fact); h.ID == id || h.Identity == id {
			out = append(out, projection.Version{Record: &list[i].Fact, Version: h.Version, Retracted: h.Retracted,
				Known: list[i].At, Pos: list[i].Pos})
		}
	}
	return out
}

func byVersion(a, b projection.Version) int { return int(a.Version - b.Version) }

// correct makes the entry the next version of a fact.
func (e *entry) correct(key, id string) (projection.Version, error) {
	list, err := e.q.versions(e.form, key, id)
	if err != nil {
		return projection.Version{}, err
	}
	if len(list) == 0 {
		return projection.Version{}, notFound("Den indtastning findes ikke, eller siderne har ikke læst den endnu; prøv " +
			"igen om et øjeblik.|There is no such entry, or the pages have not read it yet; try again in a moment.")
	}
	last := list[len(list)-1]
	e.id, e.version, e.before = id, last.Version+1, last.Record
	if h, ok := schemas.HeadOf(last.Record); ok {
		e.id = h.ID
	}
	return last, nil
}

// sameKey refuses a correction that would lie under another key than what it corrects. Paper that names its person
// at last lies under both (RD-47).
func (e *entry) sameKey(record any) {
	spec, _ := duty.TopicOf(e.form.topic)
	if e.before == nil || len(e.errors) > 0 || spec.Class != duty.ClassPersonInput {
		return
	}
	was, now := personOf(e.before), personOf(record)
	switch {
	case was != "" && was != now:
		e.wrong("person", "Et andet nummer er en anden oplysning: tag denne væk, og indtast en ny.|Another number is "+
			"another fact: take this one away and enter a new one.")
	case was == "" && centreOf(e.before) != centreOf(record) && e.form.paper != duty.FormUnknown:
		e.wrong("centre", "Papiret ligger under "+centreOf(e.before)+": tag det væk, og indtast et nyt.|The paper lies "+
			"under "+centreOf(e.before)+": take it away and enter it anew.")
	}
}

// follows finds what a program's higher version corrects: it lies under the person or the centre that the program
// names now. What is not there may be under another one, and would be read beside it.
func (e *entry) follows() error {
	for _, key := range []string{e.values["person"], e.values["centre"]} {
		list, err := e.q.versions(e.form, key, e.id)
		if err != nil {
			return err
		}
		for _, v := range list {
			if v.Version < e.version {
				e.before = v.Record
			}
		}
		if e.before != nil {
			return nil
		}
	}
	return &problem{status: http.StatusUnprocessableEntity, text: "Der er ingen tidligere udgave med det id for " +
		"personen eller centret, eller siderne har ikke læst den endnu; prøv igen om et øjeblik.|There is no earlier " +
		"version with that id for the person or the centre, or the pages have not read it yet; try again in a moment."}
}

// keysOf are the keys that a fact is written under: one, or for paper whose person could not be read before and is
// named now, the person's and then the centre's, under which it ends the doubt (contract §2).
func (q *request) keysOf(record any) ([]string, error) {
	key, _ := casefile.Key(record)
	m, ok := record.(*duty.ManualEntry)
	if !ok || !m.PersonID.OK || m.Version == 1 {
		return []string{key}, nil
	}
	under, err := q.live.store.PaperVersions(m.ID)
	if err != nil || !slices.ContainsFunc(under, func(v projection.Version) bool {
		return personOf(v.Record) == "" && centreOf(v.Record) == m.CentreID
	}) {
		return []string{key}, err
	}
	return []string{key, m.CentreID}, nil
}
