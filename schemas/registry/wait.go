package registry

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/twmb/franz-go/pkg/sr"
)

// ask asks until there is an answer: nil, that something is not there, or that the registry refuses. What may
// pass is waited for, at growing intervals, until Config.GiveUpAfter.
func (r *Registry) ask(ctx context.Context, what string, question func(context.Context) error) error {
	began, pause := time.Now(), r.first
	for {
		err := question(ctx)
		switch {
		case err == nil, notFound(err), errors.Is(err, ErrRefused):
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		}
		r.mu.Lock()
		forEver := r.patient || r.cfg.GiveUpAfter < 0
		r.mu.Unlock()
		if fatal(err) && !forEver {
			return fmt.Errorf("%w: asked for %s, %s answers: %w%s", ErrRefused, what, r.where, err, advice(err))
		}
		waited := time.Since(began)
		if !forEver && waited+pause > r.cfg.GiveUpAfter {
			return fmt.Errorf("%w: %s did not answer for %s when asked for %s: %w", ErrGaveUp, r.where,
				r.cfg.GiveUpAfter, what, err)
		}
		r.cfg.OnWait(fmt.Sprintf("waiting for the schema registry, asked for %s, for %s so far: %v%s", what,
			waited.Round(time.Second), err, advice(err)))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
		pause = min(2*pause, r.longest)
	}
}

// answered returns the registry's own answer in an error; nil where there was none.
func answered(err error) *sr.ResponseError {
	var e *sr.ResponseError
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// notFound reports whether the registry says that there is no such subject, version or schema.
func notFound(err error) bool {
	e := answered(err)
	return e != nil && e.StatusCode == http.StatusNotFound && e.ErrorCode >= 40401 && e.ErrorCode <= 40499
}

// fatal reports whether asking again is of no use until somebody changes something.
func fatal(err error) bool {
	var unknown x509.UnknownAuthorityError
	var verify *tls.CertificateVerificationError
	var host x509.HostnameError
	if errors.As(err, &unknown) || errors.As(err, &verify) || errors.As(err, &host) {
		return true
	}
	e := answered(err)
	return e != nil && e.StatusCode >= 400 && e.StatusCode < 500 && e.StatusCode != http.StatusRequestTimeout &&
		e.StatusCode != http.StatusTooManyRequests
}

// advice says what to do about an answer.
func advice(err error) string {
	var verify *tls.CertificateVerificationError
	e := answered(err)
	switch {
	case errors.As(err, &verify):
		return "; name the authority of its certificate (--schema-registry-ca)"
	case e == nil:
		return ""
	case e.StatusCode == http.StatusUnauthorized, e.StatusCode == http.StatusForbidden:
		return "; check the user, the password and what the user may do"
	case e.StatusCode == http.StatusNotFound:
		return "; check the path of the address"
	}
	return ""
}
