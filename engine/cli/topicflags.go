package cli

import (
	"errors"

	"tilsyn/engine/stream"
)

// topicFlags are the flags of commands that read the topics of an engine: those of a cluster, or of an
// embedded broker.
type topicFlags struct {
	kafkaFlags
	Embedded string `placeholder:"DIR" help:"Read the topics of the embedded broker on that directory (run --embedded; of a demo its directory broker), whether or not an engine runs on it, instead of those of a cluster."`
}

// errNoTopics says that a command has nothing to read.
const errNoTopics = "name files of facts, or a broker: --brokers HOST:PORT or TILSYN_BROKERS, or --embedded DIR"

// reach makes sure that there are brokers, from then on those of --brokers, so that it may be asked again; done ends
// those that were started for the run.
func (f *topicFlags) reach(tempDir string) (done func(), err error) {
	switch {
	case f.Embedded != "" && len(f.Brokers) > 0:
		return nil, wrong("--embedded and --brokers: give one of them")
	case f.Embedded == "":
		return func() {}, nil
	}
	f.Brokers, done, err = stream.EmbeddedTopics(f.Embedded, tempDir)
	if errors.Is(err, stream.ErrConfig) {
		err = &usageError{err}
	}
	if err == nil {
		f.Embedded = ""
	}
	return done, err
}
