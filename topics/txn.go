package topics

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/segmentio/kafka-go/protocol/addpartitionstotxn"
	"github.com/segmentio/kafka-go/protocol/endtxn"
)

// TxnConfig configures a [TxnWriter].
type TxnConfig struct {
	// TransactionalID is `<prefix><group>-<task>` ([Client.TransactionalID]).
	TransactionalID string
	// Timeout is after how long the broker itself ends an open transaction. Default 60 s; at most what
	// the broker allows (15 minutes by default).
	Timeout time.Duration
	// Compression of batches. Default (zero) none.
	Compression Compression
	// MaxBatchBytes bounds a batch before compression. Default 900 KB.
	MaxBatchBytes int
	// Last is a topic, without prefix, whose records are sent once all others of the same
	// [TxnWriter.Produce] are acknowledged: a topic that describes the others. Should a transaction
	// ever be torn, this part is not the one that survives. Default: none, all are sent side by side.
	Last string
}

// TxnWriter writes in transactions under one transactional id (KIP-98, KIP-447).
// It serves one goroutine. The order of calls is Init, then any number of
// Begin, Produce and SendOffsets, Commit or Abort.
//
// Errors: after [ErrFenced] recover with Init, if the task is still ours. After [ErrAbortable]
// call Abort, then start again from the last commit. After [ErrOutcomeUnknown] call Commit (or
// Abort) again until the outcome is definite. [ErrGaveUp] and [ErrFatal] leave the transaction
// open; Init or the broker's timeout ends it.
//
// A request whose answer was lost may still be in flight, in a broker's queue or in a kernel that
// retransmits it, even after the connection was closed. It is repeated until an answer comes. But
// the first copy may arrive later, during the next transaction, and if it is an EndTxn it would
// end that one: half of it would be committed (KIP-890; seen on Kafka 4.1, with dropped packets of
// a plain TCP connection as well as behind a proxy). So after any answer in a transaction was
// lost, Begin renews the producer's epoch by InitProducerID with the present id and epoch, and a
// late request is refused.
type TxnWriter struct {
	s       *sender
	timeout time.Duration // after which the broker aborts

	state   txnState
	added   map[TopicPartition]bool // partitions that the coordinator has in the transaction
	touched bool                    // the coordinator knows of the transaction
	offsets bool                    // the group was added to the transaction
}

// txnState is the state of a TxnWriter.
type txnState uint8

const (
	txnNone    txnState = iota // no producer id
	txnReady                   // between transactions
	txnOpen                    // begun
	txnBroken                  // begun, and must be aborted
	txnCommits                 // EndTxn(commit) sent, answer lost
	txnAborts                  // EndTxn(abort) sent, answer lost
	txnStale                   // between transactions; the epoch is to be renewed
)

// outOfOrder returns the error of a call that is not allowed now.
func (w *TxnWriter) outOfOrder(call string) error {
	return fmt.Errorf("%s is not possible now, calls come in the wrong order (state %d), a fault of the program, "+
		"please report it: %w", call, w.state, ErrFatal)
}

// txnKept bounds the memory that a writer keeps between transactions, in bytes.
const txnKept = 1 << 20

// NewTxnWriter returns a writer; call Init first.
func (c *Client) NewTxnWriter(cfg TxnConfig) *TxnWriter {
	if cfg.Timeout <= 0 {
		cfg.Timeout = time.Minute
	}
	s := newSender(c, cfg.Compression, cfg.MaxBatchBytes, txnKept, cfg.TransactionalID, inTransaction)
	s.last = cfg.Last
	return &TxnWriter{s: s, timeout: cfg.Timeout, added: map[TopicPartition]bool{}}
}

// ask sends a request of the transaction until there is a final answer.
func (w *TxnWriter) ask(ctx context.Context, what string, t target, fn func(context.Context, *conn) error) error {
	return w.s.c.ask(ctx, what, t, func(ctx context.Context, cn *conn) error { return w.s.answered(fn(ctx, cn)) })
}

// Init takes over the transactional id. Afterwards the predecessor is fenced and its transaction
// ended, committed or aborted, for every reader (design, "Recovery", step 1). It retries until
// that holds.
func (w *TxnWriter) Init(ctx context.Context) error {
	if w.s.txnID == "" {
		return fmt.Errorf("a transactional writer needs a transactional id: %w", ErrFatal)
	}
	w.state = txnNone
	if err := w.s.initProducer(ctx, w.timeout, false); err != nil {
		return err
	}
	w.reset(txnReady)
	return nil
}

func (w *TxnWriter) reset(to txnState) {
	w.state, w.touched, w.offsets = to, false, false
	clear(w.added)
}

// Epoch returns the producer id and epoch in use, for logs.
func (w *TxnWriter) Epoch() (producer int64, epoch int16) { return w.s.producer.id, w.s.producer.epoch }

// Begin starts a transaction. Nothing is sent before there is something to write, except that
// after an abort or a lost answer the producer's epoch is renewed.
func (w *TxnWriter) Begin(ctx context.Context) error {
	if w.state != txnReady && w.state != txnStale {
		return w.outOfOrder("Begin")
	}
	if w.state == txnStale || w.s.lost {
		// Until it is renewed, nothing else is possible.
		w.state = txnStale
		if err := w.s.initProducer(ctx, w.timeout, true); err != nil {
			return w.fenced(err)
		}
	}
	w.reset(txnOpen)
	return nil
}

// fenced notes that a fenced producer needs Init.
func (w *TxnWriter) fenced(err error) error {
	if errors.Is(err, ErrFenced) {
		w.state = txnNone
	}
	return err
}

