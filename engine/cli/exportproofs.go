package cli

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"tilsyn/engine/duty"
	"tilsyn/engine/evidence"
	"tilsyn/engine/stream/verify"
	"tilsyn/engine/treelog"
)

// proofsGiven are proofs by the digest of the revision, and why there is none of others.
type proofsGiven struct {
	proofs  map[string]treelog.Proof
	missing map[string]string
	// otherwise says why there is none of those that neither names.
	otherwise string
}

// proofs puts proofs in that the revisions told are in the log of all revisions (decision 0028): those of the file,
// or of the log itself where the facts are those of the topics.
func (cmd *exportCmd) proofs(c *console, p *packer) error {
	p.manifest.Log = evidence.Inclusion{State: "NOT_INCLUDED", Proven: []string{}, Missing: []string{}}
	var g *proofsGiven
	var err error
	switch {
	case cmd.Proofs != "":
		g, err = proofsOfFile(cmd.Proofs)
	case len(cmd.Facts) == 0 && len(cmd.Brokers) > 0:
		g, err = cmd.proofsOfLog(c, p.b)
	}
	if err != nil || g == nil {
		return err
	}
	if err := p.prove(g); err != nil {
		return err
	}
	if cmd.Proofs != "" && len(p.manifest.Log.Proven) == 0 {
		return wrong("--proofs %s: none of its proofs is of a revision in this package", cmd.Proofs)
	}
	return nil
}

// proofsOfFile reads proofs as `tilsyn log prove` prints them.
func proofsOfFile(file string) (*proofsGiven, error) {
	text, err := readFile("proofs", file)
	if err != nil {
		return nil, err
	}
	list, err := proofsIn(text)
	if err != nil {
		return nil, wrong("--proofs %s: proofs are lines of JSON, one each, and this is none: %w", file, err)
	}
	g := &proofsGiven{proofs: map[string]treelog.Proof{}, otherwise: "no proof of it was given"}
	for i := range list {
		if err := list[i].Check(); err != nil {
			return nil, wrong("--proofs %s: %w", file, err)
		}
		g.proofs[list[i].Digest] = list[i]
	}
	return g, nil
}

// proofsOfLog asks the log for the proofs of the revisions of a package; nil where the prefix has no log.
func (cmd *exportCmd) proofsOfLog(c *console, b *evidence.Bundle) (*proofsGiven, error) {
	kafka, err := cmd.config(c, false)
	if err != nil {
		return nil, err
	}
	store, err := cmd.reading(c)
	if err != nil {
		return nil, err
	}
	own := map[string]bool{}
	for _, v := range b.Revisions() {
		own[v.Digest] = true
	}
	if len(own) == 0 {
		return nil, nil
	}
	proven, err := verify.Prove(c.ctx, verify.LogConfig{Kafka: kafka, Schemas: store},
		func(v *duty.Violation) bool { return own[v.Digest] })
	switch {
	case errors.Is(err, verify.ErrNoLog):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("no proof could be had from the log of all revisions: %w; `tilsyn log check` says whether "+
			"the log is at fault", err)
	}
	g := &proofsGiven{proofs: map[string]treelog.Proof{}, missing: map[string]string{},
		otherwise: "it was not on the topic when the log was read"}
	for i := range proven {
		digest := proven[i].Revision.Digest
		if proven[i].Missing != "" {
			g.missing[digest] = proven[i].Missing
			continue
		}
		// Of a revision that claims the digest of another there is no proof of what it says.
		if err := proven[i].Proof.Check(); err != nil {
			g.missing[digest] = err.Error()
			continue
		}
		g.proofs[digest] = proven[i].Proof
	}
	return g, nil
}

// prove puts in the proofs of the package's revisions, and names those of which there is none. A proof is one of a
// digest: it counts for a revision only where what it says has that digest.
func (p *packer) prove(g *proofsGiven) error {
	var own []treelog.Proof
	log := &p.manifest.Log
	for _, v := range p.b.Revisions() {
		name := fmt.Sprintf("%s revision %d", v.UnitID, v.Revision)
		proof, ok := g.proofs[v.Digest]
		switch {
		case v.ComputeDigest() != v.Digest:
			log.Missing = append(log.Missing, name+": its digest is not that of what it says")
		case !ok:
			log.Missing = append(log.Missing, name+": "+cmp.Or(g.missing[v.Digest], g.otherwise))
		default:
			proof.UnitID, proof.Revision = v.UnitID, v.Revision
			own, log.Proven = append(own, proof), append(log.Proven, name)
		}
	}
	if len(own) == 0 {
		return nil
	}
	log.State, log.File = "INCLUDED", proofsName
	return p.json(proofsName, own)
}

// proofsIn reads proofs, one JSON value after the other.
func proofsIn(text []byte) ([]treelog.Proof, error) {
	var list []treelog.Proof
	for d := json.NewDecoder(bytes.NewReader(text)); ; {
		var p treelog.Proof
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			return list, nil
		case err != nil:
			return nil, err
		}
		list = append(list, p)
	}
}
