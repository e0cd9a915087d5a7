package topics

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/apiversions"
	"github.com/segmentio/kafka-go/protocol/saslauthenticate"
	"github.com/segmentio/kafka-go/protocol/saslhandshake"
	"github.com/segmentio/kafka-go/sasl"
)

// maxResponseBytes bounds the claimed size of a response. A fetch asks for far less, but the
// broker sends at least one whole batch.
const maxResponseBytes = 256 << 20

// conn is one connection to one broker; it carries one request at a time.
type conn struct {
	pc       *protocol.Conn
	addr     string
	clientID string
	seq      int32                            // correlation id of the last request
	limits   map[protocol.ApiKey]versionRange // versions that the broker knows
	// anonymous is true until the first answer on a connection without SASL.
	anonymous bool
	// principal is who we said to be, as the brokers name it unless they have a rule of their own.
	principal string
	// expires is when the broker ends the connection unless it is authenticated again (KIP-368); zero:
	// never. It is used no more a little before.
	expires time.Time
}

// versionRange is the range of versions of a request that a broker offers.
type versionRange struct{ low, high int16 }

// dial connects, encrypts, negotiates versions and authenticates.
func dial(ctx context.Context, cfg *Config, addr string) (_ *conn, err error) {
	ctx, cancel := context.WithTimeout(ctx, cfg.DialTimeout)
	defer cancel()
	secure, login, err := cfg.login()
	if err != nil {
		return nil, err
	}
	mech, err := login.mechanism()
	if err != nil {
		return nil, err
	}
	nc, err := cfg.dialer(ctx, addr)
	if err != nil {
		return nil, err
	}
	if secure != nil {
		nc, err = encrypt(ctx, nc, secure, addr)
		if err != nil {
			return nil, err
		}
	}
	c := &conn{pc: protocol.NewConn(nc, cfg.ClientID), addr: addr, clientID: cfg.ClientID,
		principal: principal(secure, login)}
	defer func() {
		if err != nil {
			c.close()
		}
	}()
	if err = c.negotiate(ctx); err != nil {
		return nil, fmt.Errorf("%s: asking for the versions: %w", addr, refusedByTLS(err))
	}
	if c.anonymous = mech == nil; !c.anonymous {
		if err = c.authenticate(ctx, mech); err != nil {
			return nil, fmt.Errorf("%s: %w", addr, err)
		}
	}
	return c, nil
}

// encrypt does the TLS handshake.
func encrypt(ctx context.Context, nc net.Conn, cfg *tls.Config, addr string) (net.Conn, error) {
	if cfg.ServerName == "" {
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, err
		}
		cfg = cfg.Clone()
		cfg.ServerName = host
	}
	tc := tls.Client(nc, cfg)
	if err := tc.HandshakeContext(ctx); err != nil {
		_ = nc.Close()
		var cert *tls.CertificateVerificationError
		if errors.As(err, &cert) {
			return nil, fmt.Errorf("%s: its certificate is not trusted: %w: %w", addr, err, ErrRefused)
		}
		return nil, fmt.Errorf("%s: TLS handshake: %w", addr, refusedByTLS(err))
	}
	return tc, nil
}

// refusedByTLS makes it a final error if the broker does not accept our certificate or requires
// one. With TLS 1.3 that shows only in the first answer.
func refusedByTLS(err error) error {
	var said *net.OpError
	if errors.As(err, &said) && said.Op == "remote error" && strings.Contains(said.Err.Error(), "certificate") {
		return fmt.Errorf("the broker refuses our certificate, or wants one: %w: %w", err, ErrRefused)
	}
	return err
}

// negotiate asks for the versions that the broker offers.
func (c *conn) negotiate(ctx context.Context) error {
	msg, err := c.call(ctx, &apiversions.Request{})
	if err != nil {
		return err
	}
	res, ok := msg.(*apiversions.Response)
	if !ok {
		return errors.New("the answer is not that of a Kafka broker")
	}
	if res.ErrorCode != 0 {
		return &CodeError{Code: Code(res.ErrorCode), Op: "ApiVersions", Partition: -1}
	}
	versions := make(map[protocol.ApiKey]int16, len(res.ApiKeys))
	c.limits = make(map[protocol.ApiKey]versionRange, len(res.ApiKeys))
	for _, k := range res.ApiKeys {
		key := protocol.ApiKey(k.ApiKey)
		versions[key] = key.SelectVersion(k.MinVersion, k.MaxVersion)
		c.limits[key] = versionRange{k.MinVersion, k.MaxVersion}
	}
	c.pc.SetVersions(versions)
	return nil
}

