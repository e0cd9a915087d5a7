package replay

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// Recalls come in the order of the as-ofs; whether one that was overdue no longer is
// shows in the order of the causes.

// overdueKey orders what is overdue by cause, then as-of. No cause holds a NUL byte.
func overdueKey(cause string, asOf int) []byte {
	return binary.BigEndian.AppendUint32(append([]byte(cause), 0), uint32(asOf))
}

// noteOverdue keeps that a recall is overdue at an as-of.
func (r *run) noteOverdue(cause string, asOf int, q *duty.DataQuality) error {
	return r.overdue.Add(overdueKey(cause, asOf), schemas.AppendDataQuality(nil, q))
}

// nameOverdue names the overdue recalls, cause by cause, and closes those that no
// longer are.
func (r *run) nameOverdue() error {
	it, err := r.overdue.Iter()
	if err != nil {
		return err
	}
	defer it.Close()
	const number = 4
	var cause []byte
	at := make([][]duty.DataQuality, len(r.asOf))
	flush := func() error {
		all := newQualities()
		for i := range at {
			for _, l := range r.qualityLines(i, all.at(r.asOf[i], at[i])) {
				if err := r.quality.Add(l.key, l.text); err != nil {
					return err
				}
			}
			at[i] = nil
		}
		return nil
	}
	for it.Next() {
		k := it.Key()
		if of := k[:len(k)-number]; !bytes.Equal(of, cause) {
			if err := flush(); err != nil {
				return err
			}
			cause = append(cause[:0], of...)
		}
		var q duty.DataQuality
		if _, err := schemas.DecodeDataQuality(it.Value(), &q); err != nil {
			return fmt.Errorf("an overdue recall cannot be read back: %w", err)
		}
		asOf := binary.BigEndian.Uint32(k[len(k)-number:])
		at[asOf] = append(at[asOf], q)
	}
	if err := it.Err(); err != nil {
		return err
	}
	return flush()
}
