package policy

import (
	"slices"
	"strings"
	"unicode"
)

// Law is something that no policy can change (domain §9.2, last line; TX-30).
type Law struct {
	// Name says what it is, Value what holds.
	Name, Value string
	// Source is the place in the law or guideline and the rule.
	Source string

	// words recognise an attempt to set it: one word of each group must be in
	// the key.
	words [][][]string
}

// Laws lists what is not a parameter.
func Laws() []Law {
	night := []string{"night", "nights", "curfew", "nat"}
	start := []string{"start", "starts", "from", "begin", "begins", "beginning", "window", "hours", "limits",
		"deadline", "evening"}
	end := []string{"end", "ends", "to", "until", "stop", "stops", "morning", "duration", "length"}
	duties := []string{"stay", "notify", "notice", "notification"}
	return []Law{
		{
			Name: "start of the night", Value: "23:00 local time", Source: "001 §5.7; TIM-02",
			words: [][][]string{
				{night, start},
				{night, {"23"}},
				{{"23", "2300", "curfew"}},
				{duties, {"start", "from", "begin", "window", "hours", "deadline"}},
			},
		},
		{
			Name: "end of the night", Value: "06:00 local time", Source: "001 §5.7; TIM-02",
			words: [][][]string{{night, end}, {night, {"06", "6"}}, {{"06", "0600"}}, {duties, {"end", "to", "until"}}},
		},
		{
			Name: "personal notice", Value: "nobody can give a notice for another", Source: "001 §5.7; NTC-10",
			words: [][][]string{
				{{"personal", "proxy"}},
				{{"notice", "notify", "notification"}, {"third", "party", "behalf", "other", "others", "given", "self", "by"}},
				{{"third"}, {"party"}},
			},
		},
		{
			Name: "first coming night", Value: "a notice covers at most the first coming night", Source: "001 §5.7; NTC-11",
			words: [][][]string{
				{{"notice", "notify", "notification"}, {"nights", "night", "coming", "multi", "days", "covers"}},
				{{"first"}, {"coming", "night"}},
			},
		},
		{
			Name: "groups and duties", Value: "which duty can apply to which group, on what basis",
			Source: "Return Act §§12, 13; 001 §5.5–5.7; domain 3.2; OBL-09",
			words:  [][][]string{{{"group", "groups", "matrix", "legal", "basis", "obligation", "obligations", "duty", "duties"}}},
		},
		{
			Name: "counting unit", Value: "one violation is one breach of REPORT or NOTIFY, " +
				"or one day's breach of STAY", Source: "001 §5.9, §7.2; CNT-01",
			words: [][][]string{
				{{"counting"}},
				{{"count", "unit", "units"}, {"violation", "violations", "breach", "breaches", "unit", "units", "day", "stay", "notify", "report"}},
			},
		},
		{
			Name: "mandatory attachment", Value: "the note of 11 March 2024 goes with every case that " +
				"uses these data", Source: "001 §2.2, §6; EVD-06",
			words: [][][]string{{{"attachment", "attachments", "attach", "annex", "pwc"}}},
		},
		{
			Name: "ban on offline data", Value: "rows of offline units are never used, for or against",
			Source: "000 §5.4.1; 001 §2.2.1.2.2, §4.1; DEV-07; AMB-14",
			words:  [][][]string{{{"offline", "fob", "fobs"}}},
		},
	}
}

// lawOf returns the law that a key tries to set.
func lawOf(key string) (Law, bool) {
	have := keyWords(key)
	if len(have) == 1 {
		// `night: 22:00-06:00`
		have = append(have, "window")
	}
	for _, law := range Laws() {
		for _, groups := range law.words {
			if everyGroup(have, groups) {
				return law, true
			}
		}
	}
	return Law{}, false
}

func everyGroup(have []string, groups [][]string) bool {
	for _, group := range groups {
		if !slices.ContainsFunc(have, func(w string) bool { return slices.Contains(group, w) }) {
			return false
		}
	}
	return true
}

// keyWords splits a key at dots, dashes, underscores, colons and capitals.
func keyWords(key string) []string {
	var spaced strings.Builder
	lower := false
	for _, r := range key {
		if unicode.IsUpper(r) && lower {
			spaced.WriteByte(' ')
		}
		lower = unicode.IsLower(r)
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			r = ' '
		}
		spaced.WriteRune(unicode.ToLower(r))
	}
	return strings.Fields(spaced.String())
}

// refusal is what is said to somebody who tries to set a law.
func (l Law) refusal() string {
	return "not a parameter: " + l.Name + " (" + l.Value + ") is law, " + l.Source + "; take this key out"
}
