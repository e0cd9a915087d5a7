// Package treelog is a log that shows whether anything in it was changed, left out, added or put
// elsewhere: the entries are the leaves of a Merkle tree (RFC 6962), and a checkpoint (C2SP
// tlog-checkpoint) names how many there are and the root over all of them. Whoever keeps a
// checkpoint elsewhere can tell later whether the log still holds the same entries.
//
// The entries are the revisions of one partition of the topic violations, in the order of their
// offsets (decision 0028). A leaf is the hash of a random salt and the digest of the revision
// (contract §3). Without the salt nobody can find out by trying which revision a leaf stands for:
// once revision and salt are erased the leaf says nothing about a person, and the tree still
// verifies.
//
//	leaf = SHA-256( 0x00 ‖ salt, 16 bytes ‖ digest of the revision, 32 bytes )
//	node = SHA-256( 0x01 ‖ left ‖ right )
//
// A [Proof] shows that one revision is an entry of the log that a checkpoint names; [Proof.Check]
// checks it with nothing else at hand.
//
// It reads and writes nothing, knows no clock and has no chance of its own. Hashing and proofs are
// those of golang.org/x/mod/sumdb/tlog, signatures those of golang.org/x/mod/sumdb/note.
//
// # Files
//
//	tree.go        the tree that grows: size and root, in a few hashes
//	leaf.go        leaves, and the records that hold them
//	checkpoint.go  size and root as text, one or many in a file; key.go who signs it
//	proof.go       that one entry is in the log
//	compare.go     entries and revisions set side by side; gap.go what is said of a difference
package treelog
