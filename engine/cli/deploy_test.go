package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"tilsyn/engine/duty"
)

// deployed is a container as a file for deployment describes it.
type deployed struct {
	args []string
	env  map[string]string
}

// runs wants a container's command line and environment to be what the program understands.
func (d deployed) runs(t *testing.T, where string) map[string]any {
	t.Helper()
	for name, value := range d.env {
		t.Setenv(name, value)
	}
	k, err := parseArgs(quietParser(t), d.args)
	if err != nil {
		t.Errorf("%s: tilsyn %s: %v", where, strings.Join(d.args, " "), err)
		return nil
	}
	names, values := map[string]bool{}, map[string]any{}
	for _, f := range flagsOf(k.Selected()) {
		for _, env := range f.Envs {
			names[env] = true
		}
		values[f.Name] = f.Target.Interface()
	}
	for name := range d.env {
		if !names[name] {
			t.Errorf("%s: %s is no variable of tilsyn %s", where, name, k.Selected().Path())
		}
	}
	return values
}

// readDeploy reads the documents of a file for deployment.
func readDeploy(t *testing.T, name string) (out []map[string]any) {
	t.Helper()
	d := yaml.NewDecoder(strings.NewReader(read(t, filepath.Join("..", "..", ".github", "deploy", name))))
	for {
		var doc map[string]any
		err := d.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out = append(out, doc)
	}
}

// at walks down maps and lists; the test fails where there is nothing.
func at(t *testing.T, v any, path ...any) any {
	t.Helper()
	for i, step := range path {
		var next any
		switch in := v.(type) {
		case map[string]any:
			next = in[fmt.Sprint(step)]
		case []any:
			if n, ok := step.(int); ok && n < len(in) {
				next = in[n]
			}
		}
		if v = next; v == nil {
			t.Fatalf("there is no %v", path[:i+1])
		}
	}
	return v
}

func texts(t *testing.T, v any) (out []string) {
	t.Helper()
	list, ok := v.([]any)
	if !ok {
		t.Fatalf("%v is no list", v)
	}
	for _, s := range list {
		out = append(out, fmt.Sprint(s))
	}
	return out
}

// TestComposeFile: the program understands what the services of the compose file call it with; they run as the image
// is meant to.
func TestComposeFile(t *testing.T) {
	services, ok := at(t, readDeploy(t, "compose.yaml")[0], "services").(map[string]any)
	if !ok {
		t.Fatal("there are no services")
	}
	of := 0
	for name, s := range services {
		if image := fmt.Sprint(at(t, s, "image")); image != "tilsyn:"+duty.EngineVersion {
			if strings.HasPrefix(image, "tilsyn") {
				t.Errorf("%s: the image is %s, this is version %s", name, image, duty.EngineVersion)
			}
			continue
		}
		of++
		d := deployed{args: texts(t, at(t, s, "command")), env: map[string]string{}}
		env, _ := at(t, s, "environment").(map[string]any)
		for variable, value := range env {
			d.env[variable] = fmt.Sprint(value)
		}
		d.runs(t, "compose.yaml, "+name)
		if at(t, s, "read_only") != true || !slices.Equal(texts(t, at(t, s, "cap_drop")), []string{"ALL"}) ||
			fmt.Sprint(at(t, s, "user")) != userOfImage(t) {
			t.Errorf("%s: it may write to its root, has a capability, or is another user than that of the image", name)
		}
	}
	if of != 2 {
		t.Errorf("%d services run the program, want two", of)
	}
}

// dockerfile is the last stage of the image, read line by line.
func dockerfile(t *testing.T) string {
	t.Helper()
	_, stage, ok := strings.Cut(read(t, filepath.Join("..", "..", "Dockerfile")), "\nFROM scratch\n")
	if !ok {
		t.Fatal("the Dockerfile has no stage from scratch")
	}
	return stage
}

func userOfImage(t *testing.T) string {
	t.Helper()
	_, line, _ := strings.Cut(dockerfile(t), "\nUSER ")
	user, _, _ := strings.Cut(line, "\n")
	return user
}

// TestImage: version, environment, commands and health check of the Dockerfile are those of the program.
func TestImage(t *testing.T) {
	stage := dockerfile(t)
	if want := `org.opencontainers.image.version="` + duty.EngineVersion + `"`; !strings.Contains(stage, want) {
		t.Errorf("the Dockerfile does not say %s", want)
	}
	env := map[string]string{}
	commands := 0
	for line := range strings.Lines(stage) {
		if name, value, ok := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "ENV ")), "="); ok &&
			strings.HasPrefix(line, "ENV ") {
			env[name] = value
		}
	}
	for _, m := range regexp.MustCompile(`(?m)CMD \[(.*)\]$`).FindAllStringSubmatch(stage, -1) {
		commands++
		var args []string
		for _, word := range strings.Split(m[1], ",") {
			if word = strings.Trim(word, ` "`); word != "/tilsyn" {
				args = append(args, word)
			}
		}
		deployed{args: args, env: env}.runs(t, "Dockerfile")
	}
	if commands != 2 || env["TILSYN_DATA_DIR"] == "" {
		t.Errorf("%d commands, environment %v; want the command, the health check and a data directory", commands, env)
	}
}

