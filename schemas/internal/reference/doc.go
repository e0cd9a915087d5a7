// Command reference writes what others need to connect to the topics: the AsyncAPI
// document schemas/asyncapi.json, and in schemas/reference a page for each topic and
// an index. It is run by go generate in the directory schemas and takes no arguments;
// the output is checked in, and the test of this package fails when it is stale.
//
// Everything comes from one place each: records and their words from the .avsc files,
// names, keys and partitions from engine/duty, settings from topics, examples from
// schemas/testdata/records.jsonl, where the contract speaks of a topic from
// schemas/contract.
//
// Files: main.go (writing), catalogue.go (what is known of each topic), asyncapi.go (the
// document), page.go (a topic's page), fields.go (its tables), index.go (the index).
package main
