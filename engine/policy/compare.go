package policy

import (
	"maps"
	"slices"
	"strings"
)

// Difference is something that two policies say differently.
type Difference struct {
	// What is a parameter, with the place and the duty that it is limited to, or an entry of the register.
	What string
	// Was and Is are what the two say; empty where one says nothing of it.
	Was, Is string
}

// Compare lists what another policy says differently, sorted by what it is. Sources are not compared.
func (b *Book) Compare(other *Book) []Difference {
	was, is := b.sayings(), other.sayings()
	var out []Difference
	for _, what := range slices.Sorted(maps.Keys(union(was, is))) {
		if was[what] != is[what] {
			out = append(out, Difference{what, was[what], is[what]})
		}
	}
	return out
}

// sayings are all that a policy says, as `policy show` writes it, by what it is about.
func (b *Book) sayings() map[string]string {
	out := map[string]string{}
	add := func(what string, cells ...string) {
		text := strings.Join(cells, " ")
		if before, ok := out[what]; ok {
			text = before + "; " + text
		}
		out[what] = text
	}
	for _, v := range b.Values {
		name := v.Parameter
		if only := v.only(); only != "" {
			name += " (" + only + ")"
		}
		add(name, v.Value, validity(v.From, v.To))
	}
	for _, c := range b.Centres {
		add("place "+c.ID, c.Kind.String(), c.Stand.String(), validity(c.From, c.To))
	}
	for _, d := range b.Devices {
		p := d.plain()
		add("device "+d.ID, d.Centre, d.Type.String(), sideYAML(d.Reports, rowsReport, rowsPassage), d.PairedWith,
			sideYAML(d.Outer, "OUTER", "INNER"), p.SupervisedFrom.String(), validity(d.From, d.To))
	}
	for _, e := range b.Exclusions {
		add("exclusion "+e.ID, e.Centre, FormatDate(e.From)+".."+FormatDate(e.To), formatInstant(e.Declared))
	}
	return out
}

// union has the keys of both.
func union(a, b map[string]string) map[string]string {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}