// TestKubernetesManifests: the engines of the StatefulSet understand their command line, environment and configuration;
// probes, ports and selectors fit; and they may do nothing that the image does not need.
func TestKubernetesManifests(t *testing.T) {
	byKind := map[string]map[string]any{}
	for _, doc := range readDeploy(t, "kubernetes.yaml") {
		byKind[fmt.Sprint(doc["kind"])] = doc
	}
	set := byKind["StatefulSet"]
	pod := at(t, set, "spec", "template", "spec")
	container := at(t, pod, "containers", 0)

	text, _ := at(t, byKind["ConfigMap"], "data", "tilsyn.yaml").(string)
	file := write(t, filepath.Join(t.TempDir(), "tilsyn.yaml"), text)
	d := deployed{env: map[string]string{}}
	for _, a := range texts(t, at(t, container, "args")) {
		if a == "/etc/tilsyn/config/tilsyn.yaml" {
			a = file
		}
		d.args = append(d.args, a)
	}
	if !slices.Contains(d.args, file) {
		t.Errorf("the engine does not read the ConfigMap: %v", d.args)
	}
	env, _ := at(t, container, "env").([]any)
	for _, e := range env {
		d.env[fmt.Sprint(at(t, e, "name"))] = fmt.Sprint(at(t, e, "value"))
	}
	values := d.runs(t, "kubernetes.yaml")
	port := fmt.Sprint(at(t, container, "ports", 0, "containerPort"))
	if !strings.HasSuffix(fmt.Sprint(values["listen"]), ":"+port) {
		t.Errorf("it listens on %v, the port of the container is %s", values["listen"], port)
	}
	for probe, path := range map[string]string{"startupProbe": "/healthz", "livenessProbe": "/healthz",
		"readinessProbe": "/readyz"} {
		if got := at(t, container, probe, "httpGet", "path"); got != path {
			t.Errorf("the %s asks %v, want %s", probe, got, path)
		}
	}
	mounts := map[string]bool{}
	list, _ := at(t, container, "volumeMounts").([]any)
	for _, m := range list {
		mounts[fmt.Sprint(at(t, m, "mountPath"))] = true
	}
	for _, flag := range []string{"data-dir", "tls-ca", "sasl-password-file"} {
		if dir := filepath.ToSlash(filepath.Dir(fmt.Sprint(values[flag]))); !mounts[dir] {
			t.Errorf("--%s %v is on no volume: they are %v", flag, values[flag], mounts)
		}
	}
	user, _, _ := strings.Cut(userOfImage(t), ":")
	for what, ok := range map[string]bool{
		"runs as the user of the image": fmt.Sprint(at(t, pod, "securityContext", "runAsUser")) == user,
		"not as root":                   at(t, pod, "securityContext", "runAsNonRoot") == true,
		"cannot write to its root":      at(t, container, "securityContext", "readOnlyRootFilesystem") == true,
		"cannot gain privileges":        at(t, container, "securityContext", "allowPrivilegeEscalation") == false,
		"has no capabilities":           texts(t, at(t, container, "securityContext", "capabilities", "drop"))[0] == "ALL",
		"has no token of the cluster":   at(t, pod, "automountServiceAccountToken") == false,
		"is of this version": at(t, container, "image") == "tilsyn:"+duty.EngineVersion &&
			at(t, set, "metadata", "labels", "app.kubernetes.io/version") == duty.EngineVersion,
		"is named by its service": at(t, set, "spec", "serviceName") == at(t, byKind["Service"], "metadata", "name"),
	} {
		if !ok {
			t.Errorf("the engine of kubernetes.yaml: it is not so that it %s", what)
		}
	}
	labels := fmt.Sprint(at(t, set, "spec", "selector", "matchLabels"))
	if labels != fmt.Sprint(at(t, byKind["PodDisruptionBudget"], "spec", "selector", "matchLabels")) ||
		labels != fmt.Sprint(at(t, byKind["NetworkPolicy"], "spec", "podSelector", "matchLabels")) {
		t.Errorf("budget and network policy are of others than the engines, %s", labels)
	}
}

// TestReleaseNotes: the version that the program says is the newest section of the changelog: released with a date,
// or named as what comes next. What is released stands in .github/releases, and has its section.
func TestReleaseNotes(t *testing.T) {
	said, _, _ := strings.Cut(strings.TrimPrefix(program{}.ok(t, "version").stdout, "tilsyn "), ",")
	said, _, _ = strings.Cut(said, " ")
	changes, err := os.ReadFile(filepath.Join("..", "..", ".github", "CHANGELOG.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, newest, _ := bytes.Cut(changes, []byte("\n## "))
	heading, _, _ := bytes.Cut(newest, []byte("\n"))
	if !regexp.MustCompile(`^(Unreleased \(` + regexp.QuoteMeta(said) + `\)|` + regexp.QuoteMeta(said) +
		` \(\d{4}-\d{2}-\d{2}\))$`).Match(heading) {
		t.Errorf("tilsyn version says %s, the newest section of the changelog is %q; name it %q, or %q", said, heading,
			"Unreleased ("+said+")", said+" (2026-01-31)")
	}
	var released []string
	for _, l := range strings.Split(read(t, filepath.Join("..", "..", ".github", "releases")), "\n") {
		if f := strings.Fields(l); len(f) == 4 && !strings.HasPrefix(l, "#") {
			released = append(released, f[0]+" ("+f[2]+")")
		}
	}
	var dated []string
	for _, m := range regexp.MustCompile(`(?m)^## (\S+ \(\d{4}-\d{2}-\d{2}\))$`).FindAllSubmatch(changes, -1) {
		dated = append(dated, string(m[1]))
	}
	if len(dated) == len(released)+1 && strings.HasPrefix(dated[0], said+" ") { // its commit is known to the next change
		dated = dated[1:]
	}
	if !slices.Equal(released, dated) {
		t.Errorf(".github/releases has %q, the changelog %q", released, dated)
	}
	// Merges put an entry into another section, or into two.
	seen := map[string]bool{}
	for _, entry := range regexp.MustCompile(`(?m)^- .{40,}`).FindAllString(string(changes), -1) {
		if seen[entry] {
			t.Errorf("the changelog has this entry twice: %s", entry)
		}
		seen[entry] = true
	}
}
