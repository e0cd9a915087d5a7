package stored

import (
	"tilsyn/engine/duty"

	"tilsyn/engine/stream/wire"
)

// Routine is what the header keeps of a person whose facts are ordinary.
type Routine struct {
	duty.Routine
	// Decided is the clock at which nights were last decided.
	Decided duty.Instant
	// Month is the ledger of the month of the last decided night.
	Month MonthLedger
}

// ReadRoutine reads what Append wrote.
func ReadRoutine(b []byte) (Routine, error) {
	var m Routine
	var err error
	if m.Routine, b, err = duty.ReadRoutine(b); err != nil {
		return m, err
	}
	r := wire.Reader{Rest: b}
	m.Decided = duty.Instant(r.Int())
	m.Month.read(&r)
	return m, r.End()
}

// Append appends the stored form.
func (m *Routine) Append(b []byte) []byte {
	w := wire.Writer{Bytes: m.AppendTo(b)}
	w.Int(int64(m.Decided))
	m.Month.write(&w)
	return w.Bytes
}
