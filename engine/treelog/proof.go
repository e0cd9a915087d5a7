package treelog

import (
	"encoding/hex"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Proof shows that one revision is an entry of a log. It can be checked with nothing else at hand;
// what it is worth depends on where the checkpoint is known from: the signature shows who made it,
// and one that was kept elsewhere shows that the log was not made anew since.
//
// To check it without this package:
//
//  1. digest is the digest of the revision: SHA-256 of its canonical form without that field
//     (contract §3).
//  2. hash = SHA-256( 0x00 ‖ salt ‖ digest ).
//  3. Go up the tree: n = index, last = size − 1; for each hash p of path: if n is odd or n = last,
//     hash = SHA-256( 0x01 ‖ p ‖ hash ), and while n is even and not 0, halve n and last, rounding
//     down; else hash = SHA-256( 0x01 ‖ hash ‖ p ). Then halve n and last, rounding down. At the end
//     last is 0 (RFC 9162, 2.1.3.2).
//  4. hash is the root in the third line of the checkpoint, in base64, and size is its second line.
type Proof struct {
	// UnitID and Revision name the revision; they are not part of what is proven, the digest is.
	UnitID   string `json:"unit_id"`
	Revision int32  `json:"revision"`
	// Digest is that of the revision, Salt the chance in the leaf; both in hex.
	Digest string `json:"digest"`
	Salt   string `json:"salt"`
	// Origin names the log. Index is the number of the entry, from 0, and Size that of all entries.
	Origin string `json:"origin"`
	Index  int64  `json:"index"`
	Size   int64  `json:"size"`
	// Path are the hashes beside the way up, from the leaf to the root, in base64.
	Path []Hash `json:"path"`
	// Checkpoint is the checkpoint of that size as it was written, with its signatures.
	Checkpoint string `json:"checkpoint"`
}

// ErrErased says that nothing can be proven of an entry since its salt was erased.
var ErrErased = errors.New("the salt of the entry was erased")

// Prove returns the proofs for entries of the log that a checkpoint names. leaves are all of its
// entries; those beyond its size are left out. Names and digests of the revisions are left to the
// caller.
func Prove(at *Note, leaves []Leaf, indexes []int64) ([]Proof, error) {
	if int64(len(leaves)) < at.Size {
		return nil, fmt.Errorf("the log %s has %d entries, and its checkpoint says %d", at.Origin, len(leaves), at.Size)
	}
	nodes := wanted{}
	for _, i := range indexes {
		if i < 0 || i >= at.Size {
			return nil, fmt.Errorf("the log %s has %d entries, and none of number %d", at.Origin, at.Size, i)
		}
		if _, err := tlog.ProveRecord(at.Size, i, tlog.HashReaderFunc(nodes.want)); err != nil {
			return nil, err
		}
	}
	nodes.find(leaves[:at.Size])
	proofs := make([]Proof, len(indexes))
	for n, i := range indexes {
		leaf := &leaves[i]
		if leaf.Erased() {
			return nil, fmt.Errorf("the log %s, entry %d: %w", at.Origin, i, ErrErased)
		}
		path, err := tlog.ProveRecord(at.Size, i, tlog.HashReaderFunc(nodes.read))
		if err != nil {
			return nil, err
		}
		if err := tlog.CheckRecord(path, at.Size, at.Root, i, leaf.Hash); err != nil {
			return nil, fmt.Errorf("the log %s: the root over its entries is not the one that its checkpoint names", at.Origin)
		}
		proofs[n] = Proof{Salt: hex.EncodeToString(leaf.Salt[:]), Origin: at.Origin, Index: i, Size: at.Size,
			Path: path, Checkpoint: string(at.Text)}
	}
	return proofs, nil
}

// wanted are nodes of a tree by their number in package tlog.
type wanted map[int64]Hash

// want notes what a proof asks for.
func (w wanted) want(indexes []int64) ([]Hash, error) {
	for _, i := range indexes {
		w[i] = Hash{}
	}
	return make([]Hash, len(indexes)), nil
}

// find works out what was asked for.
func (w wanted) find(leaves []Leaf) {
	var t Tree
	n := int64(0)
	for i := range leaves {
		t.append(leaves[i].Hash, func(h Hash) {
			if _, ok := w[n]; ok {
				w[n] = h
			}
			n++
		})
	}
}

// read gives what was found.
func (w wanted) read(indexes []int64) ([]Hash, error) {
	hashes := make([]Hash, len(indexes))
	for n, i := range indexes {
		hashes[n] = w[i]
	}
	return hashes, nil
}

// Check returns nil if the proof holds: the entry that digest and salt make is in the log of the
// checkpoint, in the place that the proof names. Whether the digest is that of the revision at hand,
// and who signed the checkpoint, is for the caller to ask: [Proof.Note] and [Note.Check].
func (p *Proof) Check() error {
	at, err := p.Note()
	if err != nil {
		return err
	}
	digest, err := DigestOf(p.Digest)
	if err != nil {
		return err
	}
	var salt Salt
	if !readHex(salt[:], p.Salt) {
		return fmt.Errorf("%q is no salt: it has 32 hexadecimal digits", p.Salt)
	}
	if at.Origin != p.Origin || at.Size != p.Size {
		return fmt.Errorf("the proof is of %s with %d entries, and its checkpoint of %s with %d", p.Origin, p.Size,
			at.Origin, at.Size)
	}
	if p.Index < 0 || p.Index >= p.Size {
		return fmt.Errorf("a log of %d entries has none of number %d", p.Size, p.Index)
	}
	if err := tlog.CheckRecord(tlog.RecordProof(p.Path), p.Size, at.Root, p.Index, HashOf(salt, digest)); err != nil {
		return fmt.Errorf("the revision is not entry %d of the log %s: the way up to the root does not end there",
			p.Index, p.Origin)
	}
	return nil
}

// Note is the checkpoint that the proof rests on.
func (p *Proof) Note() (Note, error) {
	n, err := ParseNote([]byte(p.Checkpoint))
	if err != nil {
		return n, fmt.Errorf("the checkpoint of the proof: %w", err)
	}
	return n, nil
}