// Produce writes records in the open transaction and returns where they went, by partition in
// order of first use. It may be called several times. Records of one partition keep their order.
func (w *TxnWriter) Produce(ctx context.Context, outs []Out) ([]Produced, error) {
	if w.state != txnOpen {
		return nil, w.outOfOrder("Produce")
	}
	if len(outs) == 0 {
		return nil, nil
	}
	parts, err := w.s.resolve(ctx, outs)
	if err != nil {
		return nil, err
	}
	if err := w.addPartitions(ctx, parts); err != nil {
		return nil, w.broken(err)
	}
	where, err := w.s.send(ctx, parts, w.s.encode(outs))
	if err != nil {
		return nil, w.broken(err)
	}
	return where, nil
}

// broken notes that the transaction can only be aborted.
func (w *TxnWriter) broken(err error) error {
	w.state = txnBroken
	return w.fenced(err)
}

// addPartitions tells the coordinator which partitions the transaction writes to, before the first
// record of each. parts has no duplicates.
func (w *TxnWriter) addPartitions(ctx context.Context, parts []TopicPartition) error {
	req := &addpartitionstotxn.Request{
		TransactionalID: w.s.txnID, ProducerID: w.s.producer.id, ProducerEpoch: w.s.producer.epoch,
	}
	for _, p := range parts {
		if w.added[p] {
			continue
		}
		full := w.s.c.Full(p.Topic)
		i := slices.IndexFunc(req.Topics, func(t addpartitionstotxn.RequestTopic) bool { return t.Name == full })
		if i < 0 {
			i = len(req.Topics)
			req.Topics = append(req.Topics, addpartitionstotxn.RequestTopic{Name: full})
		}
		req.Topics[i].Partitions = append(req.Topics[i].Partitions, p.Partition)
	}
	if len(req.Topics) == 0 {
		return nil
	}
	w.touched = true
	err := w.ask(ctx, "the answer to AddPartitionsToTxn", w.coordinator(), func(ctx context.Context, cn *conn) error {
		msg, err := cn.call(ctx, req)
		if err != nil {
			return err
		}
		res, ok := msg.(*addpartitionstotxn.Response)
		if !ok {
			return errOtherKind("AddPartitionsToTxn")
		}
		return w.addedResult(res)
	})
	if err != nil {
		return err
	}
	for _, p := range parts {
		w.added[p] = true
	}
	return nil
}

// addedResult picks the decisive error: one that does not pass before one that may. "Not
// attempted" only says that another partition failed.
func (w *TxnWriter) addedResult(res *addpartitionstotxn.Response) error {
	var worst *CodeError
	for _, t := range res.Results {
		for _, p := range t.Results {
			if p.ErrorCode == 0 {
				continue
			}
			e := inTransaction(&CodeError{
				Code: Code(p.ErrorCode), Op: "AddPartitionsToTxn", Topic: w.s.c.short(t.Name), Partition: p.PartitionIndex,
			})
			if worst == nil || worst.Code == codeOperationNotAttempted ||
				(worst.Retriable() && !e.Retriable() && e.Code != codeOperationNotAttempted) {
				worst = e
			}
		}
	}
	if worst == nil {
		return nil
	}
	return worst
}

func (w *TxnWriter) coordinator() target { return w.s.c.txnCoordinator(w.s.txnID) }

// Commit ends the transaction. Once it returns nil, read_committed readers will see all of it, if
// a moment later, since the coordinator still writes the markers (a successor's Init waits for
// them). An empty transaction needs no request. After [ErrOutcomeUnknown] call it again.
func (w *TxnWriter) Commit(ctx context.Context) error {
	if w.state != txnOpen && w.state != txnCommits {
		return w.outOfOrder("Commit")
	}
	if !w.touched {
		w.reset(txnReady)
		return nil
	}
	w.state = txnCommits
	if err := w.end(ctx, true); err != nil {
		return err
	}
	w.reset(txnReady)
	return nil
}

// Abort ends the transaction so that no read_committed reader ever sees any of it. The next Begin
// renews the producer's epoch, since the sequence numbers are void.
func (w *TxnWriter) Abort(ctx context.Context) error {
	switch w.state {
	case txnOpen, txnBroken, txnAborts:
	default:
		return w.outOfOrder("Abort")
	}
	if w.touched {
		w.state = txnAborts
		if err := w.end(ctx, false); err != nil {
			return err
		}
	}
	w.reset(txnStale)
	return nil
}

// end sends EndTxn until the answer is definite. Repeating it with the same producer id and epoch
// has no further effect (design, "Commit cycle").
func (w *TxnWriter) end(ctx context.Context, commit bool) error {
	req := &endtxn.Request{
		TransactionalID: w.s.txnID, ProducerID: w.s.producer.id, ProducerEpoch: w.s.producer.epoch, Committed: commit,
	}
	err := w.ask(ctx, "the answer to EndTxn", w.coordinator(), func(ctx context.Context, cn *conn) error {
		msg, err := cn.call(ctx, req)
		if err != nil {
			return err
		}
		res, ok := msg.(*endtxn.Response)
		if !ok {
			return errOtherKind("EndTxn")
		}
		if res.ErrorCode != 0 {
			return endResult(Code(res.ErrorCode))
		}
		return nil
	})
	var code *CodeError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrFenced):
		w.state = txnNone
		return err
	case errors.Is(err, ErrAbortable):
		w.state = txnBroken
		return err
	case errors.As(err, &code) && code.class != nil:
		return err
	}
	return fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)
}

// endResult returns the error that a code of EndTxn means.
func endResult(code Code) error {
	e := &CodeError{Code: code, Op: "EndTxn", Partition: -1}
	if code == codeInvalidTxnState {
		// The coordinator ended the transaction the other way.
		e.class = ErrAbortable
		return e
	}
	return classify(e)
}
