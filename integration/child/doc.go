// Package child runs the processes that a test starts: brokers and engines.
//
// It guarantees that a process is ended by its own id and never by a name, that
// it ends with the process that started it (on Linux, however that ends), and
// that whoever waits for its end gets it once and for all.
//
// Files:
//
//	child.go          start, stop, kill, wait
//	signal_*.go       pause and continue
//	parent_*.go       the tie to the process that started it
package child
