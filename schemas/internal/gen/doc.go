// Command gen writes the Go types, their canonical JSON form and the
// specialised codecs from the .avsc files. It is run by go generate in the
// directory schemas and takes no arguments; the output is checked in, and the
// test of this package fails when it is stale.
package main
