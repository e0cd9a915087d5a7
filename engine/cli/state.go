package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"tilsyn/engine/atrest"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream"
	"tilsyn/state"
)

// stateCmd is `tilsyn state`.
type stateCmd struct {
	Backup  stateBackupCmd  `cmd:"" help:"Write a backup of an instance's state, also while it runs."`
	Restore stateRestoreCmd `cmd:"" help:"Make a data directory from a backup and the incremental ones after it."`
	Inspect stateInspectCmd `cmd:"" help:"Read the state through and say what is in it, without personal data."`
	Key     stateKeyCmd     `cmd:"" help:"Make a key that encrypts what an instance keeps on its disk, or say which public key belongs to one."`
	Rekey   stateRekeyCmd   `cmd:"" help:"Let another key file open an encrypted data directory."`
}

// stateBackupCmd is `tilsyn state backup`.
type stateBackupCmd struct {
	stateKeyFlag
	DataDir string `placeholder:"DIR" required:"" help:"Data directory of the instance (run --data-dir)."`
	To      string `placeholder:"FILE" required:"" help:"File to write; it must not exist and appears whole or not at all."`
	Since   string `placeholder:"FILE" help:"An earlier backup of the same directory: write only what changed since."`
	// Recipient is []string since each can read the file.
	Recipient []string `placeholder:"KEY" help:"Encrypt the file to this public key of age (age1…, as state key and age-keygen print it); several, and each can read it (default: it is not encrypted)."`
}

// Help is shown under the flags.
func (stateBackupCmd) Help() string {
	return `A running engine writes the backup itself; if it is stopped, the command does. The file is read back to its end before the command succeeds. With --recipient it is encrypted with age, and the key that opens it need not lie on this machine, for an incremental one neither. The topics stay the truth: a backup only saves the time of building the state again.`
}

// Run implements the command.
func (cmd *stateBackupCmd) Run(c *console) error {
	key, err := cmd.key()
	if err != nil {
		return err
	}
	to, err := atrest.ParseRecipients(cmd.Recipient)
	if err != nil {
		return wrong("--recipient: %w", err)
	}
	info, err := stream.Backup(c.ctx, stream.BackupConfig{DataDir: cmd.DataDir, Key: key, To: cmd.To, Since: cmd.Since,
		Recipients: to})
	if err != nil {
		return stateError(err)
	}
	kind, by := "full", "of a stopped instance"
	if info.Incremental {
		kind = "incremental"
	}
	if info.Online {
		by = "by the running engine"
	}
	fmt.Fprintf(c.stdout, "%s: %s backup %s, %s, checked\n", cmd.To, kind, by, sizeText(info.Bytes))
	return nil
}

// stateRestoreCmd is `tilsyn state restore`.
type stateRestoreCmd struct {
	kafkaFlags
	stateKeyFlag
	Identity     string   `placeholder:"FILE" help:"Key file of a recipient, which decrypts the backups; its owner alone may read it."`
	DataDir      string   `placeholder:"DIR" required:"" help:"Directory to make; it must not exist or be empty."`
	SameInstance bool     `help:"Take the place of the instance that the backup was taken of; it must be gone. Without it the directory is a new member of the group."`
	Journal      bool     `help:"Write to the topic control-actions of --brokers that the backup was tried, and whether it could be restored, for the control report."`
	Files        []string `arg:"" name:"files" help:"A full backup, then each incremental one in order."`
}

// Help is shown under the flags.
func (stateRestoreCmd) Help() string {
	return `Every file is checked to its end before anything is written. run then reads from the topics what came after the backup, and says nothing twice. It speaks to no broker, but with --journal.`
}

// Run implements the command.
func (cmd *stateRestoreCmd) Run(c *console) error {
	if !cmd.Journal {
		return cmd.restore(c)
	}
	client, err := cmd.connect(c)
	if err != nil {
		return err
	}
	defer client.Close()
	began := time.Now()
	err = cmd.restore(c)
	now := time.Now()
	action := duty.ControlActionTaken{ID: "restore-" + began.UTC().Format("20060102t150405.000"), Version: 1,
		ReceivedAt: duty.Instant(now.UnixMilli()), CentreID: duty.AllCentres, Control: duty.ControlNameRestoreTest,
		At: duty.Instant(began.UnixMilli()), Kind: duty.ControlActionKindRestoreTest, Ok: err == nil,
		DurationMs: duty.Some(now.Sub(began).Milliseconds())}
	if written := produceOne(c.ctx, client, action.CentreID, &action); written != nil {
		return errors.Join(err, fmt.Errorf("what came of it could not be written to control-actions: %w", written))
	}
	return err
}

