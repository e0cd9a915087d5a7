package topics

import (
	"context"

	"github.com/segmentio/kafka-go/protocol/addoffsetstotxn"
	"github.com/segmentio/kafka-go/protocol/txnoffsetcommit"
)

// GroupOffsets are offsets of a group that are committed with a transaction (KIP-447). They let others
// see the lag; recovery reads the commit record instead (design, "Commit cycle").
type GroupOffsets struct {
	Group string
	// Generation, MemberID and InstanceID are those of the [Assignment], so
	// that a member that has been replaced cannot move the offsets.
	Generation int32
	MemberID   string
	InstanceID string
	// Positions are the next offsets to read.
	Positions []Position
}

// SendOffsets adds the offsets to the open transaction. It returns [ErrAbortable] if the membership is
// no longer valid.
func (w *TxnWriter) SendOffsets(ctx context.Context, g GroupOffsets) error {
	if w.state != txnOpen {
		return w.outOfOrder("SendOffsets")
	}
	if len(g.Positions) == 0 {
		return nil
	}
	if !w.offsets {
		if err := w.addOffsets(ctx, g.Group); err != nil {
			return w.broken(err)
		}
		w.offsets = true
	}
	if err := w.commitOffsets(ctx, g); err != nil {
		return w.broken(err)
	}
	return nil
}

func (w *TxnWriter) addOffsets(ctx context.Context, group string) error {
	req := &addoffsetstotxn.Request{
		TransactionalID: w.s.txnID, ProducerID: w.s.producer.id, ProducerEpoch: w.s.producer.epoch, GroupID: group,
	}
	w.touched = true
	return w.ask(ctx, "the answer to AddOffsetsToTxn", w.coordinator(), func(ctx context.Context, cn *conn) error {
		msg, err := cn.call(ctx, req)
		if err != nil {
			return err
		}
		res, ok := msg.(*addoffsetstotxn.Response)
		if !ok {
			return errOtherKind("AddOffsetsToTxn")
		}
		if res.ErrorCode != 0 {
			return inTransaction(&CodeError{Code: Code(res.ErrorCode), Op: "AddOffsetsToTxn", Partition: -1})
		}
		return nil
	})
}

func (w *TxnWriter) commitOffsets(ctx context.Context, g GroupOffsets) error {
	req := &txnoffsetcommit.Request{
		TransactionalID: w.s.txnID, GroupID: g.Group,
		ProducerID: w.s.producer.id, ProducerEpoch: w.s.producer.epoch,
		GenerationID: g.Generation, MemberID: g.MemberID, GroupInstanceID: g.InstanceID,
	}
	for _, p := range g.Positions {
		full := w.s.c.Full(p.Topic)
		if n := len(req.Topics); n == 0 || req.Topics[n-1].Name != full {
			req.Topics = append(req.Topics, txnoffsetcommit.RequestTopic{Name: full})
		}
		t := &req.Topics[len(req.Topics)-1]
		t.Partitions = append(t.Partitions, txnoffsetcommit.RequestPartition{
			Partition: p.Partition, CommittedOffset: p.Offset, CommittedLeaderEpoch: -1,
		})
	}
	coordinator := w.s.c.groupCoordinator(g.Group)
	return w.ask(ctx, "the answer to TxnOffsetCommit", coordinator, func(ctx context.Context, cn *conn) error {
		msg, err := cn.call(ctx, req)
		if err != nil {
			return err
		}
		res, ok := msg.(*txnoffsetcommit.Response)
		if !ok {
			return errOtherKind("TxnOffsetCommit")
		}
		for _, t := range res.Topics {
			for _, p := range t.Partitions {
				if p.ErrorCode != 0 {
					return inTransaction(&CodeError{
						Code: Code(p.ErrorCode), Op: "TxnOffsetCommit", Topic: w.s.c.short(t.Name), Partition: p.Partition,
					})
				}
			}
		}
		return nil
	})
}
