package avro

import (
	"fmt"
	"slices"
	"strings"
)

// Finding is one thing that matters when a reader meets values of a writer.
type Finding struct {
	// Path is the path of record and field names.
	Path string
	// Breaks is true where some or all values cannot be read; else the finding
	// only says what the reader will see.
	Breaks bool
	Reason string
}

// String returns path and reason.
func (f Finding) String() string { return f.Path + ": " + f.Reason }

// Judge says what happens when reader reads values of writer, by the rules of
// schema resolution. Without a finding that breaks, every value can be read.
func Judge(writer, reader *Schema) []Finding {
	j := &judge{seen: map[[2]*Schema]bool{}}
	j.compare(writer, reader, baseName(reader.Name), 0)
	return j.findings
}

// judge compares two schemas and keeps what it finds.
type judge struct {
	// seen are the pairs of records that were compared; what was found there
	// is reported once.
	seen     map[[2]*Schema]bool
	findings []Finding
}

func (j *judge) breaks(at, reason string, args ...any) {
	j.findings = append(j.findings, Finding{at, true, fmt.Sprintf(reason, args...)})
}

func (j *judge) note(at, reason string, args ...any) {
	j.findings = append(j.findings, Finding{at, false, fmt.Sprintf(reason, args...)})
}

func (j *judge) compare(w, r *Schema, at string, depth int) {
	if depth > maxDepth {
		j.breaks(at, "nested more than %d levels deep", maxDepth)
		return
	}
	if key := [2]*Schema{w, r}; w.Kind == Record && r.Kind == Record && baseName(w.Name) == baseName(r.Name) {
		if j.seen[key] {
			return
		}
		j.seen[key] = true
	}
	switch {
	case w.Kind == Union:
		for _, b := range w.Branches {
			j.branch(b, r, at, depth)
		}
	case r.Kind == Union:
		j.intoUnion(w, r, at, depth)
	case w.Logical != "" && r.Logical != "" && w.Logical != r.Logical:
		j.breaks(at, "written as %s, read as %s", w.Logical, r.Logical)
	case promotes(w.Kind, r.Kind):
	case w.Kind != r.Kind:
		j.breaks(at, "written as %s, read as %s", describe(w), describe(r))
	case w.Name != "" && baseName(w.Name) != baseName(r.Name):
		j.breaks(at, "written as %s, read as %s; a type must keep its name", describe(w), describe(r))
	default:
		j.same(w, r, at, depth)
	}
}

// same compares two types of one kind and name.
func (j *judge) same(w, r *Schema, at string, depth int) {
	switch r.Kind {
	case Array, Map:
		j.compare(w.Items, r.Items, at+"[]", depth+1)
	case Fixed:
		if w.Size != r.Size {
			j.breaks(at, "written with %d bytes, read with %d", w.Size, r.Size)
		}
	case Enum:
		j.enum(w, r, at)
	case Record:
		j.record(w, r, at, depth)
	}
}

func (j *judge) enum(w, r *Schema, at string) {
	var missing []string
	for _, x := range w.Symbols {
		if r.SymbolIndex(x) < 0 {
			missing = append(missing, x)
		}
	}
	switch {
	case len(missing) == 0:
	case r.Default == "":
		j.breaks(at, "enum %s: the reader does not have %s, and its enum has no default", baseName(r.Name),
			strings.Join(missing, ", "))
	default:
		j.note(at, "enum %s: the reader does not have %s; by the default it sees %s, "+
			"and tilsyn treats such a record as one that cannot be read (contract §1)",
			baseName(r.Name), strings.Join(missing, ", "), r.Default)
	}
}

func (j *judge) record(w, r *Schema, at string, depth int) {
	for _, f := range r.Fields {
		path := at + "." + f.Name
		wf := w.Field(f.Name)
		if wf != nil {
			j.compare(wf.Type, f.Type, path, depth+1)
			continue
		}
		if f.Default == nil {
			j.breaks(path, "the writer does not have the field, and it has no default")
			continue
		}
		if _, err := appendDefault(nil, f.Type, f.Default, 0); err != nil {
			j.breaks(path, "%v", err)
			continue
		}
		j.note(path, "the writer does not have the field; the reader sees its default %s", f.Default)
	}
	for _, f := range w.Fields {
		if r.Field(f.Name) == nil {
			j.note(at+"."+f.Name, "the reader does not have the field and passes over it")
		}
	}
}

// branch judges one branch of the writer's union: a value in it must be
// readable too.
func (j *judge) branch(b, r *Schema, at string, depth int) {
	before := len(j.findings)
	j.compare(b, r, at, depth+1)
	for i := range j.findings[before:] {
		f := &j.findings[before+i]
		if f.Breaks && f.Path == at && !strings.HasPrefix(f.Reason, "a value may be") {
			f.Reason = "a value may be " + describe(b) + ": " + f.Reason
		}
	}
}

// intoUnion looks for the first branch that takes the writer's type, exact
// kinds first.
func (j *judge) intoUnion(w, r *Schema, at string, depth int) {
	branches := slices.Clone(r.Branches)
	slices.SortStableFunc(branches, func(a, b *Schema) int {
		return rank(a, w) - rank(b, w)
	})
	for _, b := range branches {
		probe := &judge{seen: j.seen}
		probe.compare(w, b, at, depth+1)
		if !probe.broken() {
			j.findings = append(j.findings, probe.findings...)
			return
		}
		if b.Kind == w.Kind && baseName(b.Name) == baseName(w.Name) && w.Kind == Record {
			j.findings = append(j.findings, probe.findings...)
			return
		}
	}
	j.breaks(at, "written as %s, which is none of what the reader takes: %s", describe(w), describe(r))
}

func (j *judge) broken() bool {
	return slices.ContainsFunc(j.findings, func(f Finding) bool { return f.Breaks })
}

func rank(b, w *Schema) int {
	if b.Kind == w.Kind {
		return 0
	}
	return 1
}

// promotes reports whether a primitive of one kind is read as another.
func promotes(w, r Kind) bool {
	switch r {
	case Long:
		return w == Int
	case Float:
		return w == Int || w == Long
	case Double:
		return w == Int || w == Long || w == Float
	case String:
		return w == Bytes
	case Bytes:
		return w == String
	}
	return false
}
