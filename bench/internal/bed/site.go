package bed

import (
	"context"
	"os"
	"path/filepath"

	"tilsyn/integration/kafkaproc"
)

// Site is where a benchmark runs: a directory with a broker of its own.
type Site struct {
	// Dir is the directory, Binary the engine to measure.
	Dir, Binary string
	Broker      *kafkaproc.Broker
}

// SiteConfig says where. Dir is where the directory is made, and Name begins its name; HeapMB is the Java
// heap of the broker. Without Binary the engine is built from these sources.
type SiteConfig struct {
	Dir, Name, Binary string
	HeapMB            int
}

// Open makes the directory, builds the engine and starts the broker. Close ends it, whatever the error.
func Open(ctx context.Context, cfg SiteConfig) (*Site, error) {
	home, err := kafkaproc.Home()
	if err != nil {
		return nil, err
	}
	s := &Site{Binary: cfg.Binary}
	if s.Dir, err = os.MkdirTemp(cfg.Dir, cfg.Name); err != nil {
		return nil, err
	}
	dir := filepath.Join(s.Dir, "broker")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	if s.Binary == "" {
		s.Binary = filepath.Join(s.Dir, "tilsyn")
		if err := Build(ctx, s.Binary); err != nil {
			return nil, err
		}
	}
	s.Broker, err = kafkaproc.Start(ctx, kafkaproc.Config{Home: home, Dir: dir, HeapMB: cfg.HeapMB})
	return s, err
}

// Close stops the broker. The directory goes, unless the benchmark failed: then its logs are wanted.
func (s *Site) Close(failed error) {
	_ = s.Broker.Stop()
	if failed == nil {
		_ = os.RemoveAll(s.Dir)
	}
}

// Write puts a file into the directory and returns its name.
func (s *Site) Write(name, text string) (string, error) {
	file := filepath.Join(s.Dir, name)
	return file, os.WriteFile(file, []byte(text), 0o600)
}
