package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
	"tilsyn/schemas/internal/avro"
	"tilsyn/topics"
)

// topic is what the documents say of one topic.
//
// Many fields are left empty where the topic has no record of the contract.
type topic struct {
	topics.Spec
	// schema and record are nil for dead letters and the internal topics.
	schema *schemas.Schema
	record *avro.Schema
	// key says in words what the key is, doc what a record says.
	key, doc string
	// headers are the record headers that readers may rely on.
	headers []header
	// example is the canonical JSON form of a record, indented.
	example []byte
	// section is the file of the contract that speaks of the topic, relative to schemas; empty
	// where it does not.
	section string
}

// header is a record header; its value is UTF-8.
type header struct{ name, doc string }

// page is the name of the topic's page.
func (t *topic) page() string { return t.Name + ".md" }

// letterHeaders are those of dead letters (contract §3).
var letterHeaders = []header{
	{"reason", "Why the record could not be used, as a code."},
	{"topic", "Topic of the original, without prefix."},
	{"partition", "Partition of the original, in decimal."},
	{"offset", "Offset of the original, in decimal."},
	{"error", "What was wrong, in words, without any value of the record."},
}

// violationHeaders are those of violations (contract §3).
var violationHeaders = []header{
	{"schema", "Name of the record."},
	{"unit_id", "The unit, as in the key."},
	{"revision", "The revision, in decimal."},
}

// unrecorded says what the topics without a record of the contract hold.
var unrecorded = map[string]struct{ key, doc string }{
	duty.TopicDeadLetters: {"the original key", "Bytes of a record that could not be read or made no sense, " +
		"as they came; the headers say where it came from and why. It opens a hold until it is " +
		"replaced or resolved (`tilsyn dead-letters`)."},
	duty.TopicTaskCommits: {"the number of the task", "Up to where each task has read and told. The engine's own."},
	duty.TopicHandOver: {"a person whom the fact concerns", "Facts that a task gives to the tasks of other partitions. " +
		"The engine's own."},
	duty.TopicCoverage: {"what is said", "What the watch over the sources sees, and up to which clock. The engine's own."},
	duty.TopicAudit: {"person_id, or - where a line has none", "A line of JSON for everything that somebody " +
		"looked at or entered on the pages. It says who looked at whom, so only an auditor reads it."},
	duty.TopicLogLeaves:      {"a place in the log", "Entries of the logs of revisions, read with `tilsyn log`."},
	duty.TopicLogCheckpoints: {"the number of the log", "The newest checkpoint of each log of revisions, read with `tilsyn log`."},
}

// catalogue returns every topic in the contract's order. dir is the directory schemas.
func catalogue(dir string) ([]*topic, error) {
	examples, err := readExamples(filepath.Join(dir, "testdata", "records.jsonl"))
	if err != nil {
		return nil, err
	}
	var list []*topic
	for _, spec := range topics.All() {
		t := &topic{Spec: spec}
		if t.section, err = sectionOf(dir, spec.Name); err != nil {
			return nil, err
		}
		switch spec.Name {
		case duty.TopicViolations:
			t.headers = violationHeaders
		case duty.TopicDeadLetters:
			t.headers = letterHeaders
		}
		if s, ok := schemas.Lookup(spec.Name); ok {
			t.schema, t.key, t.doc, t.example = s, s.KeyText(), s.Doc(), examples[spec.Name]
			if t.record, err = avro.Parse(s.Text()); err != nil {
				return nil, err
			}
			if t.example == nil {
				return nil, fmt.Errorf("testdata/records.jsonl has no record of %s; add one", spec.Name)
			}
		} else if said, ok := unrecorded[spec.Name]; ok {
			t.key, t.doc = said.key, said.doc
		} else {
			return nil, fmt.Errorf("%s has neither a schema nor words in unrecorded; add one of them", spec.Name)
		}
		list = append(list, t)
	}
	return list, nil
}

// readExamples returns the first record of each topic.
func readExamples(path string) (map[string][]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		l, err := schemas.DecodeLine(lines.Bytes())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		s, ok := schemas.Lookup(l.Topic)
		if !ok || out[l.Topic] != nil {
			continue
		}
		var b bytes.Buffer
		if err := json.Indent(&b, s.AppendJSON(nil, l.Value), "", "  "); err != nil {
			return nil, err
		}
		out[l.Topic] = b.Bytes()
	}
	return out, lines.Err()
}

// sectionOf returns the file of the contract that has the topic's row; of those that have one, the
// first.
func sectionOf(dir, name string) (string, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "contract", "*.md"))
	if err != nil {
		return "", err
	}
	for _, begin := range []string{"\n| `" + name + "` |", "\nTopic `" + name + "`"} {
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				return "", err
			}
			if strings.Contains(string(text), begin) {
				return "contract/" + filepath.Base(path), nil
			}
		}
	}
	return "", nil
}

// setting returns a setting that `topics create` gives the topic.
func (t *topic) setting(name string) (string, bool) {
	all := t.Settings(false)
	i := slices.IndexFunc(all, func(x topics.Setting) bool { return x.Name == name })
	if i < 0 {
		return "", false
	}
	return all[i].Value, true
}

// partitions says how many there are and which one a record goes to.
func (t *topic) partitions() string {
	by := "murmur2 of the key, as the Java client does"
	switch {
	case t.Class == duty.ClassInternal || t.Name == duty.TopicDeadLetters:
		by = "chosen by the engine"
	case t.Name == duty.TopicDataQuality:
		by = "murmur2 of the person_id where it is about a person, else that of the task that found it"
	case t.Class == duty.ClassOutput && t.Key == duty.KeyPerson:
		by = "murmur2 of the person_id"
	}
	switch {
	case t.OnePartition:
		return "exactly 1"
	case t.Common():
		return "the common count, " + strconv.Itoa(topics.DefaultPartitions) +
			" unless `topics create` is told otherwise, fixed for the life of the prefix; " + by
	}
	return "free, 1 if `topics create` makes it, since every instance reads all of it; " + by
}
