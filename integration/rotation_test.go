package integration

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRotation: certificates, secrets and tokens that are replaced are used from the next connection on,
// without a restart; and whoever was refused in between, since one side was changed before the other,
// goes on when both fit again.
func TestRotation(t *testing.T) {
	g := newGuarded(t)
	g.tokens.lives(2 * time.Second)
	file := func(name string) string { return filepath.Join(g.dir, name) }
	replace := func(name, with string) {
		t.Helper()
		text, err := os.ReadFile(with)
		must(t, err)
		must(t, os.WriteFile(file("new"), text, 0o600))
		must(t, os.Rename(file("new"), file(name)))
	}
	write := func(name, text string) {
		t.Helper()
		must(t, os.WriteFile(file("text"), []byte(text), 0o600))
		replace(name, file("text"))
	}
	replace("own.pem", g.cert)
	replace("own.key", g.key)
	ways := map[string][]string{
		"token":  g.bearer(t, "token", g.tokens.token(t, testUser, time.Hour)),
		"client": g.client(t, testUser),
		"certificate": {"--brokers", g.at.Mutual, "--tls-ca", g.ca, "--tls-cert", file("own.pem"),
			"--tls-key", file("own.key")},
	}
	admin := []string{"--brokers", g.plain}
	output(t, nil, g.program, append([]string{"topics", "create", "--partitions", "1"}, admin...)...)
	load := func() {
		t.Helper()
		output(t, nil, g.program, append([]string{"load",
			filepath.Join("..", "engine", "cli", "testdata", "one-night.jsonl")}, admin...)...)
	}
	readers := map[string]*service{}
	for name, way := range ways {
		readers[name] = serve(t, g.program, append([]string{"tail", "card-events", "--from-beginning"}, way...)...)
	}
	read := func(n int) {
		t.Helper()
		for name, r := range readers {
			await(t, r, fmt.Sprintf("%s has read %d records", name, n), func() bool {
				return strings.Count(r.text(), `"occurred_at"`) >= n
			})
		}
	}
	load()
	read(2)

	write("token", g.tokens.token(t, testUser, -time.Hour))
	g.tokens.admit(testUser, "another secret")
	replace("own.pem", g.strangeCert)
	replace("own.key", g.strangeK)
	must(t, g.broker.Stop())
	must(t, g.broker.Again(t.Context()))
	for name, says := range map[string]string{"token": "the token expired at ",
		"client": "refused the client with status 401", "certificate": "the broker refuses our certificate"} {
		await(t, readers[name], name+" says "+says, func() bool { return strings.Contains(readers[name].text(), says) })
	}

	write("token", g.tokens.token(t, testUser, time.Hour))
	write(testUser+".secret", "another secret")
	certificate(t, "client 2", g.ours, file("next.pem"), file("next.key"))
	replace("own.pem", file("next.pem"))
	replace("own.key", file("next.key"))
	load()
	read(4)
	if n := g.tokens.count(testUser); n < 2 {
		t.Errorf("the client has got %d tokens, of which none holds longer than two seconds", n)
	}
	for name, r := range readers {
		for _, secret := range []string{"another secret", "secret of " + testUser, "eyJ"} {
			if strings.Contains(r.text(), secret) {
				t.Errorf("%s: a secret or token is in what it says: %s", name, last(r.text()))
			}
		}
	}
}
