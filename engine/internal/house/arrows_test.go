package house

import (
	"go/ast"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// arrows says which rooms of the layout a room may import, besides itself. A
// room is the longest listed prefix of a package's directory.
var arrows = map[string][]string{
	"engine/duty":          {},
	"engine/duty/dutytest": {"engine/duty"},
	"engine/policy":        {"engine/duty"},
	"engine/watch":         {"engine/duty", "engine/uuid"},
	"engine/sanction":      {"engine/duty"},
	"engine/recall":        {"engine/duty"},
	"engine/affected":      {"engine/duty", "engine/recall"},

	// The lists of a suspected loss as text, in the running engine and in the command.
	"engine/affected/lines": {"engine/affected", "engine/duty"},

	"engine/control":  {"engine/duty", "engine/recall", "engine/watch"},
	"engine/explain":  {"engine/duty", "engine/policy", "engine/glossary"},
	"engine/evidence": {"engine/duty", "engine/explain", "engine/watch", "schemas"},
	"engine/internal": {},

	// Facts as people write them, for tests of the core and of the engine.
	"engine/internal/notation": {"engine/duty", "engine/policy"},

	// Writing files whole is needed on both sides and knows nothing of either.
	"engine/outfile": {},

	// Encryption of what lies on a disk knows files and no facts.
	"engine/atrest": {"engine/outfile"},

	// Assertions in tests, and in programs built for it.
	"engine/invariant": {},

	// A log of digests knows nothing of what they are of.
	"engine/treelog": {},

	// What comes twice is looked for on both sides, in constant memory.
	"engine/hashset": {},

	// The binary form of ids.
	"engine/uuid": {},

	"schemas": {"engine/duty"},
	// The client of a schema registry; nothing but the commands knows that there is one.
	"schemas/registry": {"engine/outfile", "schemas"},
	// What is written about the topics for others knows records and settings.
	"schemas/internal/reference": {"engine/duty", "schemas", "topics"},
	"topics":                     {"engine/duty"},
	// What the centres' own programs send with: records, their keys, topics and a buffer on disk.
	"topics/producer": {"engine/casefile", "engine/duty", "engine/outfile", "schemas", "topics"},
	"state":           {"engine/duty", "engine/outfile"},

	// Which key can be used and whom a record concerns is one question for run, replay, load and
	// tail, and its answer is pure.
	"engine/casefile": {"engine/duty"},

	// The rooms of the engine, from the ground up.
	"engine/stream/wire":       {"engine/duty"},
	"engine/stream/seeds":      {"engine/duty"},
	"engine/stream/broker":     {"engine/duty", "engine/stream/wire", "schemas", "topics"},
	"engine/stream/deadletter": {"engine/duty", "engine/stream/broker"},
	"engine/stream/stored":     {"engine/duty", "engine/treelog", "engine/uuid", "engine/stream/broker", "engine/casefile", "engine/stream/wire", "schemas", "state"},
	"engine/stream/testkit":    {"engine/duty", "engine/internal/notation", "engine/policy", "engine/stream/broker", "engine/stream/seeds", "engine/stream/stored", "topics"},
	"engine/stream/datadir":    {"engine/outfile", "engine/stream/broker", "state"},
	"engine/stream/register":   {"engine/duty", "engine/outfile", "engine/stream/broker", "engine/casefile", "engine/stream/datadir", "engine/stream/stored", "engine/stream/wire", "schemas"},
	"engine/stream/centres":    {"engine/duty", "engine/invariant", "engine/stream/broker", "engine/stream/deadletter", "engine/casefile", "engine/stream/datadir", "engine/stream/register", "engine/stream/stored", "engine/stream/watching", "engine/stream/wire", "engine/watch", "schemas", "topics"},
	"engine/stream/telling":    {"engine/duty"},
	"engine/stream/task":       {"engine/duty", "engine/treelog", "engine/uuid", "engine/control", "engine/sanction", "engine/invariant", "engine/outfile", "engine/stream/broker", "engine/stream/deadletter", "engine/casefile", "engine/stream/centres", "engine/stream/claims", "engine/stream/datadir", "engine/stream/recalls", "engine/stream/register", "engine/stream/spare", "engine/stream/stored", "engine/stream/telling", "engine/stream/watching", "engine/stream/watermark", "engine/stream/wire", "engine/watch", "schemas", "state", "topics"},
	"engine/stream/verify":     {"engine/duty", "engine/treelog", "engine/affected", "engine/control", "engine/recall", "engine/sanction", "engine/hashset", "engine/stream/broker", "engine/stream/deadletter", "engine/casefile", "engine/stream/centres", "engine/stream/recalls", "engine/stream/stored", "engine/stream/task", "engine/stream/telling", "engine/stream/watching", "engine/stream/watermark", "engine/watch", "schemas", "topics"},

	// A copy of a prefix without some persons is compared by verify.
	"engine/stream/erase": {"engine/duty", "engine/treelog", "engine/uuid", "engine/casefile", "engine/stream/broker", "engine/stream/claims", "engine/stream/deadletter", "engine/stream/stored", "engine/stream/task", "engine/stream/telling", "engine/stream/verify", "engine/stream/watching", "engine/stream/watermark", "schemas", "topics"},

	// What a producer sends wrong.
	"engine/stream/contact": {"engine/duty", "engine/casefile", "engine/stream/broker", "schemas", "topics"},

	// What was taken back over all partitions, and who has acknowledged it.
	"engine/stream/recalls": {"engine/duty", "engine/casefile", "engine/recall", "engine/stream/broker", "engine/stream/deadletter"},

	// Names of facts that came under two keys.
	"engine/stream/claims": {"engine/duty", "engine/stream/broker", "engine/stream/spare", "engine/stream/wire", "state"},
	"engine/stream/spare":  {},

	// What the tasks tell the one that owns the watch, and what it tells them.
	"engine/stream/watching": {"engine/duty", "engine/invariant", "engine/stream/stored", "engine/stream/wire", "engine/uuid", "engine/watch"},

	// Up to which clock everything was read, by a task and the others.
	"engine/stream/watermark": {"engine/duty", "engine/invariant", "engine/stream/broker", "engine/stream/stored"},

	"engine/stream": rules("engine/affected/lines", "engine/invariant",
		"schemas", "topics", "state", "engine/treelog", "engine/hashset", "engine/outfile",
		"engine/stream/wire", "engine/stream/broker", "engine/casefile", "engine/stream/stored",
		"engine/stream/datadir", "engine/stream/register", "engine/stream/centres", "engine/stream/telling",
		"engine/stream/recalls",
		"engine/stream/watermark", "engine/stream/task", "engine/stream/verify", "engine/stream/erase"),

	// What people watch the engine with: texts for other tools.
	"engine/observe": {},

	// What cycles take, as traces; the engine knows them only as what cli gives it.
	"engine/stream/tracing": {"engine/stream/task"},

	// What codes mean, in Danish and in English.
	"engine/glossary": {},

	// Exports of other systems as facts; reading their files is apart.
	"engine/importing":       {"engine/duty", "schemas"},
	"engine/importing/sheet": {"engine/importing"},

	"engine/replay":   rules("schemas", "engine/casefile", "engine/hashset", "engine/outfile"),
	"engine/simulate": rules("schemas", "topics", "engine/outfile"),

	// The pages read the topics by themselves; the engine knows them only as what cli gives it.
	"engine/console": {"engine/duty", "engine/policy", "engine/explain", "engine/glossary", "engine/control", "engine/casefile", "schemas", "topics"},

	"engine/cli": rules("engine/affected/lines", "engine/invariant", "engine/observe", "engine/stream/tracing", "engine/console", "engine/treelog", "schemas", "schemas/registry", "topics", "state", "engine/stream", "engine/stream/broker", "engine/casefile", "engine/stream/centres", "engine/stream/contact", "engine/stream/datadir", "engine/stream/erase", "engine/stream/task", "engine/stream/telling", "engine/stream/verify", "engine/replay", "engine/simulate", "engine/explain", "engine/evidence", "engine/outfile", "engine/importing", "engine/importing/sheet", "engine/treelog"),
	".":          {"engine/cli"},

	// Tools, benchmarks and tests against real brokers may use everything.
	"bench":       nil,
	"integration": nil,
}

// encrypting are the rooms that write facts of persons to a disk, or are told the key: they may import
// engine/atrest as well.
var encrypting = []string{"engine/stream/datadir", "engine/stream/register", "engine/stream/centres",
	"engine/stream/task", "engine/stream", "engine/cli"}

// rules are the pure packages and policy, with others.
func rules(others ...string) []string {
	return append([]string{"engine/duty", "engine/policy", "engine/watch", "engine/sanction", "engine/recall",
		"engine/affected", "engine/control"}, others...)
}

// roomOf returns the room that a directory lies in.
func roomOf(dir string) (string, bool) {
	for d := dir; ; {
		if _, ok := arrows[d]; ok {
			return d, d != "." || dir == "."
		}
		i := strings.LastIndexByte(d, '/')
		if i < 0 {
			return "", false
		}
		d = d[:i]
	}
}

func TestArrows(t *testing.T) {
	for _, s := range sources(t) {
		room, ok := roomOf(s.dir)
		if !ok {
			t.Errorf("%s: %s is no room of the layout; move the package, "+
				"or add its room and arrows to arrows_test.go with a decision record in .github/decisions", s.file, s.dir)
			continue
		}
		may := arrows[room]
		if s.test || may == nil {
			continue
		}
		for _, i := range s.syntax.Imports {
			to, ours := imported(i)
			if !ours {
				continue
			}
			target, ok := roomOf(to)
			if target == "engine/atrest" && slices.Contains(encrypting, room) {
				continue
			}
			if target != room && (!ok || !slices.Contains(may, target)) {
				t.Errorf("%s: %s must not import %s; it may import %s. Move the code to the side that may, "+
					"or pass it in as an argument or interface", s.at(i), room, to, orNothing(may))
			}
		}
	}
}

func orNothing(rooms []string) string {
	if len(rooms) == 0 {
		return "no other package of the project"
	}
	return strings.Join(rooms, ", ")
}

// imported returns the directory of an import of this module.
func imported(i *ast.ImportSpec) (dir string, ours bool) {
	p, err := strconv.Unquote(i.Path.Value)
	if err != nil {
		return "", false
	}
	if p == module {
		return ".", true
	}
	return strings.CutPrefix(p, module+"/")
}
