package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/topics"
)

const schemasDir = "../.."

// TestOutputIsFresh fails when the document or a page is not what the schemas and settings say, and
// when a page of a topic lies there that is gone.
func TestOutputIsFresh(t *testing.T) {
	files, err := generate(schemasDir)
	if err != nil {
		t.Fatal(err)
	}
	made := map[string]bool{}
	for _, f := range files {
		made[filepath.Base(f.path)] = true
		have, err := os.ReadFile(filepath.Join(schemasDir, f.path))
		if err != nil || !bytes.Equal(have, f.text) {
			t.Errorf("schemas/%s is stale (%v): run go generate ./schemas", f.path, err)
		}
	}
	there, err := os.ReadDir(filepath.Join(schemasDir, pages))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range there {
		if !made[e.Name()] {
			t.Errorf("schemas/%s/%s is of no topic: run go generate ./schemas", pages, e.Name())
		}
	}
}

// TestEveryTopicIsThere: each topic has a channel, others' topics an operation in the right direction,
// each record a page with every field, enum symbol and the settings that the topic is made with.
func TestEveryTopicIsThere(t *testing.T) {
	list, err := catalogue(schemasDir)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(document(list))
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Channels   map[string]struct{ Address string }
		Operations map[string]struct {
			Action  string
			Channel map[string]string
		}
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	actions := map[string]string{}
	for _, o := range doc.Operations {
		actions[strings.TrimPrefix(o.Channel["$ref"], "#/channels/")] = o.Action
	}
	if len(list) != len(topics.All()) || len(doc.Channels) != len(list) {
		t.Fatalf("%d topics, %d channels, want %d", len(list), len(doc.Channels), len(topics.All()))
	}
	for _, topic := range list {
		want := map[duty.TopicClass]string{duty.ClassPersonInput: "receive", duty.ClassCentreInput: "receive",
			duty.ClassOutput: "send"}[topic.Class]
		if doc.Channels[topic.Name].Address != "{prefix}"+topic.Name || actions[topic.Name] != want {
			t.Errorf("%s: channel %+v, action %q, want %q", topic.Name, doc.Channels[topic.Name], actions[topic.Name], want)
		}
		if topic.record == nil {
			continue
		}
		text := string(page(topic))
		for _, f := range topic.record.Fields {
			if !strings.Contains(text, "| `"+f.Name+"` |") || !strings.Contains(text, strings.ReplaceAll(f.Doc, "|", `\|`)) {
				t.Errorf("%s: the page does not describe %s", topic.Name, f.Name)
			}
		}
		for _, x := range topic.Settings(false) {
			if !strings.Contains(text, "`"+x.Name+"="+x.Value+"`") {
				t.Errorf("%s: the page does not say %s=%s", topic.Name, x.Name, x.Value)
			}
		}
		if topic.section == "" && topic.Name != duty.TopicControlActions {
			t.Errorf("%s: no section of the contract was found", topic.Name)
		}
	}
}

// TestWhatIsMissingIsNamed: a record without an example stops the generator with the file to mend.
func TestWhatIsMissingIsNamed(t *testing.T) {
	dir := t.TempDir()
	for _, sub := range []string{"testdata", "contract"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "testdata", "records.jsonl"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := catalogue(dir); err == nil || !strings.Contains(err.Error(), "records.jsonl has no record of") {
		t.Errorf("got %v", err)
	}
}
