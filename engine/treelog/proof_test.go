package treelog

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// Every entry of every size is proven, and a proof holds for nothing else; it survives JSON.
func TestProofs(t *testing.T) {
	leaves, revisions := made(70)
	for size := 1; size <= len(leaves); size++ {
		at := checkpointOf(t, leaves[:size], nil)
		all := make([]int64, size)
		for i := range all {
			all[i] = int64(i)
		}
		proofs, err := Prove(&at, leaves, all)
		if err != nil {
			t.Fatal(err)
		}
		for i := range proofs {
			proofs[i].Digest = fmt.Sprintf("%x", revisions[i].Digest)
			text, err := json.Marshal(&proofs[i])
			if err != nil {
				t.Fatal(err)
			}
			var p Proof
			if err := json.Unmarshal(text, &p); err != nil {
				t.Fatal(err)
			}
			if err := p.Check(); err != nil {
				t.Fatalf("entry %d of %d: %v", i, size, err)
			}
			if got := walk(&p); got != at.Root {
				t.Fatalf("entry %d of %d: the way that the words describe ends at %s", i, size, got)
			}
			for what, change := range map[string]func(*Proof){
				"digest":    func(p *Proof) { p.Digest = strings.Repeat("0", 64) },
				"no digest": func(p *Proof) { p.Digest = "" },
				"salt":      func(p *Proof) { p.Salt = strings.Repeat("0", 32) },
				"no salt":   func(p *Proof) { p.Salt = "" },
				"index":     func(p *Proof) { p.Index++ },
				"negative":  func(p *Proof) { p.Index = -1 },
				"size":      func(p *Proof) { p.Size++ },
				"origin":    func(p *Proof) { p.Origin = "other" },
				"long path": func(p *Proof) { p.Path = append(p.Path, Hash{}) },
				"checkpoint": func(p *Proof) {
					p.Checkpoint = strings.Replace(p.Checkpoint, at.Root.String(), Hash{}.String(), 1)
				},
				"none": func(p *Proof) { p.Checkpoint = "" },
			} {
				bad := p
				bad.Path = append([]Hash(nil), p.Path...)
				if change(&bad); bad.Check() == nil {
					t.Fatalf("entry %d of %d: another %s is taken", i, size, what)
				}
			}
		}
	}
}

// walk goes the way that the comment of Proof describes.
func walk(p *Proof) Hash {
	salt, err := hex.DecodeString(p.Salt)
	if err != nil {
		return Hash{}
	}
	digest, err := hex.DecodeString(p.Digest)
	if err != nil {
		return Hash{}
	}
	h := HashOf(Salt(salt), Digest(digest))
	n, last := p.Index, p.Size-1
	for _, q := range p.Path {
		if n%2 == 1 || n == last {
			h = tlog.NodeHash(q, h)
			for n%2 == 0 && n != 0 {
				n, last = n/2, last/2
			}
		} else {
			h = tlog.NodeHash(h, q)
		}
		n, last = n/2, last/2
	}
	if last != 0 {
		return Hash{}
	}
	return h
}

func TestProofsThatCannotBeGiven(t *testing.T) {
	leaves, _ := made(6)
	at := checkpointOf(t, leaves, nil)
	if _, err := Prove(&at, leaves[:5], []int64{1}); err == nil {
		t.Error("a log that is too short is taken")
	}
	if _, err := Prove(&at, leaves, []int64{6}); err == nil {
		t.Error("an entry beyond the end is proven")
	}
	other := append([]Leaf(nil), leaves...)
	other[5] = other[4]
	const not = "is not the one that its checkpoint names"
	if _, err := Prove(&at, other, []int64{1}); err == nil || !strings.Contains(err.Error(), not) {
		t.Errorf("another log: %v", err)
	}
	other[1].Salt = Salt{}
	if _, err := Prove(&at, other, []int64{1}); err == nil || !strings.Contains(err.Error(), "erased") {
		t.Errorf("an erased entry: %v", err)
	}
}
