package bed

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"tilsyn/state"
)

// SizeOf returns the disk space of the files below a directory.
func SizeOf(dir string) (n int64) {
	_ = filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			n += state.OnDisk(info)
		}
		return nil
	})
	return n
}

// Build makes the binary from the sources, so that what is measured is
// what is there.
func Build(ctx context.Context, to string) error {
	if runtime.GOOS != "linux" {
		return errors.New("the figures come from /proc: run the benchmark on Linux")
	}
	return command(ctx, "go", "build", "-o", to, ".")
}

// command runs a program and shows what it says.
func command(ctx context.Context, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	return cmd.Run()
}

// Append appends text to a file; no name is no file.
func Append(file, text string) error {
	if file == "" {
		return nil
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644) //nolint:gosec // results are for everybody
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}
