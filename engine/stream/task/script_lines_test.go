package task

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"tilsyn/engine/duty"
	"tilsyn/engine/internal/notation"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/testkit"
)

// fact sends what a line says: who, a token, and what belongs to it.
func (s *scenario) fact(line string) error {
	who, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	if rest == "" {
		return fmt.Errorf("%q is neither a verb nor a fact; README.md beside the scripts lists both", line)
	}
	w := notation.Parse(rest)
	if other, ok := scriptRecords[w.Token]; ok {
		return s.other(who, &w, other)
	}
	if !strings.HasPrefix(who, "Q") && w.Flags["at"] == "" { // a centre
		w.Flags["at"] = who
	}
	p := s.persons[who]
	if p == nil {
		p = notation.New(who)
		s.persons[who] = p
	}
	if err := s.fromNow(&w); err != nil {
		return err
	}
	before := len(p.Added)
	if err := p.Line(&w); err != nil {
		return err
	}
	for _, f := range p.Added[before:] {
		s.goOn(f.At)
		if w.Flags["rx"] == "" {
			ahead, err := length(w.Or("ahead", "0s"))
			if err != nil {
				return err
			}
			notation.Set(f.Record, "ReceivedAt", s.now+ahead)
		}
		if err := s.sendRecord(&w, f.Record); err != nil {
			return err
		}
	}
	return nil
}

// fromNow writes out the times that are counted from the clock, as +2h.
func (s *scenario) fromNow(w *notation.Words) error {
	for i, arg := range w.Args {
		from, to, span := strings.Cut(arg, "/")
		for _, text := range []*string{&from, &to} {
			if strings.HasPrefix(*text, "+") {
				at, err := s.when(*text)
				if err != nil {
					return err
				}
				*text = notation.Local(at)
			}
		}
		if w.Args[i] = from; span {
			w.Args[i] += "/" + to
		}
	}
	return nil
}

// sendRecord sends a record under its key, or as the flags of the line say.
func (s *scenario) sendRecord(w *notation.Words, record any) error {
	if card, ok := w.Flags["of-card"]; ok {
		notation.Set(record, "CardID", card)
	}
	if e, ok := record.(*duty.CardEvent); ok {
		if n, ok := number(w, "seq"); ok {
			e.SourceSeq = duty.Some(n)
		}
		if n, ok := number(w, "epoch"); ok {
			e.SourceEpoch = n
		}
	}
	f := testkit.Feed{At: s.now, Topic: topicOfRecord(record), Key: keyOf(record), Record: record}
	if key, ok := w.Flags["key"]; ok {
		f.Key = key
	}
	_, f.Broken = w.Flags["broken"]
	p, value := s.encode(&f)
	return s.put(w, textOf(record, "ID"), f, p, value)
}

// put appends a value to a partition, under a name by which later lines speak of it.
func (s *scenario) put(w *notation.Words, name string, f testkit.Feed, p broker.Partition, value []byte) error {
	if text, ok := w.Flags["part"]; ok {
		n, err := strconv.Atoi(text)
		if err != nil || !strings.HasPrefix(text, "+") {
			return errors.New("write [part=+1] for the partition after the key's")
		}
		p.Index = (p.Index + int32(n)) % s.parts
	}
	if _, in := w.Flags["open"]; in {
		if s.open == nil {
			return errors.New("no transaction is open")
		}
		s.broker.AppendIn(s.open, p, []byte(f.Key), value)
	} else {
		s.broker.Append(p, []byte(f.Key), value)
	}
	s.sent[name] = sentRecord{feed: f, place: p, offset: int64(len(s.broker.Logs[p]) - 1)}
	return nil
}

// topicOfRecord is the topic that is called after a type of record.
func topicOfRecord(record any) string {
	name, topic := reflect.TypeOf(record).Elem().Name(), ""
	for i, c := range name {
		if i > 0 && c >= 'A' && c <= 'Z' {
			topic += "-"
		}
		topic += strings.ToLower(string(c))
	}
	if root, ok := strings.CutSuffix(topic, "y"); ok {
		return root + "ies"
	}
	if topic == "policy-activation" {
		return duty.TopicPolicies
	}
	return topic + "s"
}

// keyOf is the key that a producer gives a record: its person, its card, its centre.
func keyOf(record any) string {
	for _, field := range []string{"PersonID", "CardID", "CentreID", "SourceID"} {
		if text := textOf(record, field); text != "" {
			return text
		}
	}
	return "policy"
}

