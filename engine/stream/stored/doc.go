// Package stored is what a task keeps: the stored forms of facts, of what is carried of a
// person, of what was told and of the ledger, and the progress of the task with its sweeps.
//
// Numbers in these forms never change their meaning; a new layout raises [StateLayout],
// and the state is then built again from the logs. Nothing here reads a store or a broker.
//
// # Files
//
//	fact.go       one fact of a person
//	row.go        a row of a device in its short form, and the shapes that it needs
//	material.go  material fields as bytes
//	header.go     what is carried of a person; said.go what was told of a unit
//	routine.go    what the header has of a person whose facts are ordinary
//	ledger.go     a month of the ledger; month.go one that is not written yet, monthbefore.go what it said before a date
//	ledgerlag.go  how far the months that wait are written
//	progress.go   where a task stands, in task-commits and in the checkpoint;
//	              revisionlog.go how far its log of revisions has come
//	sweeps.go     walks over the persons that a centre's fact concerns
package stored
