package policy

import (
	"slices"
	"strings"

	"tilsyn/engine/duty"
)

// feedsName is the parameter that lists the feeds whose silence counts (contract-watch
// 6.1, W-55). Where no value holds, the built-in five do, each from its own first
// heartbeat.
const (
	feedsName    = "watch.feeds"
	feedsUnit    = "set of feeds"
	feedsRule    = "W-55"
	feedsMeaning = "feeds whose heartbeats say that everything was sent, each feed:TOPIC for whatever centre its " +
		"heartbeats name, or feed:TOPIC@CENTRE"
)

const maxFeeds = 64

func feedsDated(names []string, from, to duty.Date, source string) Dated {
	return Dated{
		Parameter: feedsName, Unit: feedsUnit, Value: "[" + strings.Join(quoted(names), ", ") + "]", From: from, To: to,
		Source: source, Rule: feedsRule, Meaning: feedsMeaning, names: names,
	}
}

// quoted writes names that have a colon as YAML reads them back.
func quoted(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = `"` + n + `"`
	}
	return out
}

// feeds reads watch.feeds: a list of names for all times, or a list of dated ones.
func (l *loader) feeds(e entry) {
	list := []given{{value: e.value, from: FirstDate, to: LastDate, source: l.here(e.line),
		line: e.line, column: e.column}}
	if v := e.value; v.isMap() || v.isSeq && len(v.elements) > 0 && v.elements[0].isMap() {
		var ok bool
		if list, ok = l.given(e, feedsName, false); !ok {
			return
		}
	}
	var fresh []Dated
	for _, g := range list {
		names, ok := l.feedNames(g.value)
		if !ok {
			return
		}
		fresh = append(fresh, feedsDated(names, g.from, g.to, g.source))
	}
	l.replace(feedsName, "", duty.KindUnknown, fresh)
}

// feedNames reads a set of feeds.
func (l *loader) feedNames(v item) ([]string, bool) {
	if !v.isSeq || len(v.elements) > maxFeeds {
		l.problem(v.line, v.column, feedsName, "this is %s; write a list of at most %d feeds, such as "+
			"[feed:card-events, feed:permissions@KH], or [] for none", v.what(), maxFeeds)
		return nil, false
	}
	out := []string{}
	for _, x := range v.elements {
		source, _, _ := strings.Cut(x.scalar, "@")
		topic, isFeed := strings.CutPrefix(source, duty.FeedPrefix)
		switch {
		case !x.isScalar || !isFeed || !inputTopic(topic):
			l.problem(x.line, x.column, feedsName, "a feed is named feed: and an input topic, with @ and a centre "+
				"where it is of one, such as feed:permissions@KH (%s)", feedsRule)
			return nil, false
		case slices.Contains(out, x.scalar):
			l.problem(x.line, x.column, feedsName, "%s stands twice; keep one", x.scalar)
			return nil, false
		}
		out = append(out, x.scalar)
		l.mark(feedsName+" "+x.scalar, x)
	}
	slices.Sort(out)
	return out, true
}

func inputTopic(name string) bool {
	t, ok := duty.TopicOf(name)
	return ok && (t.Class == duty.ClassPersonInput || t.Class == duty.ClassCentreInput)
}

// feedCentres refuses a feed of a centre that the register does not have.
func (l *loader) feedCentres() {
	for _, v := range l.book.Values {
		if v.Parameter != feedsName {
			continue
		}
		for _, n := range v.names {
			if _, centre, of := strings.Cut(n, "@"); of && !l.knowsCentre(centre) {
				place := l.places[feedsName+" "+n]
				l.problem(place[0], place[1], feedsName, "the register has no centre %q; take one of it, "+
					"or add it under `centres`", centre)
			}
		}
	}
}

// feedSpans turns the dated values into which feed is listed when; nil where the policy
// names none, so that the built-in ones are listed at all times.
func feedSpans(values []Dated) []duty.FeedSpan {
	var out []duty.FeedSpan
	var taken []span
	add := func(name string, from, to duty.Date) {
		source, centre, _ := strings.Cut(name, "@")
		s := duty.Span{}
		s.From, s.To = instants(from, to)
		out = append(out, duty.FeedSpan{Source: source, CentreID: centre, Span: s})
	}
	for _, v := range values {
		if v.Parameter == feedsName {
			taken = append(taken, span{v.From, v.To})
			for _, n := range v.names {
				add(n, v.From, v.To)
			}
		}
	}
	if len(taken) == 0 {
		return nil
	}
	for _, gap := range subtract(span{FirstDate, LastDate}, taken) {
		for _, n := range duty.Feeds() {
			add(n, gap.from, gap.to)
		}
	}
	if out == nil {
		out = []duty.FeedSpan{}
	}
	return out
}
