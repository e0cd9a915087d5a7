package topics

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	crand "crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
)

// TestDurable: topics, records, transactions and fencing outlive the broker.
func TestDurable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ctx := bounded(t)
	var last int16
	for round := range 3 {
		e, err := StartEmbedded(EmbeddedConfig{Dir: dir, SyncWrites: round == 1})
		if err != nil {
			t.Fatal(err)
		}
		c, err := Connect(ctx, Config{Brokers: e.Brokers(), Prefix: "d."})
		if err != nil {
			t.Fatal(err)
		}
		created, err := c.Create(ctx, CreateOptions{Partitions: 2})
		if err != nil || (len(created) == 0) != (round > 0) {
			t.Fatalf("round %d created %d topics, %v", round, len(created), err)
		}
		if got, err := c.Check(ctx, CheckOptions{}); err != nil || len(got.Differences) != 0 {
			t.Errorf("round %d: %v, %v", round, got.Differences, err)
		}
		w := c.NewTxnWriter(TxnConfig{TransactionalID: "task"})
		if err := w.Init(ctx); err != nil {
			t.Fatal(err)
		}
		_, epoch := w.Epoch()
		if round > 0 && epoch <= last {
			t.Errorf("round %d: epoch %d after %d", round, epoch, last)
		}
		last = epoch
		begin(t, w)
		produce(t, w, Out{Topic: Violations, Value: []byte("kept")})
		if err := w.Commit(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := c.NewProducer(ProducerConfig{}).
			Produce(ctx, []Out{{Topic: Notices, Value: []byte("kept")}}); err != nil {
			t.Fatal(err)
		}
		begin(t, w)
		produce(t, w, Out{Topic: Violations, Value: []byte("open when the broker stops")})
		f := c.NewFetcher(FetchOptions{})
		got := readTo(t, f, Position{Violations, 0, 0}, endOf(t, c, Violations, 0, LastStable))
		for _, r := range got {
			if r.value != "kept" {
				t.Errorf("round %d read %+v", round, r)
			}
		}
		if len(got) != round+1 {
			t.Errorf("round %d: %d records", round, len(got))
		}
		notices := readTo(t, f, Position{Notices, 0, 0}, int64(round+1))
		for _, r := range notices {
			if !r.append {
				t.Errorf("round %d: a time that is not the broker's", round)
			}
		}
		c.Close()
		e.Close()
	}
}

// TestForeignClient: another client reads what ours wrote, and ours what that
// one wrote, with the same partitioning and the broker's time.
func TestForeignClient(t *testing.T) {
	e := embedded(t, EmbeddedConfig{})
	c := connect(t, e)
	ctx := bounded(t)
	if _, err := c.Create(ctx, CreateOptions{Partitions: 3}); err != nil {
		t.Fatal(err)
	}
	other, err := kgo.NewClient(kgo.SeedBrokers(e.Brokers()...), kgo.ConsumeTopics(c.Full(Violations)),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.RecordPartitioner(kgo.StickyKeyPartitioner(nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	before := time.Now().UnixMilli()
	res := other.ProduceSync(ctx, &kgo.Record{Topic: c.Full(Notices), Key: []byte("person"), Value: []byte("theirs"),
		Timestamp: time.UnixMilli(5), Headers: []kgo.RecordHeader{{Key: "h", Value: []byte("x")}}})
	if err := res.FirstErr(); err != nil {
		t.Fatal(err)
	}
	got := readTo(t, c.NewFetcher(FetchOptions{}), Position{Notices, Partition([]byte("person"), 3), 0}, 1)
	if len(got) != 1 || got[0].value != "theirs" || got[0].ts < before || !got[0].append || got[0].headers["h"] != "x" {
		t.Errorf("ours read %+v", got)
	}
	w := c.NewTxnWriter(TxnConfig{TransactionalID: "x", Compression: Zstd})
	if err := w.Init(ctx); err != nil {
		t.Fatal(err)
	}
	value := strings.Repeat("ours", 1000)
	for _, commit := range []bool{false, true} {
		begin(t, w)
		produce(t, w, Out{Topic: Violations, Partition: 2, Value: []byte(value),
			Headers: []Header{{"revision", []byte("1")}}})
		end := w.Abort
		if commit {
			end = w.Commit
		}
		if err := end(ctx); err != nil {
			t.Fatal(err)
		}
	}
	fetches := other.PollFetches(ctx)
	if err := fetches.Err(); err != nil || fetches.NumRecords() != 1 {
		t.Fatalf("theirs read %d records, %v", fetches.NumRecords(), err)
	}
	r := fetches.Records()[0]
	if string(r.Value) != value || r.Partition != 2 || len(r.Headers) != 1 || r.Headers[0].Key != "revision" {
		t.Errorf("theirs read partition %d, %d bytes, headers %v", r.Partition, len(r.Value), r.Headers)
	}
}

func TestPortIsTaken(t *testing.T) {
	e := embedded(t, EmbeddedConfig{})
	if other, err := StartEmbedded(EmbeddedConfig{Ports: []int{e.Port()}}); err == nil {
		other.Close()
		t.Error("two brokers on one port")
	}
	if !strings.HasPrefix(e.Brokers()[0], "127.0.0.1:") {
		t.Errorf("listens on %s and not on loopback alone", e.Brokers()[0])
	}
}

func TestSASL(t *testing.T) {
	t.Parallel()
	for _, mech := range []string{"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"} {
		t.Run(mech, func(t *testing.T) {
			t.Parallel()
			e := embedded(t, EmbeddedConfig{Extra: []kfake.Opt{kfake.EnableSASL(), kfake.Superuser(mech, "user", "secret")}})
			cfg := Config{Brokers: e.Brokers(), GiveUpAfter: 5 * time.Second,
				SASL: SASL{Mechanism: mech, Username: "user", Password: "secret"}}
			c, err := Connect(bounded(t), cfg)
			if err != nil {
				t.Fatal(err)
			}
			c.Close()
			cfg.SASL.Password = "wrong"
			cfg.GiveUpAfter = 3 * time.Second // long enough for an attempt on a busy machine
			_, err = Connect(bounded(t), cfg)
			// Kafka says what is wrong; this broker only closes the connection.
			if !errors.Is(err, ErrGaveUp) || !strings.Contains(err.Error(), "check the user name and password") {
				t.Errorf("with a wrong password: %v", err)
			}
			if err != nil && (strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "wrong")) {
				t.Errorf("the error shows a password: %v", err)
			}
		})
	}
}

func TestTLS(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), crand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(crand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	e := embedded(t, EmbeddedConfig{Extra: []kfake.Opt{kfake.TLS(&tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
	})}})
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	c, err := Connect(bounded(t), Config{Brokers: e.Brokers(), TLS: &tls.Config{RootCAs: roots}})
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	start := time.Now()
	if _, err := Connect(bounded(t), Config{Brokers: e.Brokers(), TLS: &tls.Config{}}); !errors.Is(err, ErrFatal) ||
		time.Since(start) > 20*time.Second {
		t.Errorf("an unknown certificate: %v", err)
	}
}
