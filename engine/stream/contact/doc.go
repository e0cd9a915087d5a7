// Package contact looks at what a producer sends, at its first contact or whenever somebody asks, and
// names every mistake: what cannot be decoded, wrong keys and partitions, rows without numbers or with
// numbers that are missing or used twice, readers that the register does not have, clocks that are off, local time
// sent as UTC, ids used for two facts, sources without heartbeats.
//
// It guarantees that a finding names topic, number and place of records, and devices and centres, never
// a person, a card, a key or an id of a fact; and that the same records give the same findings in
// whatever order they come.
//
// What it never does: it judges nobody, writes nothing, and holds no record. Its findings are for the
// producer; the engine finds by itself what it needs for a verdict.
//
// # Files
//
//	contact.go   taking records; findings
//	rows.go      rows of devices: numbers, readers, times
package contact
