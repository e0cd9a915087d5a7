package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"tilsyn/engine/duty"
	"tilsyn/engine/evidence"
	"tilsyn/engine/policy"
)

// policies puts in the text of every policy that was active.
func (p *packer) policies(args []string, centres *duty.CentreFacts) error {
	for i, a := range p.b.Policies() {
		text, err := policyText(a.Policy.Digest, args, centres)
		if err != nil {
			return err
		}
		n := evidence.PackagePolicy{Version: a.Policy.Version, Digest: a.Policy.Digest,
			File: fmt.Sprintf("policy/%d.yaml", i+1)}
		if a.From > duty.Beginning {
			n.From = a.From.String()
		}
		p.files[n.File] = text
		p.manifest.Policies = append(p.manifest.Policies, n)
	}
	return nil
}

// policyText finds the text that a digest is of: the built-in one, a file of --policy, or that of an activation.
func policyText(digest string, args []string, centres *duty.CentreFacts) ([]byte, error) {
	if book := policy.BuiltinBook(); book.Digest == digest {
		return book.YAML(), nil
	}
	for _, arg := range args {
		for _, file := range []string{arg, arg[:max(0, strings.LastIndexByte(arg, '@'))]} {
			if file == "" || !exists(file) {
				continue
			}
			text, err := readFile("policy", file)
			if err != nil {
				return nil, err
			}
			if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) == digest {
				return text, nil
			}
		}
	}
	for i := range centres.Activations {
		if a := &centres.Activations[i].Fact; a.Digest == digest {
			return []byte(a.Text), nil
		}
	}
	return nil, fmt.Errorf("the text of the policy with digest %s is neither built in nor given by --policy", digest)
}

// note puts the note of 11 March 2024 in, or names it.
func (p *packer) note(file string) error {
	policies := p.b.Policies()
	n := policies[len(policies)-1].Policy.NoteOn(p.b.Range.To)
	p.manifest.Note = evidence.PackageNote{ID: n.ID, Version: n.Version, Hash: n.Hash}
	if file == "" {
		return nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return wrong("--note: %w", err)
	}
	if sum := sha256.Sum256(text); "sha256:"+hex.EncodeToString(sum[:]) != n.Hash {
		return wrong("--note %s: its hash is sha256:%s, and the policy names %s (evidence.note): give that edition, or "+
			"change the policy", file, hex.EncodeToString(sum[:]), n.Hash)
	}
	p.manifest.Note.File = "documents/note" + filepath.Ext(file)
	p.files[p.manifest.Note.File] = text
	return nil
}
