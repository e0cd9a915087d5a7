package topics

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// embeddedClosed is a file in the directory of an embedded broker that was closed.
const embeddedClosed = ".closed"

// brokenOff reports whether the broker that ran last on a directory was not closed, and notes that one
// runs there now.
func brokenOff(dir string) (bool, error) {
	if _, err := os.Stat(filepath.Join(dir, embeddedMeta)); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	err := os.Remove(filepath.Join(dir, embeddedClosed))
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	d, err := os.Open(dir)
	if err != nil {
		return false, err
	}
	return false, errors.Join(d.Sync(), d.Close())
}

// endTransactions aborts, in the log, what was open when a broker was killed. The broker that starts after it
// holds these transactions for aborted in memory alone. Without a marker, readers would skip the next
// transaction of the same producer too, and after one more kill its commit would be taken for that of
// the records before it. A marker where nothing was open says nothing, so each producer of transactions
// gets one in each partition.
func (e *Embedded) endTransactions() error {
	brokers := e.Brokers()
	list := kmsg.NewPtrListTransactionsRequest()
	answer, err := askEmbedded(brokers[0], list)
	if err != nil {
		return err
	}
	all := kmsg.NewPtrMetadataRequest()
	all.Version = 4
	about, err := askEmbedded(brokers[0], all)
	if err != nil {
		return err
	}
	var logs []kmsg.WriteTxnMarkersRequestMarkerTopic
	for _, t := range about.(*kmsg.MetadataResponse).Topics {
		log := kmsg.WriteTxnMarkersRequestMarkerTopic{Topic: *t.Topic}
		for _, p := range t.Partitions {
			log.Partitions = append(log.Partitions, p.Partition)
		}
		logs = append(logs, log)
	}
	mark := kmsg.NewPtrWriteTxnMarkersRequest()
	for _, x := range answer.(*kmsg.ListTransactionsResponse).TransactionStates {
		mark.Markers = append(mark.Markers, kmsg.WriteTxnMarkersRequestMarker{ProducerID: x.ProducerID, Topics: logs})
	}
	if len(mark.Markers) == 0 {
		return nil
	}
	for _, addr := range brokers { // each marks what it leads, and refuses the rest
		got, err := askEmbedded(addr, mark)
		if err != nil {
			return err
		}
		if err := refusedMarkers(got.(*kmsg.WriteTxnMarkersResponse)); err != nil {
			return err
		}
	}
	return nil
}

// refusedMarkers returns an error if a marker could not be written for another reason than that
// another broker leads the partition.
func refusedMarkers(got *kmsg.WriteTxnMarkersResponse) error {
	for _, m := range got.Markers {
		for _, t := range m.Topics {
			for _, p := range t.Partitions {
				if c := Code(p.ErrorCode); c != 0 && c != codeNotLeader {
					return fmt.Errorf("no marker in topic %s, partition %d: %s", t.Topic, p.Partition, c)
				}
			}
		}
	}
	return nil
}

// askEmbedded sends a request on a connection of its own. Client speaks the protocol by another
// library, which has none of the messages for transactions of others.
func askEmbedded(addr string, req kmsg.Request) (kmsg.Response, error) {
	conn, err := net.DialTimeout("tcp", addr, 10*time.Second) //nolint:noctx // it is in this process
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		return nil, err
	}
	if _, err := conn.Write(kmsg.NewRequestFormatter().AppendRequest(nil, req, 0)); err != nil {
		return nil, err
	}
	var size [4]byte
	if _, err := io.ReadFull(conn, size[:]); err != nil {
		return nil, err
	}
	answer := make([]byte, binary.BigEndian.Uint32(size[:]))
	if _, err := io.ReadFull(conn, answer); err != nil {
		return nil, err
	}
	head := 4 // the correlation id, and in newer forms the count of fields that nobody knows
	if req.IsFlexible() {
		head++
	}
	resp := req.ResponseKind()
	if len(answer) < head {
		return nil, io.ErrUnexpectedEOF
	}
	return resp, resp.ReadFrom(answer[head:])
}
