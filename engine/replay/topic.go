package replay

import (
	"slices"
	"strings"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// topic is one input topic: how its records are read and whose they are.
type topic struct {
	*schemas.Schema
	// code stands for the topic on disk.
	code byte
	// person is true for facts of persons.
	person bool
}

// Codes on disk that are no topic.
const (
	codeUnreadable = 0xff
	codeSaid       = 0xfe
)

// topicTable is built once per run; it holds every input topic.
type topicTable struct {
	byName map[string]*topic
	byCode []*topic
	// ofPairs says by code of which topics duty.Pairs reads the facts.
	ofPairs []bool
	// rows is the code of card events.
	rows byte
}

func newTopicTable() *topicTable {
	t := &topicTable{byName: map[string]*topic{}}
	for i, s := range schemas.Inputs() {
		of, _ := duty.TopicOf(s.Topic())
		e := &topic{Schema: s, code: byte(i), person: of.Key == duty.KeyPerson}
		t.byName[s.Topic()] = e
		t.byCode = append(t.byCode, e)
		if s.Topic() == duty.TopicCardEvents {
			t.rows = e.code
		}
		t.ofPairs = append(t.ofPairs, slices.Contains(duty.PairTopics(), s.Topic()))
	}
	return t
}

// is reports whether a code stands for a topic.
func (t *topicTable) is(code byte, topic string) bool {
	return int(code) < len(t.byCode) && t.byCode[code].Topic() == topic
}

// names lists the topics for a message.
func (t *topicTable) names() string {
	var out []string
	for _, e := range t.byCode {
		out = append(out, e.Topic())
	}
	return strings.Join(out, ", ")
}
