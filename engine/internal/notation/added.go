package notation

import (
	"reflect"
	"strconv"

	"tilsyn/engine/duty"
)

// Fact is one record that a line says, and when it became known.
type Fact struct {
	At     duty.Instant
	Record any
}

// add takes a record into the facts, in the version that the line gives it.
func (p *Person) add(w *Words, at duty.Instant, record any) {
	w.Name(record)
	p.Added = append(p.Added, Fact{At: at, Record: record})
	f, g := &p.Facts, &p.Centres
	switch r := record.(type) {
	case *duty.CardEvent:
		file(&f.CardEvents, at, r)
	case *duty.ManualEntry:
		file(&f.ManualEntries, at, r)
	case *duty.Notice:
		file(&f.Notices, at, r)
	case *duty.ObligationChange:
		file(&f.ObligationChanges, at, r)
	case *duty.GroupChange:
		file(&f.GroupChanges, at, r)
	case *duty.Permission:
		file(&f.Permissions, at, r)
	case *duty.Hold:
		file(&f.Holds, at, r)
	case *duty.DepartureAssessment:
		file(&f.DepartureAssessments, at, r)
	case *duty.IdentityLink:
		file(&f.IdentityLinks, at, r)
	case *duty.CardAssignment:
		file(&f.CardAssignments, at, r)
	case *duty.Incident:
		file(&g.Incidents, at, r)
	case *duty.Exclusion:
		file(&g.Exclusions, at, r)
	}
}

func file[T any](list *[]duty.Known[T], at duty.Instant, r *T) {
	*list = append(*list, duty.Known[T]{At: at, Fact: *r})
}

// Name gives a record the version and the retraction of the line, where it says them.
func (w *Words) Name(record any) {
	if v, err := strconv.ParseInt(w.Flags["v"], 10, 64); err == nil {
		Set(record, "Version", v)
	}
	if w.has("retracted") {
		Set(record, "Retracted", true)
	}
}

// Copy returns a copy of a record, given and returned as a pointer.
func Copy(record any) any {
	c := reflect.New(reflect.TypeOf(record).Elem())
	c.Elem().Set(reflect.ValueOf(record).Elem())
	return c.Interface()
}

// Set sets a field of a record, given as a pointer; a value that the record may lack becomes one
// that it has. It reports whether the record has such a field, of the type of the value.
func Set(record any, field string, value any) bool {
	f, v := reflect.ValueOf(record).Elem().FieldByName(field), reflect.ValueOf(value)
	if !f.IsValid() {
		return false
	}
	if f.Type() == v.Type() {
		f.Set(v)
		return true
	}
	if f.Kind() != reflect.Struct || f.NumField() == 0 || f.Field(0).Type() != v.Type() {
		return false
	}
	f.FieldByName("V").Set(v)
	f.FieldByName("OK").SetBool(true)
	return true
}
