package integration

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"tilsyn/integration/kafkaproc"
)

// apicurioVariable names the directory of an Apicurio Registry 2.6, the archive
// apicurio-registry-app-…-all.tar.gz of Maven Central, unpacked.
const apicurioVariable = "TILSYN_APICURIO_HOME"

// apicurio is a running Apicurio Registry: a schema registry with Confluent's protocol. It keeps everything
// in memory, speaks HTTPS alone, and lets in whom a token endpoint knows, by basic authentication.
type apicurio struct {
	*service
	// url is the address of the protocol, ca the file of the authority of its certificate.
	url, ca string
	// user may come in, with the secret in passwordFile.
	user, password, passwordFile string

	client *http.Client
}

// newApicurio starts a registry, or ends the test as kafkaproc.Missing does.
func newApicurio(t *testing.T, dir string, ours *authority) *apicurio {
	t.Helper()
	home := os.Getenv(apicurioVariable)
	if home == "" {
		kafkaproc.Missing(t, fmt.Errorf("%s is not set; .ci/run kafka fetches Apicurio Registry and sets it",
			apicurioVariable))
	}
	jars, err := filepath.Glob(filepath.Join(home, "apicurio-registry-app-*-runner.jar"))
	must(t, err)
	if len(jars) != 1 {
		kafkaproc.Missing(t, fmt.Errorf("%s=%s holds %d files apicurio-registry-app-…-runner.jar, want one; "+
			"unpack the archive again", apicurioVariable, home, len(jars)))
	}
	if _, err := exec.LookPath("java"); err != nil {
		kafkaproc.Missing(t, fmt.Errorf("there is no java; install a Java 17 runtime: %w", err))
	}
	file := func(name string) string { return filepath.Join(dir, name) }
	certificate(t, "registry", ours, file("registry.pem"), file("registry.key"))
	tokens := newTokenServer(t)
	r := &apicurio{ca: ours.file, user: "registrar", password: "8-secret-of-registrar-6",
		passwordFile: file("registry.password")}
	must(t, os.WriteFile(r.passwordFile, []byte(r.password+"\n"), 0o600))
	tokens.admit(r.user, r.password)
	r.service = serve(t, "java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx400m",
		"-Dquarkus.http.host=127.0.0.1", "-Dquarkus.http.insecure-requests=disabled", "-Dquarkus.http.ssl-port=0",
		"-Dquarkus.http.ssl.certificate.files="+file("registry.pem"),
		"-Dquarkus.http.ssl.certificate.key-files="+file("registry.key"),
		// Basic authentication: it takes user and password to the token endpoint, and believes the token.
		"-DREGISTRY_AUTH_ENABLED=true", "-DCLIENT_CREDENTIALS_BASIC_AUTH_ENABLED=true",
		"-DTOKEN_ENDPOINT="+tokens.URL+"/token", "-DREGISTRY_AUTH_URL_CONFIGURED="+tokens.URL,
		"-Dquarkus.oidc.discovery-enabled=false", "-Dquarkus.oidc.jwks-path=/keys",
		"-Dquarkus.oidc.token.issuer="+testIssuer,
		"-jar", jars[0])
	pem, err := os.ReadFile(ours.file)
	must(t, err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	r.client = &http.Client{Timeout: time.Minute,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}}
	r.url = r.listening(t) + "/apis/ccompat/v7"
	return r
}

var apicurioListens = regexp.MustCompile(`Listening on: (https://127\.0\.0\.1:\d+)`)

// listening waits until the registry takes requests.
func (r *apicurio) listening(t *testing.T) string {
	t.Helper()
	for began := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		if m := apicurioListens.FindStringSubmatch(r.text()); m != nil {
			return m[1]
		}
		if r.running(t); time.Since(began) > 3*time.Minute {
			t.Fatalf("the registry does not listen after 3 minutes:\n%s", last(r.text()))
		}
	}
}

// flags name the registry to a command of the program.
func (r *apicurio) flags() []string {
	return []string{"--schema-registry", r.url, "--schema-registry-ca", r.ca, "--schema-registry-user", r.user,
		"--schema-registry-password-file", r.passwordFile}
}

// ask sends a request as a client of the registry does, and returns the status and the answer.
func (r *apicurio) ask(t *testing.T, method, path string, body any) (int, map[string]any) {
	t.Helper()
	text, err := json.Marshal(body)
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, r.url+path, bytes.NewReader(text))
	must(t, err)
	req.SetBasicAuth(r.user, r.password)
	req.Header.Set("Content-Type", "application/vnd.schemaregistry.v1+json")
	res, err := r.client.Do(req)
	must(t, err)
	defer func() { _ = res.Body.Close() }()
	text, err = io.ReadAll(res.Body)
	must(t, err)
	var answer map[string]any
	if err := json.Unmarshal(text, &answer); err != nil {
		t.Fatalf("%s %s: status %d, %s", method, path, res.StatusCode, last(string(text)))
	}
	return res.StatusCode, answer
}
