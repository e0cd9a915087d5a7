package stream

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"tilsyn/engine/outfile"
	"tilsyn/engine/stream/datadir"
	"tilsyn/state"
	"tilsyn/topics"
)

// embeddedAddress is the file in the directory of an embedded broker that says, while it runs, where it
// listens. After a crash it stays and says nothing: nobody holds the directory then.
const embeddedAddress = ".brokers"

// TellEmbedded writes down where the embedded broker on a directory listens, for commands that read its
// topics; untell takes that back. Its caller holds the directory.
func TellEmbedded(dir string, brokers []string) (untell func(), err error) {
	text, err := json.Marshal(brokers)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, embeddedAddress)
	if err := outfile.ReplaceBytes(path, append(text, '\n')); err != nil {
		return nil, fmt.Errorf("say where the embedded broker listens: %w", err)
	}
	return func() { _ = os.Remove(path) }, nil // one that stays does no harm
}

// EmbeddedTopics gives the addresses of a broker that has the topics of an embedded broker's directory. If
// an engine or a demo runs on it, that is its own broker; otherwise it is one on a copy of the directory in
// tempDir, so that nothing in the directory changes. done ends that one and removes the copy. An error that
// is ErrConfig says that the directory cannot be read, and why.
func EmbeddedTopics(dir, tempDir string) (brokers []string, done func(), err error) {
	if _, err := os.Stat(filepath.Join(dir, "partitions")); err != nil {
		return nil, nil, errConfig(fmt.Sprintf("--embedded %s is no directory of an embedded broker: "+
			"give the one that `tilsyn run --embedded` has, or the directory broker of a demo", dir))
	}
	unlock, err := datadir.LockDirs(dir)
	if errors.Is(err, state.ErrInUse) {
		brokers, err = toldEmbedded(dir)
		return brokers, func() {}, err
	}
	if err != nil {
		return nil, nil, errConfig(fmt.Sprintf("--embedded %s: %v; nobody must write there while it is read, "+
			"so this user must be able to lock it", dir, datadir.Plain(err)))
	}
	temp, err := copyOf(dir, tempDir)
	unlock()
	if err != nil {
		return nil, nil, err
	}
	b, err := topics.StartEmbedded(topics.EmbeddedConfig{Dir: temp})
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(temp))
	}
	return b.Brokers(), func() {
		b.Close()
		_ = os.RemoveAll(temp)
	}, nil
}

// toldEmbedded reads where the broker that runs on a directory listens.
func toldEmbedded(dir string) (brokers []string, err error) {
	text, err := os.ReadFile(filepath.Join(dir, embeddedAddress))
	if err == nil {
		err = json.Unmarshal(text, &brokers)
	}
	if err != nil || len(brokers) == 0 {
		return nil, errConfig(fmt.Sprintf("--embedded %s: another process has it and does not say where its broker "+
			"listens: give the address that its log names as --brokers, or wait until it is ready", dir))
	}
	return brokers, nil
}

// copyOf copies the directory of an embedded broker.
func copyOf(dir, tempDir string) (string, error) {
	temp, err := os.MkdirTemp(tempDir, "tilsyn-embedded-")
	if err != nil {
		return "", fmt.Errorf("no directory for a copy of the topics: %w", err)
	}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		to := filepath.Join(temp, rel)
		switch {
		case err != nil || rel == ".":
			return err
		case d.IsDir():
			return os.Mkdir(to, 0o700)
		case !d.Type().IsRegular() || rel == datadir.LockFile || rel == embeddedAddress:
			return nil
		}
		return copyFile(path, to)
	})
	if err != nil {
		return "", errors.Join(fmt.Errorf("copy the topics of the embedded broker: %w", err), os.RemoveAll(temp))
	}
	return temp, nil
}

// copyFile copies one file.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = out.ReadFrom(in)
	return errors.Join(err, out.Close())
}
