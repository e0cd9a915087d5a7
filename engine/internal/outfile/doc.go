// Package outfile writes the files that commands leave for their users.
//
// It guarantees that a file appears under its name whole and durable, or not at
// all: it is written beside its place, flushed to disk and renamed. It tells
// files apart by what they are and not by how their names are spelled, so that no
// output takes the place of what is still read.
//
// It never removes or shortens a file that it did not make.
//
// Files: outfile.go writes, identity.go tells files apart.
package outfile
