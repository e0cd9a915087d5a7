// Package outfile writes files: those that commands leave for their users, and
// those in which an engine keeps what it must find again.
//
// It guarantees that a file appears under its name whole and durable, or not at
// all: it is written beside its place, flushed to disk and renamed. It tells
// files apart by what they are and not by how their names are spelled, so that no
// output takes the place of what is still read.
//
// It never removes or shortens a file that it did not make. Nothing else in the
// project writes a file by renaming it.
//
// Files: outfile.go writes, replace.go writes what one process alone writes and
// flushes directories, identity.go tells files apart, lock_unix.go and lock_other.go
// say that a directory is one process's.
package outfile
