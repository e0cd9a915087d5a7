package cli

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// byteOrderMark may stand at the start of a YAML file and is no content of it
// (YAML 1.2.2 §5.2).
var byteOrderMark = []byte("\xef\xbb\xbf")

// maxConfigDepth is how deep sections may nest; commands need two.
const maxConfigDepth = 16

// parseConfig reads the text of a configuration file. Values are strings, lists
// of strings ([]any), sections (map[string]any) or nil. A value that stands there
// without quotes is the text as written, as on the command line: 007 is not 7.
func parseConfig(text []byte) (values map[string]any, err error) {
	values, _, err = readConfig(text)
	return values, err
}

// readConfig is parseConfig, and says where each key stands, "LINE:COLUMN" by the
// key with the sections above it, joined by dots.
func readConfig(text []byte) (values map[string]any, places map[string]string, err error) {
	// The library is asked to read whatever a user points at.
	defer func() {
		if r := recover(); r != nil {
			values, places, err = nil, nil, fmt.Errorf("not readable as YAML")
		}
	}()
	file, err := parser.ParseBytes(bytes.TrimPrefix(text, byteOrderMark), 0)
	if err != nil {
		return nil, nil, fmt.Errorf("%s", strings.TrimSpace(yaml.FormatError(err, false, false)))
	}
	var body ast.Node
	for _, doc := range file.Docs {
		switch {
		case doc == nil || doc.Body == nil || doc.Body.Type() == ast.NullType || doc.Body.Type() == ast.CommentType:
		case body != nil:
			return nil, nil, configFault(doc.Body, "a second document begins here: take out the ---")
		default:
			body = doc.Body
		}
	}
	if body == nil {
		return nil, nil, nil
	}
	c := configText{anchors: map[string]ast.Node{}, places: map[string]string{}}
	v, err := c.value(body, 0)
	if err != nil {
		return nil, nil, err
	}
	values, ok := v.(map[string]any)
	if !ok {
		return nil, nil, configFault(body, "write one `flag: value` a line")
	}
	return values, c.places, nil
}

func configFault(n ast.Node, text string) error {
	if place := placeOf(n); place != "" {
		return fmt.Errorf("[%s] %s", place, text)
	}
	return fmt.Errorf("%s", text)
}

// placeOf is where a node stands, "LINE:COLUMN"; empty where that is not known.
func placeOf(n ast.Node) string {
	if m, ok := n.(*ast.MappingValueNode); ok {
		n = m.Key
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		return fmt.Sprintf("%d:%d", t.Position.Line, t.Position.Column)
	}
	return ""
}

// configText keeps the anchors of a file, and where its keys stand.
type configText struct {
	anchors map[string]ast.Node
	places  map[string]string
	// above are the sections that are being read, each with a dot behind it.
	above string
}

func (c *configText) value(n ast.Node, depth int) (any, error) {
	if depth > maxConfigDepth {
		return nil, configFault(n, "nested too deep")
	}
	switch n := n.(type) {
	case *ast.NullNode:
		return nil, nil
	case *ast.StringNode:
		return n.Value, nil
	case *ast.LiteralNode:
		return n.Value.Value, nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, nil
	case *ast.TagNode:
		return c.value(n.Value, depth+1)
	case *ast.AnchorNode:
		c.anchors[n.Name.GetToken().Value] = n.Value
		return c.value(n.Value, depth+1)
	case *ast.AliasNode:
		if to, ok := c.anchors[n.Value.GetToken().Value]; ok {
			return c.value(to, depth+1)
		}
		return nil, configFault(n, "there is no such anchor before it")
	case *ast.SequenceNode:
		list := []any{}
		for _, e := range n.Values {
			v, err := c.value(e, depth+1)
			if err != nil {
				return nil, err
			}
			text, ok := v.(string)
			if !ok {
				return nil, configFault(e, "a list holds plain values only")
			}
			list = append(list, text)
		}
		return list, nil
	case *ast.MappingNode:
		return c.section(n.Values, depth)
	case *ast.MappingValueNode:
		return c.section([]*ast.MappingValueNode{n}, depth)
	}
	return nil, configFault(n, "this is no value that a flag can take")
}

func (c *configText) section(entries []*ast.MappingValueNode, depth int) (any, error) {
	out := map[string]any{}
	for _, e := range entries {
		name, err := c.value(e.Key, depth+1)
		key, ok := name.(string)
		if err != nil || !ok {
			return nil, configFault(e, "this is no name of a flag or a command")
		}
		if _, twice := out[key]; twice {
			return nil, configFault(e, key+" stands twice: keep one")
		}
		c.places[c.above+key] = placeOf(e)
		above := c.above
		c.above += key + "."
		out[key], err = c.value(e.Value, depth+1)
		if c.above = above; err != nil {
			return nil, err
		}
	}
	return out, nil
}
