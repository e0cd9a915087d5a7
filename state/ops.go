package state

// Op is one operation of a batch, as [Batch.Ops] lists them.
type Op struct {
	// Kind says which of the following fields are set.
	Kind   OpKind
	Person string
	Day    int32 // Fact, Said
	Unit   uint8 // Said: the kind of the unit
	Next   int64 // Header
	Key    string
	// Data of a Said is empty if it is deleted.
	Data []byte
}

// OpKind says what an operation of a batch does.
type OpKind uint8

// The operations of a batch.
const (
	OpFact       OpKind = opFact
	OpSaid       OpKind = opSaid
	OpHeader     OpKind = opHeader
	OpMeta       OpKind = 4
	OpDeleteMeta OpKind = 5
	OpCheckpoint OpKind = 6
)

// Ops lists the operations of a batch, in order, for stores other than [DB]. The data belongs to
// the batch. The error is the one that Commit must return.
func (b *Batch) Ops() ([]Op, error) {
	if b.err != nil {
		return nil, b.err
	}
	var ops []Op
	for rest := b.buf; len(rest) > 0; {
		var r record
		var err error
		if r, rest, err = readRecord(rest); err != nil {
			return nil, err
		}
		op := Op{Kind: OpKind(r.op), Person: string(r.person), Data: r.data}
		switch r.op {
		case opFact, opSaid:
			op.Day, op.Unit = dayOf(r.day), r.kind
		case opHeader:
			op.Next = r.next
		}
		ops = append(ops, op)
	}
	for _, m := range b.meta {
		kind := OpMeta
		if m.delete {
			kind = OpDeleteMeta
		}
		ops = append(ops, Op{Kind: kind, Key: m.key, Data: m.value})
	}
	if b.hasCheck {
		ops = append(ops, Op{Kind: OpCheckpoint, Data: b.checkpoint})
	}
	return ops, nil
}
