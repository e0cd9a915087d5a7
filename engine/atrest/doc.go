// Package atrest keeps what an engine writes to its disk from whoever gets hold of the disk.
//
// Keys lie in three layers:
//
//	key file         identities of age, of the operator (run --state-key-file); outside of the
//	                 data directory
//	data-key.age     in the data directory: an identity of age that is the directory's own,
//	                 encrypted to the first identity of the key file
//	keys by name     derived from the directory's own (HKDF): that of the state, of the pages, of
//	                 the records of the register. Badger makes keys of its own below them, and new
//	                 ones as time goes by
//
// So another key file means one small file written anew ([Rekey]), whole and durable or not at all, and
// nothing else changes.
//
// It guarantees that a key that does not fit is refused before anything is opened or written, with
// an error that names both files; that a directory is encrypted whole or not at all; and that no
// error names a key. Without a key every function hands through what it is given.
//
// It keeps secret and proves nothing: whoever may write to the disk can take a file away or put an
// older one back. What is kept there is checked against the topics (REL-07), and these are the truth.
//
// Files: keyfile.go the key file, recipients.go those whom a backup is for, vault.go a data
// directory, owner_*.go whose a file is.
package atrest
