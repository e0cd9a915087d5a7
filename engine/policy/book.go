package policy

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"tilsyn/engine/duty"
)

// Dated is one value of one parameter with its validity and where it comes
// from.
type Dated struct {
	// Parameter and Unit name what the value is of.
	Parameter, Unit string
	// Value is the canonical text.
	Value string
	// Centre is the place that the value is for, empty for all; Duty the duty,
	// Unknown for all. Only settle.required differs in them.
	Centre string
	Duty   duty.Kind
	// From and To bound the local dates, both inclusive; FirstDate and LastDate
	// where open.
	From, To duty.Date
	// Source is who says so, Rule the rule of the specification, Meaning what it
	// does in one line.
	Source, Rule, Meaning string

	number int64          // value of a parameter in its unit
	logs   []duty.LogType // of settle.required
	names  []string
}

// Book is one version of the policy with the source and validity of everything
// in it. It is not changed after it was made.
type Book struct {
	// Version and Digest name the policy in every record; the digest is the
	// lower-case hex SHA-256 of the file's text, for the built-in policy of
	// what YAML prints.
	Version, Digest string
	// Values are sorted by parameter (in the order of the specification),
	// centre and date; the validities of one parameter and centre neither
	// overlap nor, for all places and duties, leave a gap.
	Values []Dated
	// Centres and Devices are the register, sorted by id and date.
	Centres []Centre
	Devices []Device
	// Exclusions are the preloaded ones, sorted by id.
	Exclusions []Exclusion
}

// BuiltinVersion names the policy that applies without a file.
const BuiltinVersion = "builtin-2"

// formerBuiltins are the digests of the built-in policies of earlier versions of
// this program, by name: their text, as `policy show --yaml` printed it, may be
// given as a file (decision 0009).
var formerBuiltins = map[string]string{
	"builtin-1": "e05f0d555595c6cd8d0e9c43bf189688bdbb3f5284b9876c4fad11fb4f975897",
}

// builtinDigest returns the digest that a name of a built-in policy stands for.
func builtinDigest(version string) (string, bool) {
	if version == BuiltinVersion {
		return BuiltinBook().Digest, true
	}
	digest, ok := formerBuiltins[version]
	return digest, ok
}

// BuiltinBook returns the policy that applies without a file: all parameters
// of domain §9.2 and contract §5, the register and the preloaded exclusions.
func BuiltinBook() *Book {
	b := &Book{
		Version:    BuiltinVersion,
		Centres:    builtinCentres(),
		Devices:    builtinDevices(),
		Exclusions: builtinExclusions(),
	}
	for i := range parameters {
		p := &parameters[i]
		text, n, err := p.kind.parse(p.initial)
		if err != nil {
			panic("policy: built-in value of " + p.name + ": " + err.Error())
		}
		b.Values = append(b.Values, p.dated(text, n, FirstDate, LastDate, p.source))
	}
	b.Values = append(b.Values, builtinSettle()...)
	b.Values = append(b.Values, consumersDated(builtinConsumers, FirstDate, LastDate, consumersSource))
	b.sort()
	b.Digest = digest(b.YAML())
	return b
}

// Builtin returns the plain policy that applies without a file.
func Builtin() *duty.Policy { return BuiltinBook().Policy() }

func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func (p *parameter) dated(text string, n int64, from, to duty.Date, source string) Dated {
	return Dated{
		Parameter: p.name, Unit: p.kind.unit(), Value: text, From: from, To: to,
		Source: source, Rule: p.rule, Meaning: p.meaning, number: n,
	}
}

func settleDated(centre string, kind duty.Kind, logs []duty.LogType, from, to duty.Date, source string) Dated {
	return Dated{
		Parameter: settleName, Unit: settleUnit, Value: formatLogs(logs), Centre: centre, Duty: kind,
		From: from, To: to, Source: source, Rule: settleRule, Meaning: settleMeaning, logs: logs,
	}
}

// place is the position of a parameter in the specification's list.
func place(name string) int {
	i := slices.IndexFunc(parameters, func(p parameter) bool { return p.name == name })
	switch {
	case i >= 0:
		return i
	case name == settleName:
		return len(parameters)
	case name == consumersName:
		return len(parameters) + 1
	}
	return len(parameters) + 2
}

func (b *Book) sort() {
	slices.SortStableFunc(b.Values, func(x, y Dated) int {
		return cmp.Or(cmp.Compare(place(x.Parameter), place(y.Parameter)),
			cmp.Compare(x.Centre, y.Centre), cmp.Compare(x.Duty, y.Duty), cmp.Compare(x.From, y.From))
	})
	slices.SortStableFunc(b.Centres, func(x, y Centre) int {
		return cmp.Or(cmp.Compare(x.ID, y.ID), cmp.Compare(x.From, y.From))
	})
	slices.SortStableFunc(b.Devices, func(x, y Device) int {
		return cmp.Or(cmp.Compare(x.Centre, y.Centre), cmp.Compare(x.ID, y.ID), cmp.Compare(x.From, y.From))
	})
	slices.SortStableFunc(b.Exclusions, func(x, y Exclusion) int { return cmp.Compare(x.ID, y.ID) })
}

// Policy returns the plain form that the core reads. Its steps begin wherever
// the validity of some parameter begins or ends.
func (b *Book) Policy() *duty.Policy {
	out := &duty.Policy{Version: b.Version, Digest: b.Digest, Settle: settleRules(b.Values)}
	for _, from := range b.boundaries() {
		out.Steps = append(out.Steps, duty.ParamsFrom{From: from, Params: b.params(from)})
	}
	for _, c := range b.Centres {
		out.Centres = append(out.Centres, c.plain())
	}
	for _, d := range b.Devices {
		out.Devices = append(out.Devices, d.plain())
	}
	out.Tables = SanctionTables()
	out.Consumers = consumerSpans(b.Values)
	out.Feeds = feedSpans(b.Values)
	out.Notes = notes(b.Values)
	for _, e := range b.Exclusions {
		out.Exclusions = append(out.Exclusions, e.plain())
	}
	return out
}

// boundaries are the dates on which some parameter may change, ascending.
func (b *Book) boundaries() []duty.Date {
	out := []duty.Date{FirstDate}
	for _, v := range b.Values {
		if isListed(v.Parameter) {
			continue
		}
		out = append(out, v.From)
		if v.To < LastDate {
			out = append(out, v.To+1)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// params are the parameters in force on a date.
func (b *Book) params(on duty.Date) duty.Params {
	p := duty.Params{DirectionRiskCentre: directionRiskCentre}
	for _, v := range b.Values {
		if q, ok := find(v.Parameter); ok && q.set != nil && v.From <= on && on <= v.To {
			q.set(&p, v.number)
		}
	}
	return p
}

// span is an interval of dates, both inclusive.
type span struct{ from, to duty.Date }

// subtract returns what of s none of the others covers, ascending.
func subtract(s span, others []span) []span {
	sorted := slices.Clone(others)
	slices.SortFunc(sorted, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	var out []span
	for _, o := range sorted {
		if o.to < s.from || o.from > s.to {
			continue
		}
		if o.from > s.from {
			out = append(out, span{s.from, o.from - 1})
		}
		s.from = max(s.from, o.to+1)
	}
	if s.from <= s.to {
		out = append(out, s)
	}
	return out
}
