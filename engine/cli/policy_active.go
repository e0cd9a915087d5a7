package cli

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream"
	"tilsyn/engine/stream/centres"
)

// active prints which policies hold for the topics.
func (cmd *policyShowCmd) active(c *console) error {
	if cmd.Policy != "" || cmd.On != "" || cmd.YAML {
		return wrong("--active shows what is on the topics: leave --policy, --on and --yaml out")
	}
	cfg, err := cmd.config(c, false)
	if err != nil {
		return err
	}
	store, err := cmd.reading(c)
	if err != nil {
		return err
	}
	r, err := stream.ReadPolicies(c.ctx, cfg, store, parseActivated)
	if err != nil {
		return err
	}
	if err := printActivations(c.stdout, &r, duty.Instant(time.Now().UnixMilli())); err != nil {
		return err
	}
	fmt.Fprintln(c.stdout)
	judging := 0
	for _, digest := range slices.Sorted(maps.Keys(r.Judged)) {
		judging += r.Judged[digest]
		fmt.Fprintf(c.stdout, "%d of %d tasks knew %s as the newest policy at their last commit\n",
			r.Judged[digest], r.Tasks, shortDigest(digest))
	}
	if judging < r.Tasks {
		fmt.Fprintf(c.stdout, "%d of %d tasks have not committed yet\n", r.Tasks-judging, r.Tasks)
	}
	return nil
}

// printActivations prints what was activated and which of it is in force.
func printActivations(w io.Writer, r *stream.PolicyReport, now duty.Instant) error {
	inForce := r.InForce(now)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "FROM\tPOLICY\tDIGEST\tBY\t")
	first := ""
	if inForce == nil {
		first = "in force"
	}
	fmt.Fprintf(t, "the beginning\t%s\t%s\t--policy of run\t%s\n", baseName(r.Base), shortDigest(r.Base), first)
	for i := range r.Activations {
		a := &r.Activations[i]
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", time.UnixMilli(int64(a.From)).UTC().Format(time.RFC3339),
			a.Version, shortDigest(a.Digest), a.By, standing(a, inForce, now))
	}
	return t.Flush()
}

func standing(a, inForce *stream.ActivatedPolicy, now duty.Instant) string {
	switch {
	case errors.Is(a.Refused, centres.ErrPolicyRetracted), errors.Is(a.Refused, centres.ErrPolicyReplaced):
		return a.Refused.Error()
	case a.Refused != nil:
		return "refused: " + a.Refused.Error()
	case a == inForce:
		return "in force"
	case a.From > now:
		return "not yet in force"
	}
	return "replaced"
}

// baseName names the policy of the settings, as far as its digest tells.
func baseName(digest string) string {
	switch digest {
	case "":
		return "not known yet"
	case policy.BuiltinBook().Digest:
		return policy.BuiltinVersion
	}
	return "a file"
}

func shortDigest(digest string) string {
	if len(digest) > 12 {
		return digest[:12] + "…"
	}
	if digest == "" {
		return "-"
	}
	return digest
}