// authenticate does the SASL exchange.
func (c *conn) authenticate(ctx context.Context, mech sasl.Mechanism) error {
	host, portText, err := net.SplitHostPort(c.addr)
	if err != nil {
		return err
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		return err
	}
	msg, err := c.call(ctx, &saslhandshake.Request{Mechanism: mech.Name()})
	if err != nil {
		return fmt.Errorf("SASL handshake: %w", err)
	}
	if hs, ok := msg.(*saslhandshake.Response); ok && hs.ErrorCode != 0 {
		return fmt.Errorf("the broker does not offer SASL mechanism %s, only %v: %w", mech.Name(), hs.Mechanisms, ErrRefused)
	}
	session, state, err := mech.Start(sasl.WithMetadata(ctx, &sasl.Metadata{Host: host, Port: port}))
	if err != nil {
		return fmt.Errorf("SASL %s: %w", mech.Name(), err)
	}
	if b, ok := session.(*bearer); ok {
		c.principal = b.principal
	}
	refused, check := secretOf(mech)
	began := time.Now()
	for done := false; !done; {
		msg, err := c.call(ctx, &saslauthenticate.Request{AuthBytes: state})
		if err != nil {
			// Some brokers refuse by closing the connection, but so does one that is stopping: not fatal.
			return fmt.Errorf("SASL %s: the broker closed the connection, check the %s: %w", mech.Name(), check, err)
		}
		res, ok := msg.(*saslauthenticate.Response)
		if !ok || res.ErrorCode != 0 {
			return fmt.Errorf("SASL %s: the broker refused the %s: %w", mech.Name(), refused, ErrRefused)
		}
		if done, state, err = session.Next(ctx, res.AuthBytes); err != nil {
			return fmt.Errorf("SASL %s: %w: %w", mech.Name(), err, ErrRefused)
		}
		if held := time.Duration(res.SessionLifetimeMs) * time.Millisecond; held > 0 {
			c.expires = began.Add(held - held/8)
		}
	}
	return nil
}

// guard applies the context's deadline and cancellation to the connection for one call.
func (c *conn) guard(ctx context.Context) (release func()) {
	if d, ok := ctx.Deadline(); ok {
		_ = c.pc.SetDeadline(d)
	} else {
		_ = c.pc.SetDeadline(time.Time{})
	}
	stop := context.AfterFunc(ctx, func() { _ = c.pc.SetDeadline(time.Unix(1, 0)) })
	return func() { stop() }
}

// call sends a message of the protocol package and waits for the answer.
func (c *conn) call(ctx context.Context, req protocol.Message) (protocol.Message, error) {
	if c.limits != nil {
		r, ok := c.limits[req.ApiKey()]
		if !ok || r.low > req.ApiKey().MaxVersion() || r.high < req.ApiKey().MinVersion() {
			return nil, fmt.Errorf("%s: the broker does not offer a usable version of %s: %w", c.addr, req.ApiKey(), ErrFatal)
		}
	}
	release := c.guard(ctx)
	defer release()
	res, err := c.pc.RoundTrip(req)
	switch {
	case err == nil:
		c.anonymous = false
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case c.anonymous && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)):
		err = fmt.Errorf("the broker hung up at the first request, as one does that wants SASL: %w", err)
	}
	return res, err
}

// callRaw sends a request that this package encodes itself and returns the body of the answer in
// buf, grown if needed. frame must begin as newFrame left it.
func (c *conn) callRaw(ctx context.Context, key protocol.ApiKey, version int16, frame, buf []byte) ([]byte, error) {
	if r, ok := c.limits[key]; !ok || version < r.low || version > r.high {
		return buf, fmt.Errorf("%s: the broker offers versions %d to %d of %s and not %d: %w",
			c.addr, r.low, r.high, key, version, ErrFatal)
	}
	release := c.guard(ctx)
	defer release()
	// The protocol package numbers its own requests from 1; ours are negative.
	c.seq--
	binary.BigEndian.PutUint32(frame, uint32(len(frame)-4))
	binary.BigEndian.PutUint16(frame[4:], uint16(key))
	binary.BigEndian.PutUint16(frame[6:], uint16(version))
	binary.BigEndian.PutUint32(frame[8:], uint32(c.seq))
	buf, err := c.exchange(frame, buf)
	if err != nil && ctx.Err() != nil {
		return buf, ctx.Err()
	}
	return buf, err
}

// exchange writes a frame and reads the answer.
func (c *conn) exchange(frame, buf []byte) ([]byte, error) {
	if _, err := c.pc.Write(frame); err != nil {
		return buf, err
	}
	var head [8]byte
	if _, err := io.ReadFull(c.pc, head[:]); err != nil {
		return buf, err
	}
	size := int(int32(binary.BigEndian.Uint32(head[:]))) - 4
	if size < 0 || size > maxResponseBytes {
		return buf, fmt.Errorf("%s: an answer claims %d bytes", c.addr, size)
	}
	if got := int32(binary.BigEndian.Uint32(head[4:])); got != c.seq {
		return buf, fmt.Errorf("%s: the answer belongs to another request", c.addr)
	}
	if cap(buf) < size {
		buf = make([]byte, size+size/8) // the next one may be a little larger
	}
	buf = buf[:size]
	_, err := io.ReadFull(c.pc, buf)
	return buf, err
}

func (c *conn) close() { _ = c.pc.Close() }

// newFrame begins a request frame: room for size, key, version and number, then the client id.
func (c *conn) newFrame(dst []byte) []byte {
	dst = append(dst[:0], make([]byte, 12)...)
	return appendString(dst, c.clientID)
}
