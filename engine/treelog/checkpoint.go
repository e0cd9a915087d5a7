package treelog

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint says what a log was at one time (C2SP tlog-checkpoint).
type Checkpoint struct {
	// Origin names the log: the topic with its prefix, and the partition ([OriginOf]).
	Origin string
	// Size is the number of entries, Root the root over them.
	Size int64
	Root Hash
}

// OriginOf names the log of one partition of a topic, full is the topic with its prefix.
func OriginOf(full string, partition int32) string {
	return full + "/" + strconv.Itoa(int(partition))
}

// text is the text of the note: three lines.
func (c *Checkpoint) text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, c.Root)
}

// Sign returns the checkpoint as a signed note. Without a key it is the same text, and the empty
// line behind which signatures would follow: others can still sign it.
func (c *Checkpoint) Sign(key *Key) ([]byte, error) {
	if key == nil {
		return []byte(c.text() + "\n"), nil
	}
	s, err := key.signer(c.Origin)
	if err != nil {
		return nil, fmt.Errorf("the log %s cannot be signed: %w", c.Origin, err)
	}
	return note.Sign(&note.Note{Text: c.text()}, s)
}

// Note is a checkpoint as it was written, with its signatures.
type Note struct {
	Checkpoint
	// Text is all of it.
	Text []byte
}

// signatureMark begins a line with a signature (C2SP signed-note).
const signatureMark = "— "

// ParseNotes reads checkpoints that stand one after the other, as `tilsyn log checkpoints` prints
// them. The error names the line that does not fit.
func ParseNotes(data []byte) ([]Note, error) {
	var notes []Note
	lines := strings.SplitAfter(string(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))), "\n")
	for at := 0; at < len(lines); {
		if strings.TrimSpace(lines[at]) == "" {
			at++
			continue
		}
		from := at
		for at < len(lines) && strings.TrimSpace(lines[at]) != "" {
			at++
		}
		c, err := parseText(lines[from:at])
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", from+1, err)
		}
		text := strings.Join(lines[from:at], "")
		if !strings.HasSuffix(text, "\n") {
			text += "\n"
		}
		text += "\n"
		for at++; at < len(lines) && strings.HasPrefix(lines[at], signatureMark); at++ {
			text += strings.TrimSuffix(lines[at], "\n") + "\n"
		}
		notes = append(notes, Note{c, []byte(text)})
	}
	if len(notes) == 0 {
		return nil, errors.New("there is no checkpoint in it")
	}
	return notes, nil
}

// ParseNote reads one checkpoint.
func ParseNote(data []byte) (Note, error) {
	notes, err := ParseNotes(data)
	if err == nil && len(notes) != 1 {
		err = fmt.Errorf("there are %d checkpoints where one is expected", len(notes))
	}
	if err != nil {
		return Note{}, err
	}
	return notes[0], nil
}

// parseText reads the lines of the text of a note. Those behind the third are of no concern.
func parseText(lines []string) (c Checkpoint, err error) {
	if len(lines) < 3 {
		return c, errors.New("a checkpoint has three lines: the log, its size and its root")
	}
	c.Origin = strings.TrimSuffix(lines[0], "\n")
	size := strings.TrimSuffix(lines[1], "\n")
	if c.Size, err = strconv.ParseInt(size, 10, 64); err != nil || c.Size < 0 || strconv.FormatInt(c.Size, 10) != size {
		return c, fmt.Errorf("%q is no size of a log", size)
	}
	root, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(lines[2], "\n"))
	if err != nil || len(root) != tlog.HashSize {
		return c, fmt.Errorf("%q is no root: it is 32 bytes in base64", strings.TrimSuffix(lines[2], "\n"))
	}
	c.Root = Hash(root)
	return c, nil
}

// Signed reports whether the checkpoint has a signature, of whomever.
func (n *Note) Signed() bool { return bytes.Contains(n.Text, []byte("\n\n"+signatureMark)) }

// Check returns nil if a key has signed the checkpoint.
func (n *Note) Check(key PublicKey) error {
	v, err := key.verifier(n.Origin)
	if err != nil {
		return fmt.Errorf("the log %s cannot be signed: %w", n.Origin, err)
	}
	if !n.Signed() {
		return errors.New("the checkpoint has no signature")
	}
	if _, err := note.Open(n.Text, note.VerifierList(v)); err != nil {
		return fmt.Errorf("the checkpoint is not signed by this key: %w", err)
	}
	return nil
}
