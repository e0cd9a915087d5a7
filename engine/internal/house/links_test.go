package house

import (
	"bytes"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	// link is a link or a picture of a page; links to other hosts are left alone.
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ +(.+)$`)
	fence   = regexp.MustCompile("(?ms)^[ \t]*```.*?^[ \t]*```[ \t]*$")
	// noAnchor is what a heading's anchor leaves out.
	noAnchor = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// TestLinksLead follows the links of every page to a file and a heading that are there.
func TestLinksLead(t *testing.T) {
	for _, page := range files(t) {
		if path.Ext(page) != ".md" {
			continue
		}
		text := fence.ReplaceAll(read(t, page), nil)
		for _, m := range link.FindAllSubmatch(text, -1) {
			target, anchor, _ := strings.Cut(string(m[1]), "#")
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			file := page
			if target != "" {
				file = path.Join(path.Dir(page), target)
			}
			if _, err := os.Stat(filepath.Join(root(t), filepath.FromSlash(file))); err != nil {
				t.Errorf("%s: the link to %s leads nowhere", page, m[1])
				continue
			}
			if anchor != "" && path.Ext(file) == ".md" && !slices.Contains(anchors(read(t, file)), anchor) {
				t.Errorf("%s: %s has no heading %s", page, file, anchor)
			}
		}
	}
}

// anchors are the names by which the headings of a page are linked to.
func anchors(text []byte) (out []string) {
	for _, m := range heading.FindAllSubmatch(fence.ReplaceAll(text, nil), -1) {
		name := bytes.ToLower(noAnchor.ReplaceAll(m[1], nil))
		out = append(out, strings.ReplaceAll(string(name), " ", "-"))
	}
	return out
}
