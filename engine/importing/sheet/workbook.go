package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
)

// mostUnpacked bounds what the parts of a workbook may unpack to, in bytes; whoever has more exports text.
const mostUnpacked = 1 << 30

// mostShared bounds the memory that the texts shared by cells may take, in bytes.
const mostShared = 512 << 20

// mostParts bounds how many sheets and other parts a workbook may name.
const mostParts = 10_000

// compound are the first bytes of the files of Excel before 2007, in which protected workbooks still come.
const compound = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

// readWorkbook gives the rows of a sheet, the first one where none is named.
func readWorkbook(file, sheet string, row func(line int, cells []string) error) (err error) {
	b, err := openBook(file)
	if err != nil {
		return &Error{file, 0, fmt.Errorf("is no workbook that can be read: %w", err)}
	}
	defer func() { err = errors.Join(err, b.zip.Close()) }()
	s, err := b.find(sheet)
	if err != nil {
		return &Error{file, 0, err}
	}
	if b.from1904 {
		return &Error{file, 0, errors.New("counts its dates from 1904: save it with the usual setting")}
	}
	return b.rows(file, s, row)
}

// book is an open workbook (ISO/IEC 29500, "Office Open XML"): a zip archive of parts in XML.
type book struct {
	zip *zip.ReadCloser
	// dir is the folder of the main part, from which the names of the others count.
	dir string
	// parts are the names of the others by the id that the main part gives them.
	parts    map[string]string
	sheets   []sheetRef
	from1904 bool
	// shared are the texts that cells name by number; room is the memory that more of them may take, in bytes.
	shared []string
	room   int
}

// sheetRef is the name of a sheet and the id of its part.
type sheetRef struct{ name, id string }

// openBook opens a workbook and reads all but its sheets.
func openBook(file string) (*book, error) {
	z, err := zip.OpenReader(file)
	if err != nil {
		return nil, notZip(file, err)
	}
	b := &book{zip: z, room: mostShared}
	if err := b.open(); err != nil {
		return nil, errors.Join(err, z.Close())
	}
	return b, nil
}

// notZip says what a file is that is no archive.
func notZip(file string, err error) error {
	head := make([]byte, len(compound))
	if f, err := os.Open(file); err == nil {
		_, _ = io.ReadFull(f, head) // a shorter file does not begin so
		_ = f.Close()
	}
	if bytes.Equal(head, []byte(compound)) {
		return errors.New("it is protected by a password, or of the form before 2007: " +
			"save it as .xlsx without a password")
	}
	return plain(err)
}

// open reads which parts there are, the names of the sheets, and the shared texts.
func (b *book) open() error {
	unpacked := uint64(0)
	for _, f := range b.zip.File {
		// No part gives more than it declares: package zip sees to that.
		if unpacked += min(f.UncompressedSize64, mostUnpacked+1); unpacked > mostUnpacked {
			return fmt.Errorf("it unpacks to more than %d MiB: export it as text", mostUnpacked>>20)
		}
	}
	top, err := b.relations("_rels/.rels")
	if err != nil {
		return err
	}
	main := first(top, "officeDocument").target
	if main == "" {
		main = "xl/workbook.xml"
	}
	main = resolved("", main)
	b.dir = path.Dir(main)
	list, err := b.relations(path.Join(b.dir, "_rels", path.Base(main)+".rels"))
	if err != nil {
		return err
	}
	b.parts = make(map[string]string, len(list))
	for _, r := range list {
		b.parts[r.id] = resolved(b.dir, r.target)
	}
	if err := b.main(main); err != nil {
		return err
	}
	if texts := first(list, "sharedStrings").target; texts != "" {
		return b.texts(resolved(b.dir, texts))
	}
	return nil
}

// relation is how one part names another.
type relation struct{ id, kind, target string }

// first is the first relation of a kind; the namespace before it differs between the two forms of the format.
func first(list []relation, kind string) relation {
	for _, r := range list {
		if strings.HasSuffix(r.kind, "/"+kind) {
			return r
		}
	}
	return relation{}
}

// resolved is the name in the archive of what a part in a folder names.
func resolved(dir, target string) string {
	target = strings.ReplaceAll(target, `\`, "/")
	if absolute, ok := strings.CutPrefix(target, "/"); ok {
		return path.Clean(absolute)
	}
	return path.Join(dir, target)
}

// relations reads what a part names; none where there is no such list.
func (b *book) relations(name string) ([]relation, error) {
	p, err := b.part(name)
	if errors.Is(err, errNoPart) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer p.close()
	var list []relation
	err = p.each("Relationship", func(e element) error {
		list = append(list, relation{e.attr("Id"), e.attr("Type"), e.attr("Target")})
		return fewParts(len(list))
	})
	return list, err
}

// main reads the main part: the sheets in their order, and from which day dates count.
func (b *book) main(name string) error {
	p, err := b.part(name)
	if err != nil {
		return err
	}
	defer p.close()
	return p.each("", func(e element) error {
		switch e.Name.Local {
		case "workbookPr":
			set := e.attr("date1904")
			b.from1904 = set == "1" || set == "true"
		case "sheet":
			b.sheets = append(b.sheets, sheetRef{e.attr("name"), e.reference()})
		}
		return fewParts(len(b.sheets))
	})
}

// fewParts refuses a workbook of more parts than anybody makes.
func fewParts(n int) error {
	if n > mostParts {
		return fmt.Errorf("it has more than %d parts", mostParts)
	}
	return nil
}

// texts reads the texts that cells share.
func (b *book) texts(name string) error {
	p, err := b.part(name)
	if err != nil {
		return err
	}
	defer p.close()
	return p.each("si", func(element) error {
		text, err := p.text()
		if err != nil {
			return err
		}
		const header = 16 // bytes of a string beside its text
		if b.room -= header + len(text); b.room < 0 {
			return fmt.Errorf("its texts take more than %d MiB of memory: export it as text", mostShared>>20)
		}
		b.shared = append(b.shared, text)
		return nil
	})
}

// find is the part of a sheet, the first one where none is named.
func (b *book) find(sheet string) (string, error) {
	if len(b.sheets) == 0 {
		return "", errors.New("has no sheet")
	}
	if sheet == "" {
		return b.parts[b.sheets[0].id], nil
	}
	var names []string
	for _, s := range b.sheets {
		if s.name == sheet {
			return b.parts[s.id], nil
		}
		names = append(names, s.name)
	}
	return "", fmt.Errorf("has no sheet %q; it has %s", sheet, strings.Join(names, ", "))
}
