package house

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var edition = flag.Bool("edition", false, "take the specification that lies in ../shared over")

// Where the law stands in the repository.
const (
	lawDir      = "engine/duty/law"
	contractDir = "schemas/contract"
	// editionFile says which edition of each document the repository has: one
	// line per document, as sha256sum writes it.
	editionFile = lawDir + "/edition.txt"
)

// document is one document of the specification, which is kept outside, and
// where its text lies in the repository. It is stored once, without a change of
// a byte: the pieces in their order are the document.
type document struct {
	// origin is the document's file below ../shared.
	origin string
	// dir holds the pieces of a document that is split at its numbered headings;
	// mine recognises the names of its pieces there. In the order of their names
	// they are the document.
	dir  string
	mine *regexp.Regexp
	// width is how many digits the number of a chapter has in these names.
	width int
	// parts places the sections of a document that is split by hand: each begins
	// with its heading ("" for what stands before the first) and goes on to the
	// next one of the list.
	parts []part
	// file is where a document lies that is not split; a name that ends in .gz is
	// compressed.
	file string
}

// part is one section of a document that is split by hand.
type part struct{ heading, file string }

// documents are all that the repository has of the specification.
var documents = []document{
	{origin: "spec/domain.md", dir: lawDir, mine: regexp.MustCompile(`^([0-9]{2}|annex-)[a-z0-9.-]*\.md$`), width: 2},
	{origin: "spec/contract.md", dir: contractDir, mine: regexp.MustCompile(`^[1-6]-.*\.md$`), width: 1},
	{origin: "spec/contract-watch.md", dir: contractDir, mine: regexp.MustCompile(`^6\..*\.md$`), width: 1},
	{origin: "spec/contract-case.md", dir: contractDir, mine: regexp.MustCompile(`^[7-9][.-].*\.md$`), width: 1},
	{origin: "design.md", file: "engine/DESIGN.md"},
	{origin: "dependencies.md", parts: []part{
		{"", "topics/TRAPS.md"},
		{"## github.com/linkedin/goavro", "schemas/TRAPS.md"},
		{"## github.com/dgraph-io/badger", "state/TRAPS.md"},
		{"## Embedded broker", "topics/TRAPS.md"},
		{"## github.com/testcontainers", "integration/TRAPS.md"},
		{"## Others that resolve", ".github/dependencies.md"},
		{"## A real Apache Kafka", "integration/TRAPS.md"},
		{"## For pages, registry, evidence", ".github/dependencies.md"},
	}},
	{origin: "spec/sanction-tables.json", file: lawDir + "/sanction-tables.json"},
	{origin: "spec/vectors.json", file: lawDir + "/vectors/vectors.json"},
	{origin: "spec/vectors-facts.jsonl", file: lawDir + "/vectors/vectors-facts.jsonl"},
	{origin: "spec/vectors-count.json", file: lawDir + "/vectors/vectors-count.json"},
	{origin: "spec/vectors-watch.json", file: lawDir + "/vectors/vectors-watch.json"},
	{origin: "spec/vectors-watch-facts.jsonl", file: lawDir + "/vectors/vectors-watch-facts.jsonl.gz"},
}

// TestTheLawIsWhole puts the pieces of every document together and compares
// them with the digest of the edition that was taken over, so that nobody
// changes the law by editing a copy of it.
func TestTheLawIsWhole(t *testing.T) {
	if *edition {
		takeOver(t)
	}
	have := string(read(t, editionFile))
	for _, d := range documents {
		if line := editionLine(d, d.text(t)); !strings.Contains(have, line) {
			t.Errorf("%s: its pieces in the repository are not the edition of %s. "+
				"The specification is not changed here: take the edit back (git checkout), "+
				"or take a new edition over with\n\tgo test ./engine/internal/house -run TestTheLaw -edition",
				d.origin, editionFile)
		}
	}
}

