package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream"
	"tilsyn/engine/stream/centres"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// policyRetractCmd is `tilsyn policy retract`.
type policyRetractCmd struct {
	kafkaFlags
	Version string `arg:"" name:"version" help:"Version of the policy to take back, or the beginning of its digest, as policy show --active lists them."`
	By      string `required:"" placeholder:"NAME" help:"Who takes it back; goes into the record."`
	Yes     bool   `help:"Write it. Without it the command only shows what would be in force."`
}

// Help is shown under the flags.
func (policyRetractCmd) Help() string {
	return `Writes to the topic policies that an activation is retracted. It then counts as if it had never been made: what fell due while the policy was in force is judged again by the other policies, and records that it kept back may be told. To bring in another policy from now on and leave the past as it was, activate that one instead. A retracted policy can be activated again, and then counts from that time on.`
}

// Run implements the command.
func (cmd *policyRetractCmd) Run(c *console) error {
	if err := checkBy(cmd.By); err != nil {
		return err
	}
	if strings.TrimSpace(cmd.Version) == "" {
		return wrong("no policy is named: give its version, " +
			"or the beginning of its digest (`tilsyn policy show --active` lists both)")
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
	ids, err := retractable(&r, cmd.Version)
	if err != nil {
		return err
	}
	now := duty.Instant(time.Now().UnixMilli())
	was := inForceName(&r, now)
	records := withdraw(&r, ids, now, cmd.By)
	fmt.Fprintln(c.stdout, "After it these policies hold:")
	fmt.Fprintln(c.stdout)
	if err := printActivations(c.stdout, &r, now); err != nil {
		return err
	}
	if is := inForceName(&r, now); is == was {
		fmt.Fprintf(c.stdout, "\nIn force is %s, as before.\n", is)
	} else {
		fmt.Fprintf(c.stdout, "\nIn force is then %s, and no longer %s.\n", is, was)
	}
	if !cmd.Yes {
		return wrong("nothing was written: say --yes to take it back")
	}
	client, err := topics.Connect(c.ctx, cfg)
	if err != nil {
		return err
	}
	defer client.Close()
	if err := cmd.writePolicies(c, client, records); err != nil {
		return err
	}
	fmt.Fprintf(c.stdout, "policy %s, digest %s, is taken back\n", records[0].PolicyVersion, records[0].Digest)
	return nil
}

// retractable finds the activations that a name stands for, by their ids.
func retractable(r *stream.PolicyReport, name string) ([]string, error) {
	var ids []string
	digest, back := "", false
	for i := range r.Activations {
		a := &r.Activations[i]
		if a.Version != name && (len(name) < leastDigest || !strings.HasPrefix(a.Digest, name)) {
			continue
		}
		if errors.Is(a.Refused, centres.ErrPolicyRetracted) {
			back = true
			continue
		}
		if digest != "" && digest != a.Digest {
			return nil, wrong("%s names several policies: give the beginning of the digest of the one "+
				"that you mean (`tilsyn policy show --active` lists them)", name)
		}
		digest = a.Digest
		if !slices.Contains(ids, a.Record.ID) {
			ids = append(ids, a.Record.ID)
		}
	}
	switch {
	case len(ids) > 0:
		return ids, nil
	case back:
		return nil, wrong("policy %s has been taken back already", name)
	case name == policy.BuiltinVersion || r.Base != "" && len(name) >= leastDigest && strings.HasPrefix(r.Base, name):
		return nil, wrong("policy %s was not activated: `run` has it by --policy, for the time before the first activation, "+
			"and it cannot be retracted", name)
	}
	return nil, wrong("no policy %s was activated on the topics with the prefix of --topic-prefix: "+
		"`tilsyn policy show --active` lists those that were", name)
}

// leastDigest is how much of a digest names one.
const leastDigest = 6

// withdraw marks activations in the report as taken back, and makes the records that
// say so to the engines.
func withdraw(r *stream.PolicyReport, ids []string, now duty.Instant, by string) []duty.PolicyActivation {
	last := map[string]duty.PolicyActivation{}
	for i := range r.Activations {
		a := &r.Activations[i]
		if slices.Contains(ids, a.Record.ID) {
			a.Refused = centres.ErrPolicyRetracted
			if x, ok := last[a.Record.ID]; !ok || a.Record.Version > x.Version {
				last[a.Record.ID] = a.Record
			}
		}
	}
	var out []duty.PolicyActivation
	for _, id := range ids {
		x := last[id]
		x.Version++
		x.Retracted, x.ReceivedAt, x.Text, x.By = true, now, "", by
		out = append(out, x)
	}
	return out
}

// inForceName names the policy that is in force at an instant.
func inForceName(r *stream.PolicyReport, now duty.Instant) string {
	if a := r.InForce(now); a != nil {
		return fmt.Sprintf("%s (digest %s)", a.Version, shortDigest(a.Digest))
	}
	return fmt.Sprintf("the policy of --policy (%s)", baseName(r.Base))
}

// writePolicies writes records to the topic policies.
func (k *kafkaFlags) writePolicies(c *console, client *topics.Client, records []duty.PolicyActivation) error {
	schema, _ := schemas.Lookup(topics.Policies)
	store, err := k.writing(c, schema)
	if err != nil {
		return err
	}
	var out []topics.Out
	for i := range records {
		key, _ := casefile.Key(&records[i])
		out = append(out, topics.Out{Topic: schema.Topic(), Partition: topics.ByKey, Key: []byte(key),
			Value: store.AppendValue(nil, schema, &records[i]), Timestamp: int64(records[i].ReceivedAt)})
	}
	_, err = client.NewProducer(topics.ProducerConfig{}).Produce(c.ctx, out)
	return err
}

// checkBy refuses a name that names nobody.
func checkBy(by string) error {
	if !strings.ContainsFunc(by, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) ||
		!duty.UsableKey(by) {
		return wrong("--by is no name: give who answers for it, "+
			"1 to %d bytes without control characters or a blank at an edge", duty.MaxKeyBytes)
	}
	return nil
}
