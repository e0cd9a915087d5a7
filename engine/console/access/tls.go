package access

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
)

// ErrNoAuthority says that a file of authorities has no certificate.
var ErrNoAuthority = errors.New("there is no certificate in it; it must be PEM")

// ServerTLS is how a listener is encrypted: with a certificate of its own, and with authorities (PEM) whose client
// certificates it accepts; none: it asks for no certificate.
//
// A client may come without a certificate, since health and metrics need none and people may sign in. One that
// comes with a certificate of another authority, or one that is over, does not get in at all.
func ServerTLS(own tls.Certificate, authorities []byte) (*tls.Config, error) {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{own}}
	if authorities == nil {
		return cfg, nil
	}
	cfg.ClientCAs = x509.NewCertPool()
	if !cfg.ClientCAs.AppendCertsFromPEM(authorities) {
		return nil, ErrNoAuthority
	}
	cfg.ClientAuth = tls.VerifyClientCertIfGiven
	return cfg, nil
}
