package replay

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"tilsyn/engine/duty"
	"tilsyn/engine/recall"
)

// recalled returns one person's share of the recalls at an as-of, and names
// acknowledgements that count for nothing.
func (r *run) recalled(asOf int, facts *duty.Facts, said *spoken, person string) ([]line, []duty.DataQuality, error) {
	parts, bad := recall.Fold(recall.Person{PersonID: person, Units: said.recallUnits(person),
		Acknowledgements: facts.Acknowledgements, Handlings: facts.Handlings},
		recall.Named(r.policiesAt(r.asOf[asOf]), r.asOf[asOf]), r.recallClock(asOf))
	var out []line
	for i := range parts {
		text, err := json.Marshal(&parts[i])
		if err != nil {
			return nil, nil, fmt.Errorf("a share of a recall cannot be kept: %w", err)
		}
		out = append(out, line{key: recallKey(asOf, parts[i].CauseID), text: text})
	}
	return out, bad, nil
}

func (r *run) recallClock(asOf int) recall.Clock {
	at := r.asOf[asOf]
	policies := r.policiesAt(at)
	return recall.Clock{At: at, Overdue: policies[len(policies)-1].Policy.ParamsAt(at.Date()).RecallOverdue}
}

// recallKey orders shares by as-of, then cause.
func recallKey(asOf int, cause string) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(asOf)), cause...)
}

// recallUnits is what was told of each unit, for the recalls.
func (s *spoken) recallUnits(person string) []recall.Unit {
	var out []recall.Unit
	for k, list := range s.told {
		u := recall.Unit{UnitID: duty.UnitID(k.kind, k.date, person)}
		for _, t := range list {
			u.Revisions = append(u.Revisions, t.recall)
		}
		out = append(out, u)
	}
	return out
}

// writeRecalls puts the shares of all persons together and writes one line a
// recall and as-of; what waits for too long goes to the data quality.
func (r *run) writeRecalls(out *output) error {
	it, err := r.recalls.Iter()
	if err != nil {
		return err
	}
	defer it.Close()
	var key []byte
	var whole recall.Part
	flush := func() error {
		if key == nil {
			return nil
		}
		asOf := int(binary.BigEndian.Uint32(key))
		if q, ok := whole.Overdue(); ok {
			if err := r.noteOverdue(whole.CauseID, asOf, &q); err != nil {
				return err
			}
		}
		line := whole.Recall()
		_, err := out.Write(appendAsOf(nil, r.asOf[asOf], line.AppendCanonical))
		return err
	}
	for it.Next() {
		var part recall.Part
		if err := json.Unmarshal(it.Value(), &part); err != nil {
			return fmt.Errorf("a share of a recall cannot be read back: %w", err)
		}
		if bytes.Equal(it.Key(), key) {
			whole = recall.Merge(whole, part)
			continue
		}
		if err := flush(); err != nil {
			return err
		}
		key, whole = append(key[:0:0], it.Key()...), part
	}
	if err := it.Err(); err != nil {
		return err
	}
	if err := flush(); err != nil {
		return err
	}
	return r.nameOverdue()
}
