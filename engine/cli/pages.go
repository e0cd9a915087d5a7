package cli

import (
	"context"
	"crypto/tls"
	"net"
	"strings"

	pages "tilsyn/engine/console"
	"tilsyn/engine/console/access"
	"tilsyn/engine/stream"
)

// pagesFlags say who may see the pages of --listen.
type pagesFlags struct {
	InsecureLocal    bool   `group:"pages" help:"Let everybody on this machine see and fill in the pages, without a login; --listen must be a loopback address."`
	Access           string `group:"pages" placeholder:"FILE" help:"Who has which role on the pages: certificates, bearer tokens, and what the OpenID provider's claims mean (YAML)."`
	ListenCert       string `group:"pages" placeholder:"FILE" help:"Certificate of --listen, PEM; with it everything there is encrypted."`
	ListenKey        string `group:"pages" placeholder:"FILE" help:"Key of that certificate, PEM."`
	ListenClientCA   string `group:"pages" name:"listen-client-ca" placeholder:"FILE" help:"Authorities whose client certificates are accepted, PEM (mutual TLS); --access says whose roles."`
	OIDCIssuer       string `group:"pages" name:"oidc-issuer" placeholder:"URL" help:"OpenID Connect provider by which people sign in."`
	OIDCClientID     string `group:"pages" name:"oidc-client-id" placeholder:"ID" help:"What the provider knows the pages by."`
	OIDCClientSecret string `group:"pages" name:"oidc-client-secret-file" placeholder:"FILE" help:"File with the secret that goes with it."`
	PagesURL         string `group:"pages" name:"pages-url" placeholder:"URL" help:"How people reach the pages, such as https://tilsyn.example; the provider sends them back there."`
}

// any reports whether pages are asked for.
func (f *pagesFlags) any() bool { return f.InsecureLocal || f.Access != "" || f.OIDCIssuer != "" }

// serve sets the pages up; without a flag that lets somebody in there are none.
func (f *pagesFlags) serve(c *console, cfg *stream.Config) error {
	if !f.any() {
		if f.ListenCert != "" || f.ListenKey != "" || f.ListenClientCA != "" {
			return wrong("--listen-cert, --listen-key and --listen-client-ca need --access FILE or --oidc-issuer URL: " +
				"without, nobody has a role on the pages")
		}
		return nil
	}
	if cfg.Listen == "" {
		return wrong("--insecure-local, --access and --oidc-issuer need --listen HOST:PORT: the pages are served there")
	}
	guard, err := f.guard(c.ctx, cfg)
	if err != nil {
		return err
	}
	shown, err := pages.New(pages.Config{Guard: guard})
	if err != nil {
		return err
	}
	cfg.Pages = shownPages{shown}
	return nil
}

// guard says who may come in.
func (f *pagesFlags) guard(ctx context.Context, cfg *stream.Config) (*access.Guard, error) {
	if f.InsecureLocal {
		if f.Access != "" || f.OIDCIssuer != "" || f.ListenCert != "" {
			return nil, wrong("--insecure-local lets everybody in: leave it out where --access, --oidc-issuer or " +
				"--listen-cert is given")
		}
		host, _, err := net.SplitHostPort(cfg.Listen)
		if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return nil, wrong("--insecure-local: --listen %s can be reached from other machines; listen on 127.0.0.1, "+
				"or let people sign in", cfg.Listen)
		}
		return &access.Guard{Local: true}, nil
	}
	g := &access.Guard{List: &access.List{}}
	if f.Access != "" {
		text, err := readFile("--access", f.Access)
		if err != nil {
			return nil, err
		}
		if g.List, err = access.ParseList(text); err != nil {
			return nil, wrong("--access %s: %w", f.Access, err)
		}
	}
	var err error
	if cfg.ListenTLS, err = f.tls(); err != nil {
		return nil, err
	}
	if f.OIDCIssuer != "" {
		if g.OIDC, err = f.oidc(ctx, g.List.OIDC); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// tls reads the certificates of --listen.
func (f *pagesFlags) tls() (*tls.Config, error) {
	if f.ListenCert == "" || f.ListenKey == "" {
		return nil, wrong("--access and --oidc-issuer need --listen-cert FILE and --listen-key FILE: " +
			"tokens and pages about people are not sent in the clear")
	}
	cert, err := tls.LoadX509KeyPair(f.ListenCert, f.ListenKey)
	if err != nil {
		return nil, wrong("--listen-cert %s, --listen-key %s: %w", f.ListenCert, f.ListenKey, err)
	}
	var authorities []byte
	if f.ListenClientCA != "" {
		if authorities, err = readFile("--listen-client-ca", f.ListenClientCA); err != nil {
			return nil, err
		}
	}
	cfg, err := access.ServerTLS(cert, authorities)
	if err != nil {
		return nil, wrong("--listen-client-ca %s: %w", f.ListenClientCA, err)
	}
	return cfg, nil
}

// oidc asks the provider where it is to be found.
func (f *pagesFlags) oidc(ctx context.Context, claims access.Claims) (*access.OIDC, error) {
	if f.OIDCClientID == "" || f.PagesURL == "" {
		return nil, wrong("--oidc-issuer needs --oidc-client-id ID and --pages-url URL")
	}
	if claims.Claim == "" {
		claims.Claim = "roles"
	}
	cfg := access.OIDCConfig{Issuer: f.OIDCIssuer, ClientID: f.OIDCClientID, Address: strings.TrimSuffix(f.PagesURL, "/"),
		Claims: claims}
	if f.OIDCClientSecret != "" {
		secret, err := readFile("--oidc-client-secret-file", f.OIDCClientSecret)
		if err != nil {
			return nil, err
		}
		cfg.ClientSecret = strings.TrimSpace(string(secret))
	}
	return access.NewOIDC(ctx, cfg)
}

// shownPages are the pages beside an engine.
type shownPages struct{ *pages.Console }

// Follow implements stream.Pages.
func (p shownPages) Follow(ctx context.Context, s stream.Sight) error {
	return p.Console.Follow(ctx, pages.Engine{Kafka: s.Kafka, Schemas: s.Schemas, Dir: s.DataDir, Key: s.Key, Now: s.Now,
		Trust: s.Trust,
		World: func() (pages.World, bool) {
			p, ok := s.World()
			return pages.World{Centres: p.Centres, Policies: p.Policies, Feeds: p.Feeds}, ok
		},
		Health: func() any { return s.Health() }, Log: s.Log})
}
