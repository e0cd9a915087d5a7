package sheet

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// What one part may ask for in memory, whatever it unpacks to: bytes of one tag or text, where Excel lets a cell
// have 32,767 characters, and elements inside each other, of which a workbook has about ten.
const (
	mostText  = 1 << 20
	mostDepth = 64
)

// errNoPart says that a workbook lacks a part.
var errNoPart = errors.New("it lacks the part")

// errTooLong refuses a text or tag of more than mostText.
var errTooLong = fmt.Errorf("has a text of more than %d KiB", mostText>>10)

// part reads the XML of one part, element by element, and holds no more than one of its tags or texts.
type part struct {
	name string
	file io.ReadCloser
	in   *bufio.Reader
	xml  *xml.Decoder
	// room is how many bytes the tag or text that is being read may still have.
	room int
	// depth is how many elements have begun and not ended.
	depth int
}

// part opens a part by its name, whose case does not matter.
func (b *book) part(name string) (*part, error) {
	for _, f := range b.zip.File {
		if strings.EqualFold(strings.ReplaceAll(f.Name, `\`, "/"), name) {
			return openPart(f)
		}
	}
	return nil, fmt.Errorf("%w %q", errNoPart, name)
}

// openPart opens a file of the archive.
func openPart(f *zip.File) (*part, error) {
	file, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("its part %s: %w", f.Name, err)
	}
	p := &part{name: f.Name, file: file, in: bufio.NewReader(file)}
	p.xml = xml.NewDecoder(p)
	return p, nil
}

// close closes the part; whatever it still says is of no use.
func (p *part) close() { _ = p.file.Close() }

// ReadByte implements io.ByteReader for the decoder, which then reads nothing else.
func (p *part) ReadByte() (byte, error) {
	if p.room--; p.room < 0 {
		return 0, errTooLong
	}
	return p.in.ReadByte()
}

// Read implements io.Reader, which a decoder takes.
func (p *part) Read(b []byte) (int, error) { return p.in.Read(b) }

// next is the next beginning, end or text; io.EOF after the last. What is wrong is said with the place and
// never with what stands there.
func (p *part) next() (xml.Token, error) {
	p.room = mostText
	token, err := p.xml.Token()
	var bad *xml.SyntaxError
	switch {
	case errors.Is(err, io.EOF):
		return nil, io.EOF
	case errors.As(err, &bad):
		return nil, fmt.Errorf("its part %s is damaged at line %d", p.name, bad.Line)
	case err != nil:
		return nil, fmt.Errorf("its part %s: %w", p.name, err)
	}
	switch token.(type) {
	case xml.StartElement:
		if p.depth++; p.depth > mostDepth {
			return nil, fmt.Errorf("its part %s has more than %d elements inside each other", p.name, mostDepth)
		}
	case xml.EndElement:
		p.depth--
	}
	return token, nil
}

// element is the beginning of an element.
type element struct{ xml.StartElement }

// attr is an attribute without a namespace, empty where there is none.
func (e element) attr(name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// reference is the id of another part (r:id), whose namespace differs between the two forms of the format.
func (e element) reference() string {
	for _, a := range e.Attr {
		if a.Name.Local == "id" && a.Name.Space != "" {
			return a.Value
		}
	}
	return ""
}

// each calls f at the beginning of each element of a name, or of all, up to the end of the part.
func (p *part) each(name string, f func(element) error) error {
	for {
		token, err := p.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if e, ok := token.(xml.StartElement); ok && (name == "" || e.Name.Local == name) {
			if err := f(element{e}); err != nil {
				return err
			}
		}
	}
}

// inside gives what stands in the element that has just begun, up to its end. f may read ahead to the end of an
// element that it is given.
func (p *part) inside(f func(xml.Token) error) error {
	within := p.depth
	for {
		token, err := p.next()
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("its part %s ends too early", p.name)
		}
		if err != nil {
			return err
		}
		if _, ended := token.(xml.EndElement); ended && p.depth < within {
			return nil
		}
		if err := f(token); err != nil {
			return err
		}
	}
}

// chars reads the characters of the element that has just begun, and none of elements in it.
func (p *part) chars() (string, error) {
	var out []byte
	within := p.depth
	err := p.inside(func(token xml.Token) error {
		if text, ok := token.(xml.CharData); ok && p.depth == within {
			out = append(out, text...)
		}
		return p.short(len(out))
	})
	return string(out), err
}

// text reads a text (si, is) that has just begun: its runs put together, without hints of how it is
// pronounced (rPh).
func (p *part) text() (string, error) {
	var out strings.Builder
	err := p.inside(func(token xml.Token) error {
		e, _ := token.(xml.StartElement)
		switch e.Name.Local {
		case "rPh":
			return p.inside(func(xml.Token) error { return nil })
		case "t":
			text, err := p.chars()
			if err != nil {
				return err
			}
			out.WriteString(text)
		}
		return p.short(out.Len())
	})
	return unescaped(out.String()), err
}

// short refuses a text that is too long.
func (p *part) short(n int) error {
	if n > mostText {
		return fmt.Errorf("its part %s: %w", p.name, errTooLong)
	}
	return nil
}

// escape is how a text holds a character that XML does not let it have.
var escape = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// unescaped gives such characters as they are (ISO/IEC 29500-1, 22.4.2.4).
func unescaped(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	return escape.ReplaceAllStringFunc(text, func(s string) string {
		n, err := strconv.ParseUint(s[2:6], 16, 16)
		if err != nil {
			return s
		}
		return string(rune(n))
	})
}