// textOf is a field of a record that is a text, or may lack one.
func textOf(record any, field string) string {
	f := reflect.ValueOf(record).Elem().FieldByName(field)
	switch {
	case !f.IsValid():
		return ""
	case f.Kind() == reflect.Struct:
		f = f.FieldByName("V")
	}
	return f.String()
}

// resend sends what was broken once more, whole; names its place in a Resolution; or sends
// bytes that are no record.
func (s *scenario) resend(verb string, w []string) error {
	none := notation.Words{}
	if verb == "junk" {
		line := notation.Parse(strings.Join(w, " "))
		if len(line.Args) != 3 || line.Args[1] != "as" {
			return errors.New("write: junk notices Qa as j1, or: junk notices nobody as j1")
		}
		f := testkit.Feed{At: s.now, Topic: line.Token, Key: line.Args[0]}
		if f.Key == "nobody" {
			f.Key = ""
		}
		p, value := s.encode(&f)
		return s.put(&line, line.Args[2], f, p, value)
	}
	sent, ok := s.sent[w[0]]
	if !ok {
		return fmt.Errorf("nothing is called %q", w[0])
	}
	if verb == "again" {
		sent.feed.Broken = false
		p, value := s.encode(&sent.feed)
		return s.put(&none, w[0]+" again", sent.feed, p, value)
	}
	r := &duty.Resolution{ID: "resolve " + w[0], Version: 1, ReceivedAt: s.now, Topic: sent.place.Topic,
		Partition: sent.place.Index, Offset: sent.offset,
		Outcome: duty.ResolutionOutcomeIrrelevant, By: "an officer", At: s.now}
	if slices.Contains(w, "replaced") {
		r.Outcome = duty.ResolutionOutcomeReplaced
	}
	if slices.Contains(w, "back") {
		r.Version, r.Retracted = 2, true
	}
	return s.sendTo(r, sent.feed.Key)
}

func (s *scenario) sendTo(record any, key string) error {
	f := testkit.Feed{At: s.now, Topic: topicOfRecord(record), Key: key, Record: record}
	if key == "" {
		f.Key = "Qa"
	}
	p, value := s.encode(&f)
	return s.put(&notation.Words{}, textOf(record, "ID"), f, p, value)
}

// residents lets random facts come, in random cycles, until nine days have gone by.
func (s *scenario) residents(w []string) error {
	makers := map[string]func(persons, days int) []testkit.Feed{
		"who-wander":         func(n, d int) []testkit.Feed { return testkit.Wanderers(s.rng, n, d) },
		"who-contend":        func(n, d int) []testkit.Feed { return testkit.Contenders(s.rng, n, d) },
		"who-are-convicted":  func(n, d int) []testkit.Feed { return testkit.Convicts(s.rng, n, d) },
		"with-paper":         func(n, d int) []testkit.Feed { return testkit.CentrePaper(s.rng, n, d) },
		"with-nobodys-paper": func(n, d int) []testkit.Feed { return testkit.NobodysPaper(s.rng, n, d) },
		"with-neighbours":    func(n, d int) []testkit.Feed { return testkit.Neighbours(s.rng, n, d) },
	}
	if len(w) != 3 || makers[w[2]] == nil {
		return errors.New("write: residents 4 3 who-wander, for four persons over three days")
	}
	n, err := strconv.Atoi(w[0])
	if err != nil {
		return err
	}
	days, err := strconv.Atoi(w[1])
	if err != nil {
		return err
	}
	s.booted = true
	s.world.play(makers[w[2]](n, days), worldEnd, 2)
	s.check()
	return nil
}

// activate sends an activation of the policy that names one more centre, NY.
func (s *scenario) activate(w []string) error {
	versions := map[string]int64{"activated": 1, "back": 2, "activated again": 3}
	version, ok := versions[strings.Join(w, " ")]
	if !ok {
		return errors.New("write: policy activated, policy back, or: policy activated again")
	}
	return s.sendTo(&duty.PolicyActivation{ID: "later", Version: version, Retracted: version == 2, ReceivedAt: s.now,
		PolicyVersion: s.later.Version,
		Digest:        s.later.Digest, Text: "later", ActivatedAt: s.now, By: "a test"}, "policy")
}

// olderProgram lets a program of before, with another layout of the state, have read what there is.
func (s *scenario) olderProgram(w []string) error {
	if len(w) != 3 || s.booted {
		return errors.New("before anything runs, write: older program until 2026-01-05T01:00")
	}
	at, err := s.when(w[2])
	s.commitOlder(at)
	return err
}
