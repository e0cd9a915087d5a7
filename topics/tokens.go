package topics

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// TokenFile is a source of tokens for OAUTHBEARER that reads the file of that name for each
// connection: whoever makes the tokens puts a new one there before the old one expires. It must be
// replaced whole, by renaming. Blanks and line ends around the token are left out.
type TokenFile string

// Token reads the file.
func (f TokenFile) Token(context.Context) (string, error) {
	text, err := os.ReadFile(string(f))
	if err != nil {
		return "", fmt.Errorf("the token: %w", err)
	}
	return string(bytes.TrimSpace(text)), nil
}

// Refused does nothing: the file is read again anyway.
func (TokenFile) Refused(string) {}

// ClientCredentials say how tokens are got for OAUTHBEARER by the client credentials grant (RFC 6749
// section 4.4).
type ClientCredentials struct {
	// URL is the token endpoint.
	URL string
	// ClientID names the client, Secret returns its secret; it is asked for each token.
	ClientID string
	Secret   func() (string, error)
	// Scopes and Audience are sent where given; some servers want them.
	Scopes   []string
	Audience string
	// HTTP asks the endpoint. Default: a client that waits 10 s.
	HTTP *http.Client
}

// Tokens returns the source of tokens. It keeps a token until four fifths of its life are over, the
// secret is another one, or a broker refuses the token.
func (c ClientCredentials) Tokens() Tokens {
	if c.HTTP == nil {
		c.HTTP = &http.Client{Timeout: tokenWithin}
	}
	return &fetchedTokens{from: c}
}

// tokenWithin bounds one question to the token endpoint.
const tokenWithin = 10 * time.Second

// fetchedTokens keeps the newest token.
type fetchedTokens struct {
	from ClientCredentials

	mu     sync.Mutex
	kept   string
	until  time.Time // when another one is fetched
	secret string    // the one that it was got with
}

// Refused drops the token.
func (t *fetchedTokens) Refused(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.kept == token {
		t.kept = ""
	}
}

// Token returns the token that is kept, or asks for another one.
func (t *fetchedTokens) Token(ctx context.Context) (string, error) {
	secret, err := t.from.Secret()
	if err != nil {
		return "", err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	if t.kept != "" && now.Before(t.until) && secret == t.secret {
		return t.kept, nil
	}
	cfg := clientcredentials.Config{ClientID: t.from.ClientID, ClientSecret: secret, TokenURL: t.from.URL,
		Scopes: t.from.Scopes}
	if t.from.Audience != "" {
		cfg.EndpointParams = url.Values{"audience": {t.from.Audience}}
	}
	got, err := cfg.Token(context.WithValue(ctx, oauth2.HTTPClient, t.from.HTTP))
	if err != nil {
		return "", tokenError(t.from.URL, err)
	}
	t.kept, t.secret, t.until = got.AccessToken, secret, now
	if !got.Expiry.IsZero() {
		t.until = now.Add(got.Expiry.Sub(now) * 4 / 5)
	}
	return t.kept, nil
}

// tokenError says why there is no token, without what was sent or came back besides the code.
func tokenError(endpoint string, err error) error {
	var said *oauth2.RetrieveError
	if !errors.As(err, &said) || said.Response == nil {
		return fmt.Errorf("the token endpoint %s: %w", endpoint, err)
	}
	status := said.Response.StatusCode
	if status == http.StatusTooManyRequests || status >= 500 {
		return fmt.Errorf("the token endpoint %s answered with status %d", endpoint, status)
	}
	code := said.ErrorCode
	if code == "" {
		code = "no reason given"
	}
	return fmt.Errorf("the token endpoint %s refused the client with status %d (%s): check client id, secret, scope and "+
		"audience: %w", endpoint, status, code, ErrRefused)
}
