package house

import (
	"bytes"
	"fmt"
	"go/ast"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
)

// room is what the table says of one package.
type room struct {
	files, lines int
	// used are its exported names that other packages use, tests aside.
	used map[string]bool
}

// mostUsed is how many exported names of a room of the engine others may use: one that
// needs more has two ideas in it, or is no room.
const mostUsed = 130

// TestRooms counts how wide the doors between the rooms are, and with -v shows the table:
// files, lines (without tests and generated code), and names used outside.
func TestRooms(t *testing.T) {
	rooms := map[string]*room{}
	of := func(dir string) *room {
		if rooms[dir] == nil {
			rooms[dir] = &room{used: map[string]bool{}}
		}
		return rooms[dir]
	}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		if r := of(s.dir); !s.generated {
			r.files, r.lines = r.files+1, r.lines+bytes.Count(s.text, []byte("\n"))
		}
		names := map[string]string{}
		for _, i := range s.syntax.Imports {
			if to, ours := imported(i); ours {
				name := path.Base(to)
				if i.Name != nil {
					name = i.Name.Name
				}
				names[name] = to
			}
		}
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && names[x.Name] != "" {
				of(names[x.Name]).used[sel.Sel.Name] = true
			}
			return true
		})
	}
	var table strings.Builder
	for _, dir := range slices.Sorted(maps.Keys(rooms)) {
		r := rooms[dir]
		fmt.Fprintf(&table, "%-32s %4d files %6d lines %4d names used outside\n", dir, r.files, r.lines, len(r.used))
		if strings.HasPrefix(dir, "engine/stream") && len(r.used) > mostUsed {
			t.Errorf("%s: others use %d of its names, more than %d; see whether what they use belongs to them, "+
				"or the package holds two ideas", dir, len(r.used), mostUsed)
		}
	}
	t.Log("\n" + table.String())
}
