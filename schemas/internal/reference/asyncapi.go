package main

import (
	"encoding/json"
	"strconv"
	"strings"

	"tilsyn/engine/duty"
	"tilsyn/topics"
)

// object is a JSON object; its members are written by name.
type object = map[string]any

const (
	// avroFormat is the schema format of a payload, by the AsyncAPI specification.
	avroFormat = "application/vnd.apache.avro+json;version=1.9.0"
	// kafkaBinding is the version of the Kafka binding that the document keeps to.
	kafkaBinding = "0.5.0"
	avroContent  = "application/avro"
)

// document is the AsyncAPI document: tilsyn as an application that receives the inputs and sends the
// outputs. Internal topics are channels without an operation.
func document(list []*topic) object {
	channels, operations, messages := object{}, object{}, object{}
	for _, t := range list {
		name := messageName(t)
		channels[t.Name] = channel(t, name)
		messages[name] = message(t, name)
		if !internal(t) {
			action := "send"
			if t.Input() {
				action = "receive"
			}
			operations[action+pascal(t.Name)] = object{
				"action": action, "channel": ref("channels", t.Name), "summary": t.doc,
				"messages": []object{ref("channels", t.Name, "messages", name)},
			}
		}
	}
	return object{
		"asyncapi": "3.0.0",
		"info": object{
			"title": "tilsyn", "version": duty.EngineVersion,
			"description": "Topics of the compliance engine for the duties to stay, to notify and to report. " +
				"Values are Avro binary behind the single-object frame (C3 01 and the CRC-64-AVRO fingerprint, " +
				"little endian) or the frame of a schema registry (00 and a 4-byte id); keys are UTF-8; partitions are " +
				"those of Kafka's murmur2. Examples show the canonical JSON form. Generated from the schemas.",
		},
		"defaultContentType": avroContent,
		"servers": object{"cluster": object{
			"host": "{brokers}", "protocol": "kafka", "description": "The Kafka cluster, with TLS and SASL as it asks for.",
			"variables": object{"brokers": object{"default": "localhost:9092", "description": "HOST:PORT of a broker."}},
		}},
		"channels": channels, "operations": operations, "components": object{"messages": messages,
			"parameters": object{"prefix": object{"default": topics.DefaultPrefix,
				"description": "What stands before every topic's name (`--topic-prefix`)."}}},
	}
}

func ref(path ...string) object { return object{"$ref": "#/" + strings.Join(path, "/")} }

func internal(t *topic) bool { return t.Class == duty.ClassInternal }

// messageName is the record's name, or the topic's where it has none.
func messageName(t *topic) string {
	if t.record != nil {
		return t.schema.Name()
	}
	return pascal(t.Name)
}

// pascal makes CardEvents of card-events.
func pascal(name string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(name, "-") {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}

func channel(t *topic, message string) object {
	partitions := topics.DefaultPartitions
	if !t.Common() {
		partitions = 1
	}
	settings := object{}
	for _, x := range t.Settings(false) {
		if n, err := strconv.ParseInt(x.Value, 10, 64); err == nil {
			settings[x.Name] = n
		} else if x.Name == "cleanup.policy" {
			settings[x.Name] = []string{x.Value}
		} else {
			settings[x.Name] = x.Value
		}
	}
	return object{
		"address": "{prefix}" + t.Name, "title": t.Name, "summary": t.doc,
		"description": "Key: " + t.key + ". Partitions: " + t.partitions() + ".",
		"parameters":  object{"prefix": ref("components", "parameters", "prefix")},
		"messages":    object{message: ref("components", "messages", message)},
		"bindings": object{"kafka": object{
			"topic": prefixed(t), "partitions": partitions, "topicConfiguration": settings, "bindingVersion": kafkaBinding,
		}},
	}
}

func message(t *topic, name string) object {
	m := object{
		"name": name, "title": name, "summary": t.doc,
		"bindings": object{"kafka": object{
			"key": object{"type": "string", "description": t.key}, "bindingVersion": kafkaBinding,
		}},
	}
	if t.record != nil {
		m["payload"] = object{"schemaFormat": avroFormat, "schema": json.RawMessage(t.schema.Text())}
		m["examples"] = []object{{"name": name, "summary": "The canonical JSON form.", "payload": json.RawMessage(t.example)}}
	} else {
		m["contentType"] = "application/octet-stream"
	}
	if t.headers != nil {
		properties, names := object{}, []string{}
		for _, h := range t.headers {
			properties[h.name] = object{"type": "string", "description": h.doc}
			names = append(names, h.name)
		}
		m["headers"] = object{"type": "object", "properties": properties, "required": names}
	}
	return m
}
