package cli

import (
	"bytes"
	"context"
	"crypto/tls"
	"path/filepath"
	"strings"

	"tilsyn/engine/stream"
	"tilsyn/schemas"
	"tilsyn/schemas/registry"
)

// registryFlags say which schema registry has the schemas of the values in the topics (contract §1); none: values
// are in the single-object frame.
type registryFlags struct {
	SchemaRegistry             []string `name:"schema-registry" group:"registry" placeholder:"URL,…" help:"Schema registry of the topics' values, http or https; several are tried in turn. Values are then written in its frame, and read in that or the single-object frame (default: none; a value in a registry's frame cannot be read)."`
	SchemaRegistryCA           string   `name:"schema-registry-ca" group:"registry" placeholder:"FILE" help:"Certificates of the authorities to trust for it, PEM (default: those of the system)."`
	SchemaRegistryCert         string   `name:"schema-registry-cert" group:"registry" placeholder:"FILE" help:"Own certificate for it, PEM."`
	SchemaRegistryKey          string   `name:"schema-registry-key" group:"registry" placeholder:"FILE" help:"Key of that certificate, PEM."`
	SchemaRegistryUser         string   `name:"schema-registry-user" group:"registry" placeholder:"NAME" help:"User of it (basic authentication)."`
	SchemaRegistryPasswordFile string   `name:"schema-registry-password-file" group:"registry" placeholder:"FILE" help:"File that holds the password."`
	SchemaRegistryCache        string   `name:"schema-registry-cache" group:"registry" placeholder:"FILE" help:"File that keeps the ids, so that a start needs no registry (default: none; of run: schema-registry.json in --data-dir)."`
}

// open makes a store that knows the writers' schemas, with the registry behind it; without --schema-registry
// there is none.
func (k *kafkaFlags) open(c *console) (*schemas.Store, *registry.Registry, error) {
	store := schemas.NewStore()
	f := &k.registryFlags
	if len(f.SchemaRegistry) == 0 {
		if f.SchemaRegistryCA+f.SchemaRegistryCert+f.SchemaRegistryKey+f.SchemaRegistryUser+
			f.SchemaRegistryPasswordFile != "" {
			return nil, nil, wrong("a --schema-registry flag is there and --schema-registry URL is not: give it, or leave " +
				"the others out")
		}
		return store, nil, nil
	}
	cfg := registry.Config{URLs: f.SchemaRegistry, User: f.SchemaRegistryUser, Prefix: k.TopicPrefix,
		Cache: f.SchemaRegistryCache, GiveUpAfter: k.GiveUpAfter,
		OnWait: func(text string) { c.log.Warn().Str("event", "waiting-for-registry").Msg(text) }}
	if (f.SchemaRegistryUser == "") != (f.SchemaRegistryPasswordFile == "") {
		return nil, nil, wrong("--schema-registry-user and --schema-registry-password-file go together: give both or neither")
	}
	if f.SchemaRegistryPasswordFile != "" {
		text, err := readFile("--schema-registry-password-file", f.SchemaRegistryPasswordFile)
		if err != nil {
			return nil, nil, err
		}
		cfg.Password = strings.TrimRight(string(bytes.TrimPrefix(text, byteOrderMark)), "\r\n")
	}
	var err error
	if cfg.TLS, err = f.tls(); err != nil {
		return nil, nil, err
	}
	r, err := registry.Open(cfg, store)
	return store, r, err
}

// tls reads the certificates.
func (f *registryFlags) tls() (*tls.Config, error) {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	var err error
	if cfg.RootCAs, err = authorities("--schema-registry-ca", f.SchemaRegistryCA); err != nil {
		return nil, err
	}
	if (f.SchemaRegistryCert == "") != (f.SchemaRegistryKey == "") {
		return nil, wrong("--schema-registry-cert and --schema-registry-key go together: give both or neither")
	}
	if f.SchemaRegistryCert != "" {
		pair, err := tls.LoadX509KeyPair(f.SchemaRegistryCert, f.SchemaRegistryKey)
		if err != nil {
			return nil, wrong("--schema-registry-cert %s, --schema-registry-key %s: %w", f.SchemaRegistryCert,
				f.SchemaRegistryKey, err)
		}
		cfg.Certificates = []tls.Certificate{pair}
	}
	return cfg, nil
}

// reading returns a store that reads every value of the topics.
func (k *kafkaFlags) reading(c *console) (*schemas.Store, error) {
	store, _, err := k.open(c)
	return store, err
}

// writing makes a store write the schemas of list in the registry's frame, if there is one.
func (k *kafkaFlags) writing(c *console, list ...*schemas.Schema) (*schemas.Store, error) {
	store, r, err := k.open(c)
	if err == nil && r != nil {
		err = r.Write(c.ctx, store, list...)
	}
	return store, err
}

// schemas says what an engine reads and writes values with: ids are kept in its data directory, and once it runs it
// waits for the registry without end.
func (cmd *runCmd) schemas(c *console, cfg *stream.Config) error {
	if cmd.SchemaRegistryCache == "" && len(cmd.SchemaRegistry) > 0 {
		cmd.SchemaRegistryCache = filepath.Join(cmd.DataDir, stream.SchemasFile)
	}
	store, r, err := cmd.open(c)
	if cfg.Schemas = store; err != nil || r == nil {
		return err
	}
	cfg.Prepare = func(ctx context.Context) error {
		// All of them: the pages write facts.
		err := r.Write(ctx, store, schemas.List()...)
		r.Patient()
		return err
	}
	return nil
}

// registry looks whether the schema registry answers and has our schemas.
func (x *examination) registry() error {
	if len(x.cmd.SchemaRegistry) == 0 {
		return nil
	}
	if _, err := x.cmd.writing(x.console, schemas.List()...); err != nil {
		return x.failed("schema registry", err)
	}
	x.ok("schema registry", "it has the schemas of all topics")
	return nil
}
