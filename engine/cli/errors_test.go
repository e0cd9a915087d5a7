package cli

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestErrors pins what users read when something is wrong, and the exit
// statuses.
func TestErrors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	notice := func(fields string) string {
		return `{"topic":"notices","value":{"id":"n1","received_at":"2026-02-03T20:00:00Z"` + fields + "}}\n"
	}
	files := map[string]string{
		"empty.jsonl":      "",
		"hold.jsonl":       `{"topic":"holds","value":{"id":"h1","received_at":"2026-02-03T20:00:00Z","hold_id":"h","person_id":"p","kind":"CUSTODY","valid_from":"2026-02-03T20:00:00Z"}}` + "\n",
		"text.jsonl":       "\n\nhello\n",
		"packed.jsonl":     "\x1f\x8b\x08\x00",
		"wide.jsonl":       "\xff\xfe{\x00",
		"wide2.jsonl":      "{\x00\"\x00t\x00",
		"pretty.jsonl":     "{\n  \"topic\": \"holds\",\n  \"value\": {}\n}\n",
		"list.jsonl":       "[\n  {\"topic\": \"holds\"}\n]\n",
		"list1.jsonl":      "[{\"topic\": \"holds\"}]\n",
		"cut.jsonl":        `{"topic":"holds","value":{"id":"h1"`,
		"array.jsonl":      "[]\n",
		"topicless.jsonl":  `{"value":{}}` + "\n",
		"topic.jsonl":      `{"topic":"nonsense","value":{}}` + "\n",
		"output.jsonl":     `{"topic":"data-quality","value":{"id":"x","code":"SEQ_GAP","subject":"x","from":"2026-02-03T20:00:00Z","detail":[]}}` + "\n",
		"missing.jsonl":    notice(""),
		"typo.jsonl":       notice(`,"persn_id":"p"`),
		"symbol.jsonl":     strings.Replace(notice(`,"person_id":"p","centre_id":"KH","local_time":"2026-02-03T20:00","channel":"X"`), "X", "FAX", 1),
		"time.jsonl":       `{"topic":"notices","value":{"id":"n1","received_at":"yesterday"}}` + "\n",
		"card.avro":        "Obj\x01",
		"card-events.avro": "Obj\x01\x02",
		"policy.yaml":      "parameters:\n  report.graze: PT15M\n",
		"night.yaml":       "night:\n  start: \"22:00\"\n",
		"config.yaml":      "replay:\n  as-off: x\n",
		"broken.yaml":      "replay: [\n",
		"value.yaml":       "log-level: warn\nreplay:\n  memory: 512\n",
		"section.yaml":     "log-level: warn\nreplay: fast\n",
		"list.yaml":        "replay:\n  said: [a, b]\n",
		"number.yaml":      "topics:\n  create:\n    partitions: many\n",
		"whence.yaml":      "version: mine-1\nreport.grace: PT15M\nparameters:\n  emit.grace:\n    - value: PT0S\n",
		"schema.avsc":      "{}",
		"blank.yaml":       "version: mine-2\nreport.grace: {value: PT15M, source: \" \"}\nemit.grace: {value: PT0S, source: \"order 7 \"}\n",
		"wide.yaml":        "v\x00e\x00r\x00s\x00",
		"packed.yaml.gz":   "\x1f\x8b\x08\x00",
		"packed.zst":       "\x28\xb5\x2f\xfd\x00",
		"keys.yaml":        "run:\n  data_dir: x\n",
		"both.yaml":        "brokers: 127.0.0.1:1\nembedded: e\n",
	}
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
	}
	var got strings.Builder
	for _, line := range []string{
		"replay",
		"replay missing-file.jsonl",
		"replay .",
		"replay - -",
		"replay empty.jsonl",
		"replay --as-of 2026-02-05T00:00:00Z empty.jsonl",
		"replay text.jsonl",
		"replay packed.jsonl",
		"replay --skip-bad bad packed.jsonl",
		"replay wide.jsonl",
		"replay wide2.jsonl",
		"replay pretty.jsonl",
		"replay list.jsonl",
		"replay list1.jsonl",
		"replay --said packed.jsonl hold.jsonl",
		"replay hold.jsonl cut.jsonl",
		"replay array.jsonl",
		"replay topicless.jsonl",
		"replay topic.jsonl",
		"replay output.jsonl",
		"replay missing.jsonl",
		"replay typo.jsonl",
		"replay symbol.jsonl",
		"replay time.jsonl",
		"replay card.avro",
		"replay card-events.avro",
		"replay --as-of tomorrow hold.jsonl",
		"replay --as-of 2026-02-05T00:00:00Z --as-of 2026-02-04T00:00:00Z hold.jsonl",
		"replay --as-of 2030-02-05T00:00:00Z hold.jsonl",
		"replay --as-of 2030-02-05T00:00:00Z --yes hold.jsonl",
		"replay --summaries x hold.jsonl",
		"replay --recalls x hold.jsonl",
		"replay --outcomes x --data-quality x hold.jsonl",
		"replay --outcomes hold.jsonl hold.jsonl",
		"replay --outcomes nowhere/x hold.jsonl",
		"replay --said hold.jsonl hold.jsonl",
		"replay --said missing-file.jsonl hold.jsonl",
		"replay --policy missing-file.yaml hold.jsonl",
		"replay --policy policy.yaml hold.jsonl",
		"replay --policy night.yaml hold.jsonl",
		"replay --policy policy.yaml@noon hold.jsonl",
		"replay --memory 0 hold.jsonl",
		"replay --config config.yaml hold.jsonl",
		"replay --config broken.yaml hold.jsonl",
		"replay --config value.yaml hold.jsonl",
		"replay --config section.yaml hold.jsonl",
		"replay --config list.yaml hold.jsonl",
		"topics create --brokers 127.0.0.1:1 --config number.yaml",
		"TILSYN_CONFIG=config.yaml replay hold.jsonl",
		"TILSYN_MEMORY=512 replay hold.jsonl",
		"TILSYN_MEMORY=512MiB replay hold.jsonl",
		"TILSYN_MEMORY=16MiB run --data-dir d --brokers 127.0.0.1:1",
		"TILSYN_PARTITIONS=many topics create --brokers 127.0.0.1:1",
		"replay --config missing-file.yaml hold.jsonl",
		"replay --nonsense hold.jsonl",
		"nonsense",
		"policy check policy.yaml night.yaml",
		"policy check empty.jsonl",
		"policy check whence.yaml",
		"policy activate whence.yaml --by me",
		"policy check blank.yaml",
		"policy check wide.yaml",
		"policy check packed.yaml.gz",
		"policy show --policy packed.zst",
		"policy activate whence.yaml --by -",
		"policy retract mine-1",
		"TILSYN_POLICY=x.yaml policy show --active --brokers 127.0.0.1:1",
		"version --config packed.yaml.gz",
		"version --config wide.yaml",
		"version --config keys.yaml",
		"TILSYN_BROKERS=127.0.0.1:1 run --data-dir d --embedded e",
		"run --data-dir d --config both.yaml",
		"run --data-dir d --embedded d",
		"run --data-dir . --embedded e",
		"run --data-dir d --embedded .",
		"run --data-dir d --embedded e --listen 127.0.0.1",
		"run --data-dir hold.jsonl/d --embedded e",
		"TILSYN_SASL_USERNAME=me topics check --brokers 127.0.0.1:1",
		"schemas check wide.yaml",
		"topics check --brokers 127.0.0.1:1 --tls-cert packed.zst --tls-key wide.yaml",
		"policy show --active",
		"policy show --active --yaml",
		"policy show --on 2026-13-01",
		"schemas show nonsense",
		"schemas check schema.avsc",
		"schemas check missing-file.avsc",
		"topics check",
		"topics check --brokers nohost",
		"topics check --brokers 127.0.0.1:1 --give-up-after 0s",
		"topics check --brokers 127.0.0.1:1 --sasl-username me",
		"topics check --brokers 127.0.0.1:1 --tls-cert x",
		"topics check --brokers 127.0.0.1:1 --tls-ca policy.yaml",
		"topics create --brokers 127.0.0.1:1 --partitions 0",
		"tail nonsense",
		"load",
		"simulate",
		"simulate --dir hold.jsonl",
		"simulate --dir x --days 0",
		"simulate --dir x --persons 100000 --days 400",
		"simulate --dir x --start 2026-02-02 --until 2020-01-01T00:00:00Z",
		"simulate --dir x --lose KH",
		"simulate --dir x --lose XX,2026-02-06T11:00:00Z,2026-02-06T20:00:00Z,60",
		"simulate --dir x --duplicate 2",
		"simulate --dir x --delay-max -3h",
		"simulate x",
		"load --brokers 127.0.0.1:1 missing-file.jsonl",
		"load --brokers 127.0.0.1:1 .",
		"load --brokers 127.0.0.1:99999 hold.jsonl",
		"load --brokers 127.0.0.1:1,, hold.jsonl",
		"load --brokers 127.0.0.1:1 --topic-prefix a/b hold.jsonl",
		"load --brokers 127.0.0.1:1 --give-up-after 60 hold.jsonl",
		"load --brokers 127.0.0.1:1 --sasl-mechanism NONE --sasl-username me --sasl-password x hold.jsonl",
		"tail",
		"tail violations extra",
		"tail tilsyn.violation",
		"tail violations --exit-at-end=maybe",
		"topics",
		"topics chek",
		"topics check extra",
		"topics check --tls-server-name",
		"schemas check hold.jsonl",
		"verify --as-of yesterday",
		"verify --history-floor 2026-02-30",
		"verify",
		"state backup",
		"state backup --data-dir missing --to monday.bak",
		"state backup --data-dir missing --to hold.jsonl",
		"state backup --data-dir missing --to missing/x",
		"state backup --data-dir missing --to monday.bak --since hold.jsonl",
		"state restore --data-dir new missing-file",
		"state restore --data-dir . hold.jsonl",
		"state inspect --data-dir hold.jsonl",
		"state list",
		"policy show --policy .",
		"policy diff",
		"policy activate blank.yaml --by me",
		"policy activate policy.yaml",
		"run --data-dir d --brokers 127.0.0.1:1 --embedded-port 7000",
		"run --data-dir d --brokers 127.0.0.1:1 --pprof",
		"run --data-dir d --embedded e --embedded-port 70000",
	} {
		args := strings.Fields(line)
		first := slices.IndexFunc(args, func(a string) bool { return !strings.HasPrefix(a, "TILSYN_") })
		r := program{dir: dir, env: args[:first]}.run(t, args[first:]...)
		shown := strings.Join(append(append(slices.Clone(args[:first]), "tilsyn"), args[first:]...), " ")
		fmt.Fprintf(&got, "$ %s\n%s%sexit status %d\n\n", shown, r.stdout, r.stderr, r.status)
	}
	golden(t, "errors.txt", strings.ReplaceAll(got.String(), dir, "DIR"))
}

// TestNoBroker: a broker that does not answer is waited for, and given up with
// status 3.
func TestNoBroker(t *testing.T) {
	t.Parallel()
	r := program{}.run(t, "topics", "check", "--brokers", "127.0.0.1:1", "--give-up-after", "1500ms")
	if r.status != 3 || !strings.Contains(r.stderr, "waiting for") || !strings.Contains(r.stderr, "gave up") {
		t.Fatalf("status %d, stderr %s", r.status, r.stderr)
	}
}