// TestTheLawIsTheNewest compares with the specification outside, where it is at
// hand.
func TestTheLawIsTheNewest(t *testing.T) {
	outside := filepath.Join(root(t), "..", "shared")
	if _, err := os.Stat(filepath.Join(outside, "spec")); err != nil {
		t.Skip("../shared/spec is not here: the repository's copy of the specification is compared with its own digest only")
	}
	have := string(read(t, editionFile))
	for _, d := range documents {
		if line := editionLine(d, readOutside(t, d)); !strings.Contains(have, line) {
			t.Errorf("../shared/%s is another edition than the repository's. Read what has changed, "+
				"take it over with\n\tgo test ./engine/internal/house -run TestTheLaw -edition\nand make the code follow", d.origin)
		}
	}
}

// TestSplit pins where documents are cut.
func TestSplit(t *testing.T) {
	text := "# Title\nhead\n\n## 1. One\n### 1.1 A, b\nx\n### `no number`\n#### C. Deep\ny\n#### D. " +
		"More\n## Annex B. Last\n### B.1 End\nz"
	got := splitDocument([]byte(text), 2)
	want := []piece{
		{"01.1c-deep.md", []byte("# Title\nhead\n\n## 1. One\n### 1.1 A, b\nx\n### `no number`\n#### C. Deep\ny\n")},
		{"01.1d-more.md", []byte("#### D. More\n")},
		{"annex-b.1-end.md", []byte("## Annex B. Last\n### B.1 End\nz")},
	}
	if !slices.EqualFunc(got, want, func(a, b piece) bool { return a.name == b.name && bytes.Equal(a.text, b.text) }) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func editionLine(d document, text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]) + "  " + d.origin + "\n"
}

func readOutside(t *testing.T, d document) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(t), "..", "shared", filepath.FromSlash(d.origin)))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// text puts a document together from its pieces in the repository.
func (d document) text(t *testing.T) []byte {
	t.Helper()
	var all []byte
	switch {
	case d.dir != "":
		for _, name := range d.pieces(t) {
			all = append(all, read(t, d.dir+"/"+name)...)
		}
	case d.parts != nil:
		for i := range d.parts {
			all = append(all, d.section(t, i)...)
		}
	default:
		return readPlain(t, d.file)
	}
	return all
}

// readPlain reads a file, unpacked where it is compressed.
func readPlain(t *testing.T, file string) []byte {
	t.Helper()
	text := read(t, file)
	if !strings.HasSuffix(file, ".gz") {
		return text
	}
	z, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if text, err = io.ReadAll(z); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return text
}

// pieces names the files of a split document, in its order.
func (d document) pieces(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, f := range files(t) {
		if path.Dir(f) == d.dir && d.mine.MatchString(path.Base(f)) {
			names = append(names, path.Base(f))
		}
	}
	slices.Sort(names)
	return names
}

// section is part i of a document that is split by hand: in its file, from its
// heading to the next heading of the document that stands in that file.
func (d document) section(t *testing.T, i int) []byte {
	t.Helper()
	p := d.parts[i]
	text := read(t, p.file)
	from := headingAt(text, p.heading)
	if from < 0 {
		t.Fatalf("%s has no section %q of %s", p.file, p.heading, d.origin)
	}
	to := len(text)
	for _, other := range d.parts {
		if at := headingAt(text, other.heading); other.file == p.file && at > from {
			to = min(to, at)
		}
	}
	return text[from:to]
}

// headingAt finds a line that begins with heading; "" is the beginning.
func headingAt(text []byte, heading string) int {
	if heading == "" || bytes.HasPrefix(text, []byte(heading)) {
		return 0
	}
	if at := bytes.Index(text, []byte("\n"+heading)); at >= 0 {
		return at + 1
	}
	return -1
}

// piece is one file of a split document.
type piece struct {
	name string
	text []byte
}

// numbered is a heading with a number: its level, the number and the title.
var numbered = regexp.MustCompile(`^(#{2,4}) (Annex )?([0-9]+(?:\.[0-9]+)?|[A-Z](?:\.[0-9]+)?)\.? +(.*)$`)

