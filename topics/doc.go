// Package topics is everything of tilsyn that touches Kafka: topic names and
// settings, the partitioner, connecting, creating and checking topics, reading
// record batches, idempotent and transactional writing, group membership, dead
// letters and the embedded broker (contract §1 to §4).
//
// What it guarantees:
//
//   - Reading is exact. A [Fetcher] with its default isolation hands out the
//     records of committed transactions and nothing else: no aborted record,
//     no control marker. Its next offset advances over compacted gaps and
//     empty batches, a checksum that does not fit and an offset that no longer
//     exists are errors and never skipped.
//   - Reading takes bounded memory, and no record that others wrote ends it. What is
//     larger than [MaxRecordBytes], and batches that cannot be unpacked, come as
//     records with a Fault; zstd windows are read up to [MaxWindowBytes].
//   - Writing is exact. Batches carry producer id, epoch and sequence, and a
//     repeated batch keeps them, so a retry stores nothing twice. A
//     [TxnWriter] commits all or nothing, and says so when it cannot know.
//   - Partitioning is that of the Java client (murmur2).
//   - Error texts and callbacks name topics, partitions, offsets and brokers,
//     never keys, values or headers.
//
// What it never does: it starts no goroutine that outlives the call that
// started it (but [Embedded] until its Close, and a [Producer]'s one send under
// way until its Flush), it keeps no wall clock in a decision about data, it
// commits nothing by itself, and it neither decodes nor judges a record's value.
//
// # Use
//
//	c, err := topics.Connect(ctx, topics.Config{Brokers: []string{"localhost:9092"}, Prefix: "tilsyn."})
//	created, err := c.Create(ctx, topics.CreateOptions{Partitions: 12})
//	found, err := c.Check(ctx, topics.CheckOptions{})       // found.Differences, found.Partitions
//
//	off, err := c.Offsets(ctx, parts, topics.LastStable)     // or Earliest, Latest, AtTime(ms)
//	f := c.NewFetcher(topics.FetchOptions{})                 // read_committed
//	got, err := f.Fetch(ctx, []topics.Position{{Topic: "card-events", Partition: 3, Offset: 17}})
//	for i := range got {
//		err = got[i].Each(func(r *topics.Record) error { … })  // r is valid until the callback returns
//		next := got[i].Next                                    // where to go on, also over gaps
//	}
//	cur := got[0].Cursor(&memory)                            // or record by record
//	for ok, err := cur.Next(); ok; ok, err = cur.Next() { … cur.At() … }
//
//	w := c.NewTxnWriter(topics.TxnConfig{TransactionalID: c.TransactionalID("tilsyn", 3)})
//	err = w.Init(ctx)                                        // fences the predecessor
//	err = w.Begin(ctx)
//	where, err := w.Produce(ctx, []topics.Out{{Topic: "violations", Partition: 3, Key: k, Value: v, Headers: h}})
//	err = w.SendOffsets(ctx, topics.GroupOffsets{…})
//	err = w.Commit(ctx)                                      // ErrFenced, ErrAbortable, ErrOutcomeUnknown, …
//
//	p := c.NewProducer(topics.ProducerConfig{})              // idempotent, not transactional
//	err = p.Add(ctx, topics.Out{Topic: "notices", Partition: topics.ByKey, Key: k, Value: v, Timestamp: ms})
//	err = p.Flush(ctx)
//
//	m := c.NewMember(topics.MemberConfig{Group: "tilsyn", InstanceID: id, Memory: kept, Save: keep})
//	a, err := m.Join(ctx)                                    // a.Partitions, a.Generation, a.MemberID
//	err = m.Heartbeat(ctx)                                   // ErrRebalance: Join again
//	err = m.Leave(ctx)                                       // only where it does not come back
//
//	b, err := topics.StartEmbedded(topics.EmbeddedConfig{Dir: dir})   // b.Brokers(), b.Close()
//
// # Files
//
//	names, partition            topics of the contract, murmur2
//	config, client, pool, conn  settings, retries, connections
//	sasl, oauthbearer, tokens   who we say to be; tokens from a file or a token endpoint
//	rights, roles, acls,
//	authorized                  what a right is, which a role needs, giving them, one's own
//	vigil                       what is waited for, and when that is told
//	wire, metadata, coordinator encoding, leaders, coordinators; topicid the ids of topics
//	errors, codes, classify,
//	permission                  what can go wrong and what it means
//	settings, admin, admin_set,
//	check                       what topics are set to; creating, setting and checking them
//	fetch, fetchwire            one request per broker, what to leave out
//	cursor                      several partitions read by turns, batch by batch
//	batch, rows, encode         record batches and their records
//	codec, lz4frame             compression; unpack, snappystream batches that are large
//	                            when unpacked
//	offsets                     ends of logs, marks of batches
//	send, producewire, producer batches under way, plain producer; spare their memory
//	txn, txnoffsets, txnid      transactions; skip lets a log go on without records
//	member, member_leave, retake group membership; groupoffsets what groups commit,
//	                            group who is in one
//	member_share, member_table  who gets what, and who had it; member_wire their encoding
//	embedded                    the broker in this process
//
// The tests run against the embedded broker, and with TILSYN_TEST_BROKERS set
// to HOST:PORT,… those that need no faults of it against that cluster.
//
// Topics are named without the prefix everywhere in this package's API; the
// client adds it ([Client.Full]).
package topics
