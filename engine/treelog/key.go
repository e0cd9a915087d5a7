package treelog

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Key signs checkpoints with Ed25519. One key serves all logs of a deployment: as the specification
// of checkpoints asks for, it signs under the name of the log (C2SP signed-note).
type Key struct {
	private ed25519.PrivateKey
}

// keyBlock is the type of the PEM block of a private key (RFC 7468, 10).
const keyBlock = "PRIVATE KEY"

// NewKey makes a key of random bytes.
func NewKey(random io.Reader) (*Key, error) {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(random, seed); err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	return &Key{ed25519.NewKeyFromSeed(seed)}, nil
}

// ParseKey reads a private key in PEM, as [Key.Encode] and `openssl genpkey -algorithm ed25519`
// write it. The error says what is wrong and holds nothing of the key.
func ParseKey(text []byte) (*Key, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != keyBlock {
		return nil, errors.New("there is no block PRIVATE KEY in it; make one with `tilsyn log key`")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("what is in its block PRIVATE KEY is no key; make one with `tilsyn log key`")
	}
	private, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, errors.New("its key is none of Ed25519; make one with `tilsyn log key`")
	}
	return &Key{private}, nil
}

// Encode is the key in PEM (PKCS #8).
func (k *Key) Encode() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(k.private)
	if err != nil {
		return nil, fmt.Errorf("a key of Ed25519: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: keyBlock, Bytes: der}), nil
}

// Public is the public key that belongs to it.
func (k *Key) Public() PublicKey { return PublicKey(k.private.Public().(ed25519.PublicKey)) }

// Name implements note.Signer for one log.
func (s *signer) Name() string { return s.verifier.Name() }

// KeyHash implements note.Signer.
func (s *signer) KeyHash() uint32 { return s.verifier.KeyHash() }

// Sign implements note.Signer.
func (s *signer) Sign(msg []byte) ([]byte, error) { return ed25519.Sign(s.key.private, msg), nil }

// signer signs under the name of one log.
type signer struct {
	key      *Key
	verifier note.Verifier
}

// signer returns the signer of a log.
func (k *Key) signer(origin string) (*signer, error) {
	v, err := k.Public().verifier(origin)
	return &signer{k, v}, err
}

// PublicKey checks the signatures of a Key.
type PublicKey ed25519.PublicKey

// ParsePublicKey reads the 32 bytes of a public key in base64, as [PublicKey.String] gives them.
func ParsePublicKey(text string) (PublicKey, error) {
	b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(b) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("%q is no public key: it is 32 bytes in base64, as `tilsyn log key` prints it", text)
	}
	return b, nil
}

// String is the key in base64.
func (p PublicKey) String() string { return base64.StdEncoding.EncodeToString(p) }

// VerifierKey is the key in the form of C2SP signed-note, for one log: what a witness is configured
// with.
func (p PublicKey) VerifierKey(origin string) (string, error) {
	return note.NewEd25519VerifierKey(origin, ed25519.PublicKey(p))
}

// verifier checks the signatures of one log.
func (p PublicKey) verifier(origin string) (note.Verifier, error) {
	text, err := p.VerifierKey(origin)
	if err != nil {
		return nil, err
	}
	return note.NewVerifier(text)
}