// splitDocument cuts a document before every numbered heading, but keeps a
// heading together with the first one below it, so that no file holds a heading
// alone. Numbers of chapters get width digits, so that the pieces sort.
func splitDocument(text []byte, width int) []piece {
	out := []piece{{}}
	level, number := 0, ""
	for _, line := range bytes.SplitAfter(text, []byte("\n")) {
		if m := numbered.FindStringSubmatch(strings.TrimSuffix(string(line), "\n")); m != nil {
			if level >= len(m[1]) {
				out = append(out, piece{})
			}
			level, number = len(m[1]), pieceNumber(m[2]+m[3], number, width)
			out[len(out)-1].name = number + "-" + slug(m[4]) + ".md"
		}
		last := &out[len(out)-1]
		last.text = append(last.text, line...)
	}
	return out
}

// pieceNumber is what the name of a piece begins with: 03.4, annex-a.1, or for
// a group "A" of section 10.2 10.2a.
func pieceNumber(number, parent string, width int) string {
	if n, ok := strings.CutPrefix(number, "Annex "); ok {
		return "annex-" + strings.ToLower(n)
	}
	chapter, section, cut := strings.Cut(number, ".")
	switch {
	case chapter >= "A" && cut:
		return "annex-" + strings.ToLower(number)
	case chapter >= "A":
		return strings.TrimRight(parent, "abcdefghijklmnopqrstuvwxyz") + strings.ToLower(chapter)
	case cut:
		return fmt.Sprintf("%0*s.%s", width, chapter, section)
	}
	return fmt.Sprintf("%0*s", width, chapter)
}

var (
	aside    = regexp.MustCompile(`\([^)]*\)`)
	noLetter = regexp.MustCompile(`[^a-z0-9]+`)
)

// slug makes a title part of a file's name.
func slug(title string) string {
	return strings.Trim(noLetter.ReplaceAllString(strings.ToLower(aside.ReplaceAllString(title, "")), "-"), "-")
}

// takeOver writes the repository's copies from the specification outside.
func takeOver(t *testing.T) {
	t.Helper()
	written := map[string][]byte{}
	var lines []byte
	for _, d := range documents {
		text := readOutside(t, d)
		lines = append(lines, editionLine(d, text)...)
		switch {
		case d.dir != "":
			for _, name := range d.pieces(t) {
				written[d.dir+"/"+name] = nil
			}
			for _, p := range splitDocument(text, d.width) {
				if !d.mine.MatchString(p.name) || written[d.dir+"/"+p.name] != nil {
					t.Fatalf("%s: a piece would be named %s, which is another one's or no name of this document; "+
						"change mine in law_text_test.go", d.origin, p.name)
				}
				written[d.dir+"/"+p.name] = p.text
			}
		case d.parts != nil:
			for i, p := range d.parts {
				to := len(text)
				if i+1 < len(d.parts) {
					to = headingAt(text, d.parts[i+1].heading)
				}
				from := headingAt(text, p.heading)
				if from < 0 || to < from {
					t.Fatalf("%s has no section %q where it should be; change parts in law_text_test.go", d.origin, p.heading)
				}
				written[p.file] = append(written[p.file], text[from:to]...)
			}
		default:
			if !strings.HasSuffix(d.file, ".gz") {
				written[d.file] = text
			} else if !bytes.Equal(readPlain(t, d.file), text) {
				written[d.file] = packed(t, text)
			}
		}
	}
	written[editionFile] = lines
	for f, text := range written {
		put(t, f, text)
	}
}

func packed(t *testing.T, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err == nil {
		_, err = z.Write(text)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// put writes a file of the repository; nil removes it.
func put(t *testing.T, file string, text []byte) {
	t.Helper()
	full := filepath.Join(root(t), filepath.FromSlash(file))
	err := os.MkdirAll(filepath.Dir(full), 0o755)
	switch {
	case err != nil:
	case text == nil:
		err = os.Remove(full)
	default:
		err = os.WriteFile(full, text, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}
