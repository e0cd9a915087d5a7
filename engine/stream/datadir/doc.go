// Package datadir is the directory of an instance: whose it is, who uses it, and backups of
// it.
//
// One process at a time has a directory ([LockDirs]); a directory of another cluster,
// prefix, group or partition count is refused ([OpenIdentity]). What it writes is whole and
// durable or not there. It holds no facts itself.
//
// # Files
//
//	datadir.go       one process on a directory
//	identity.go      what the directory belongs to
//	backupfile.go    the form of a backup file
package datadir