// restore makes the directory and says what is in it.
func (cmd *stateRestoreCmd) restore(c *console) error {
	key, err := cmd.key()
	if err != nil {
		return err
	}
	var identity *atrest.Key
	if cmd.Identity != "" {
		if identity, err = keyFile("--identity", cmd.Identity); err != nil {
			return err
		}
	}
	if err := stream.Restore(stream.RestoreConfig{DataDir: cmd.DataDir, Files: cmd.Files, Key: key,
		Identity: identity, SameInstance: cmd.SameInstance}); err != nil {
		return stateError(err)
	}
	in, err := stream.Inspect(c.ctx, cmd.DataDir, key)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.stdout, "%s: %d tasks with %d persons; "+
		"start it with `tilsyn run --data-dir %s` and the flags that it was run with\n",
		cmd.DataDir, len(in.Tasks), personsOf(&in), cmd.DataDir)
	return nil
}

// personsOf counts the persons of all tasks.
func personsOf(in *stream.Inspection) (n int) {
	for i := range in.Tasks {
		n += in.Tasks[i].Persons
	}
	return n
}

// stateError makes a backup that cannot be used, and a directory that is none, wrong
// usage.
func stateError(err error) error {
	if errors.Is(err, state.ErrBackup) || errors.Is(err, atrest.ErrKey) || errors.Is(err, stream.ErrConfig) {
		return &usageError{err}
	}
	return err
}

// stateInspectCmd is `tilsyn state inspect`.
type stateInspectCmd struct {
	stateKeyFlag
	DataDir string `placeholder:"DIR" required:"" help:"Data directory of the instance (run --data-dir)."`
	JSON    bool   `name:"json" help:"Print JSON, with the position in every partition."`
}

// Run implements the command.
func (cmd *stateInspectCmd) Run(c *console) error {
	key, err := cmd.key()
	if err != nil {
		return err
	}
	in, err := stream.Inspect(c.ctx, cmd.DataDir, key)
	if err != nil {
		return stateError(err)
	}
	if cmd.JSON {
		enc := json.NewEncoder(c.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(in)
	}
	return printInspection(c.stdout, &in)
}

func printInspection(w io.Writer, in *stream.Inspection) error {
	running := "no engine runs on it"
	if in.Running {
		running = "an engine runs on it"
	}
	fmt.Fprintf(w, "prefix %s, group %s, %d partitions, %d persons, format %d, %s on disk; %s\n\n",
		in.TopicPrefix, in.Group, in.Partitions, personsOf(in), in.StateFormat, sizeText(in.Bytes), running)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "TASK\tSEQUENCE\tCAUGHT UP\tREAD\tPERSONS\tDUE\tNEXT DUE\tSWEEPS\tPAGES\tUNMERGED\tSIZE\t")
	for i := range in.Tasks {
		x := &in.Tasks[i]
		read := int64(0)
		for _, n := range x.Positions {
			read += n
		}
		fmt.Fprintf(t, "%d\t%d\t%s\t%d\t%d\t%d\t%s\t%d\t%d\t%d\t%s\t\n", x.Task, x.Sequence, timeText(x.CaughtUp), read,
			x.Persons, x.Due, timeText(x.NextDue), x.Sweeps, x.Pages, x.Unmerged, sizeText(x.Bytes))
	}
	return t.Flush()
}

func timeText(t *time.Time) string {
	if t == nil {
		return "-"
	}
	return t.UTC().Format("2006-01-02T15:04:05Z")
}

// sizeText is a size in binary units.
func sizeText(n int64) string {
	switch {
	case n < 10<<10:
		return fmt.Sprintf("%d B", n)
	case n < 10<<20:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d MiB", n>>20)
}
