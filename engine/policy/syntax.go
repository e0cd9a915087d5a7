package policy

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxFile bounds the text of a policy; the built-in one has about 15 KB.
const maxFile = 1 << 20

// byteOrderMark may stand at the start of a YAML file and is no content of it
// (YAML 1.2.2 §5.2); it counts in the digest, as every byte does.
const byteOrderMark = "\xef\xbb\xbf"

// maxDepth bounds how deep brackets may nest; a policy needs three.
const maxDepth = 16

// item is one node of the file as far as policies use YAML: a scalar, a
// sequence or a mapping, with its place.
type item struct {
	line, column int
	scalar       string
	isScalar     bool
	isSeq        bool
	entries      []entry // of a mapping
	elements     []item  // of a sequence
}

// entry is one key of a mapping with its value.
type entry struct {
	key          string
	line, column int
	value        item
}

func (i *item) isMap() bool { return !i.isScalar && !i.isSeq }

// what names the shape of an item in errors.
func (i *item) what() string {
	switch {
	case i.isScalar:
		return "a single value"
	case i.isSeq:
		return "a list"
	}
	return "a mapping"
}

// parseYAML reads a text into items. The file may be empty.
func parseYAML(name string, text []byte) (root item, err error) {
	if len(text) > maxFile {
		return item{}, &Problem{File: name, Text: fmt.Sprintf("the file has %d bytes; a policy has at most %d, "+
			"is this the right file?", len(text), maxFile)}
	}
	if p := tooDeep(name, text); p != nil {
		return item{}, p
	}
	// The library is asked to read whatever a user points at; should it give up
	// on something, that is an unreadable file and not the end of the program.
	defer func() {
		if r := recover(); r != nil {
			root, err = item{}, &Problem{File: name, Text: "the file is not YAML that can be read; " +
				"compare it with `tilsyn policy show --yaml`"}
		}
	}()
	file, err := parser.ParseBytes(bytes.TrimPrefix(text, []byte(byteOrderMark)), 0)
	if err != nil {
		return item{}, syntaxProblem(name, err)
	}
	var body ast.Node
	for _, doc := range file.Docs {
		if doc == nil || doc.Body == nil {
			continue
		}
		if body != nil {
			line, column := at(doc.Body)
			return item{}, &Problem{File: name, Line: line, Column: column,
				Text: "a second document begins here; a policy is one document, take out the `---`"}
		}
		body = doc.Body
	}
	if body == nil || body.Type() == ast.NullType || body.Type() == ast.CommentType {
		return item{line: 1, column: 1}, nil
	}
	return toItem(name, body, 0)
}

// tooDeep refuses texts that nest brackets or indentation beyond all reason.
func tooDeep(name string, text []byte) *Problem {
	depth := 0
	for n, line := range strings.Split(string(text), "\n") {
		trimmed := strings.TrimLeft(line, " \t-?")
		for _, r := range trimmed {
			switch r {
			case '[', '{':
				depth++
			case ']', '}':
				depth = max(depth-1, 0)
			}
		}
		nested := depth > maxDepth || strings.Count(line[:len(line)-len(trimmed)], "-") > maxDepth ||
			strings.Count(line[:len(line)-len(trimmed)], "?") > maxDepth
		if nested || len(line)-len(trimmed) > 200 {
			return &Problem{File: name, Line: n + 1, Column: 1, Text: "nested too deep for a policy; " +
				"compare it with `tilsyn policy show --yaml`"}
		}
	}
	return nil
}

func syntaxProblem(name string, err error) error {
	p := &Problem{File: name, Text: "not readable as YAML: " + firstLine(err.Error())}
	var y yaml.Error
	if errors.As(err, &y) {
		p.Text = "not readable as YAML: " + y.GetMessage()
		if t := y.GetToken(); t != nil && t.Position != nil {
			p.Line, p.Column = t.Position.Line, t.Position.Column
		}
	}
	p.Text += "; mend the line, or compare it with `tilsyn policy show --yaml`"
	return p
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

func at(n ast.Node) (line, column int) {
	if m, ok := n.(*ast.MappingValueNode); ok {
		return at(m.Key)
	}
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return 1, 1
	}
	p := n.GetToken().Position
	return p.Line, p.Column
}

// toItem keeps what policies use and refuses the rest.
func toItem(name string, n ast.Node, depth int) (item, error) {
	line, column := at(n)
	out := item{line: line, column: column}
	refuse := func(text string) (item, error) {
		return item{}, &Problem{File: name, Line: line, Column: column, Text: text}
	}
	if depth > maxDepth {
		return refuse("nested too deep for a policy; compare it with `tilsyn policy show --yaml`")
	}
	switch n := n.(type) {
	case *ast.StringNode:
		out.scalar, out.isScalar = n.Value, true
	case *ast.LiteralNode:
		out.scalar, out.isScalar = strings.TrimSpace(n.Value.Value), true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		out.scalar, out.isScalar = n.GetToken().Value, true
	case *ast.NullNode:
		return refuse("there is no value here; write one or take the key out")
	case *ast.SequenceNode:
		out.isSeq = true
		for _, v := range n.Values {
			e, err := toItem(name, v, depth+1)
			if err != nil {
				return item{}, err
			}
			out.elements = append(out.elements, e)
		}
	case *ast.MappingNode:
		return toMapping(name, out, n.Values, depth)
	case *ast.MappingValueNode:
		return toMapping(name, out, []*ast.MappingValueNode{n}, depth)
	default:
		return refuse("anchors, aliases, tags and merges are not used in policies; write the value itself")
	}
	return out, nil
}

func toMapping(name string, out item, values []*ast.MappingValueNode, depth int) (item, error) {
	for i, v := range values {
		line, column := at(v.Key)
		if i == 0 {
			out.line, out.column = line, column
		}
		key, err := toItem(name, v.Key, depth+1)
		if err != nil || !key.isScalar {
			return item{}, &Problem{File: name, Line: line, Column: column,
				Text: "this is not a plain key; write the name of a parameter"}
		}
		for _, e := range out.entries {
			if e.key == key.scalar {
				return item{}, &Problem{File: name, Line: line, Column: column, Key: key.scalar,
					Text: fmt.Sprintf("the key stands twice, first in line %d; keep one", e.line)}
			}
		}
		value, err := toItem(name, v.Value, depth+1)
		if err != nil {
			var p *Problem
			if errors.As(err, &p) && p.Key == "" {
				p.Key = key.scalar
			}
			return item{}, err
		}
		out.entries = append(out.entries, entry{key.scalar, line, column, value})
	}
	return out, nil
}
