package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"tilsyn/engine/stream"
	"tilsyn/engine/stream/centres"
	"tilsyn/engine/stream/datadir"
	"tilsyn/state"
	"tilsyn/topics"
)

// doctorCmd is `tilsyn doctor`.
type doctorCmd struct {
	Run      doctorRunCmd      `cmd:"" default:"withargs" help:"Whether run will work here: brokers, topics, rights, clock, disk, policy, state. This is what doctor does by itself."`
	Producer doctorProducerCmd `cmd:"" help:"What is wrong with the newest records of a source."`
}

// doctorRunCmd is `tilsyn doctor` by itself.
type doctorRunCmd struct {
	kafkaFlags
	Role               string `default:"engine" enum:"engine,console,producer,authority,consumer,reader,operator" help:"Whose rights to look at: engine, console, producer, authority, consumer, reader or operator."`
	Group              string `default:"tilsyn" help:"Consumer group (run --group); of a consumer its own."`
	DataDir            string `placeholder:"DIR" help:"Data directory of the instance (run --data-dir); without it disk and state are not looked at."`
	Policy             string `placeholder:"FILE" help:"Policy file (default: the built-in policy)."`
	TrustTimestamps    bool   `help:"As run has it: accept input topics whose records carry the producer's time."`
	AcceptShortHistory bool   `help:"Accept logs whose beginning is gone (run --history-floor)."`
}

// Help is shown under the flags.
func (doctorRunCmd) Help() string {
	return `Writes nothing and joins no group. Each line begins with ok, note or do: what is as it should be, what to know, and what to do before run works. Exit status 1 if there is something to do, 3 if no broker answers within ten seconds. Give it the flags of run, as the same user on the same machine.`
}

// doctorWait is how long the examination waits for the brokers.
const doctorWait = 10 * time.Second

// Run implements the command.
func (cmd *doctorRunCmd) Run(c *console) error {
	cfg, err := cmd.config(c, false)
	if err != nil {
		return err
	}
	if cfg.GiveUpAfter < 0 || cfg.GiveUpAfter > doctorWait {
		cfg.GiveUpAfter = doctorWait
	}
	x := &examination{console: c, cmd: cmd, cfg: cfg}
	x.policy()
	x.disk()
	x.client, err = topics.Connect(c.ctx, cfg)
	if c.ctx.Err() != nil {
		return c.ctx.Err()
	}
	if err != nil {
		x.do("brokers", "%v", err)
		if errors.Is(err, topics.ErrGaveUp) {
			return &finished{statusNoBroker}
		}
		return errFound
	}
	defer x.client.Close()
	looks := []func() error{x.registry, x.brokers, x.rights}
	switch topics.Role(cmd.Role) {
	case topics.RoleEngine, topics.RoleReader, topics.RoleOperator:
		looks = append(looks, x.topics, x.group, x.clock, x.activated, x.state) // others may not ask
	}
	for _, look := range looks {
		if err := look(); err != nil {
			return err
		}
	}
	if x.todo {
		return errFound
	}
	return nil
}

// examination is one run of the command.
type examination struct {
	*console
	cmd    *doctorRunCmd
	cfg    topics.Config
	client *topics.Client
	// todo is true if there is something to do.
	todo bool
	// missing are the topics that are not there; nobody waits for them to come.
	missing []string
}

// without says what cannot be looked at before topics are there, if one of them is missing.
func (x *examination) without(what string, needs ...string) bool {
	for _, topic := range needs {
		if slices.Contains(x.missing, topic) {
			x.note(what, "not looked at before the topic %s is there", topic)
			return true
		}
	}
	return false
}

func (x *examination) say(how, what, format string, args ...any) {
	fmt.Fprintf(x.stdout, "%-5s %s: %s\n", how, what, fmt.Sprintf(format, args...))
}

func (x *examination) ok(what, format string, args ...any)   { x.say("ok", what, format, args...) }
func (x *examination) note(what, format string, args ...any) { x.say("note", what, format, args...) }

// do says what to do.
func (x *examination) do(what, format string, args ...any) {
	x.todo = true
	x.say("do", what, format, args...)
}

// failed says that something could not be looked at; only the end of the command ends it.
func (x *examination) failed(what string, err error) error {
	if x.ctx.Err() != nil {
		return x.ctx.Err()
	}
	x.do(what, "%v", err)
	return nil
}

// brokers looks whether each one can be reached, not only the first.
func (x *examination) brokers() error {
	nodes, away := x.client.Nodes(x.ctx), 0
	for _, n := range nodes {
		if n.Err != nil {
			away++
			x.do("brokers", "number %d says to be at %s and does not answer there: %v; mend the broker, the network, or "+
				"its advertised.listeners", n.ID, n.Address, n.Err)
		}
	}
	if away == 0 {
		x.ok("brokers", "%d of cluster %q answer; we are %s to them", len(nodes), x.client.ClusterID(), x.client.Principal())
	}
	return nil
}

// topics compares the topics with the contract.
func (x *examination) topics() error {
	found, err := x.client.Check(x.ctx, topics.CheckOptions{TrustTimestamps: x.cmd.TrustTimestamps,
		AcceptShortHistory: x.cmd.AcceptShortHistory})
	if err != nil {
		return x.failed("topics", err)
	}
	for _, d := range found.Differences {
		if d.Setting == "topic" {
			x.missing = append(x.missing, d.Topic)
		}
	}
	if all := len(topics.All()); len(x.missing) == all {
		x.do("topics", "none of the %d is there: run `tilsyn topics create`, or give the right --topic-prefix", all)
		return nil
	}
	for _, d := range found.Differences {
		x.do("topics", "%s", d)
	}
	if len(found.Differences) == 0 {
		x.ok("topics", "all %d are as the contract has them, %d partitions", len(topics.All()), found.Partitions)
	}
	return nil
}

// mostLines is how many things of one kind are named one by one.
const mostLines = 5

// rights looks whether the role may do what it must.
func (x *examination) rights() error {
	role := topics.Role(x.cmd.Role)
	all, err := topics.Rights(role, topics.RoleOptions{Prefix: x.cmd.TopicPrefix, Group: x.cmd.Group})
	if err != nil {
		return err
	}
	lacks, unknown, err := x.client.OwnRights(x.ctx, all)
	if err != nil {
		return x.failed("rights", err)
	}
	who := x.client.Principal()
	for i, r := range lacks {
		if i == mostLines {
			x.do("rights", "and %d more; all at once: tilsyn topics acls --role %s --principal '%s' --create", len(lacks)-i,
				role, who)
			break
		}
		x.do("rights", "%s lacks the right %s: %s", who, r, r.Command(x.cmd.Brokers[0], who))
	}
	switch {
	case len(lacks) > 0:
	case len(unknown) > 0:
		x.note("rights", "%s has all of the role %s that can be told; of topics that are not there, and of names that only "+
			"begin so, nothing can: %d rights", who, role, len(unknown))
	default:
		x.ok("rights", "%s has all %d of the role %s", who, len(all), role)
	}
	return nil
}

// group looks who is in the group of an engine.
func (x *examination) group() error {
	if x.cmd.Role != string(topics.RoleEngine) {
		return nil
	}
	g, err := x.client.DescribeGroup(x.ctx, x.cmd.Group)
	if err != nil {
		return x.failed("group", err)
	}
	switch {
	case len(g.Members) > 0 && !g.Ours:
		x.do("group", "%s has %d members that share out something else, the first is %s: stop them, or give a --group of "+
			"its own", x.cmd.Group, len(g.Members), g.Members[0])
	case len(g.Members) > 0:
		x.ok("group", "%s has %d engines", x.cmd.Group, len(g.Members))
	default:
		x.ok("group", "nobody is in %s", x.cmd.Group)
	}
	return nil
}

// How far clocks may be apart, and how old the newest commit of a running engine is at most.
const (
	clockApart  = 5 * time.Second
	commitEvery = 30 * time.Second
)

// clock compares the machine's clock with the times that the brokers put on commits.
func (x *examination) clock() error {
	switch inTime, known := clockKept(); {
	case !known:
		x.note("clock", "whether a time service keeps this machine's clock cannot be told here: make sure that one does")
	case !inTime:
		x.note("clock", "no time service keeps this machine's clock, as its kernel says: run one (chrony, "+
			"systemd-timesyncd), unless the machine below this one has it")
	}
	if x.without("clock", topics.TaskCommits) {
		return nil
	}
	parts, err := x.client.AllPartitions(x.ctx, topics.TaskCommits)
	if err != nil {
		return x.failed("clock", err)
	}
	now := time.Now()
	some := func(since time.Time) (bool, error) {
		at, err := x.client.Offsets(x.ctx, parts, topics.AtTime(since.UnixMilli()))
		for _, offset := range at {
			if offset >= 0 {
				return true, err
			}
		}
		return false, err
	}
	ahead, err := some(now.Add(clockApart))
	if err != nil {
		return x.failed("clock", err)
	}
	lately, err := some(now.Add(-commitEvery))
	switch {
	case err != nil:
		return x.failed("clock", err)
	case ahead:
		x.do("clock", "a broker has put a time on a commit that is more than %s ahead of this machine's clock: set both "+
			"by a time service (NTP); nobody is accused before both are past an instant", clockApart)
	case lately:
		x.ok("clock", "the brokers' time and this machine's are less than %s apart, by the newest commits", commitEvery)
	default:
		x.note("clock", "no engine has committed in the last %s, so that there is nothing to compare this machine's clock "+
			"with; it is %s", commitEvery, now.UTC().Format(time.RFC3339))
	}
	return nil
}

// policy reads the policy of the settings.
func (x *examination) policy() {
	p, err := policyOrBuiltin(x.cmd.Policy)
	if err != nil {
		x.do("policy", "%v", err)
		return
	}
	x.ok("policy", "%s can be read", p.Version)
}

// activated looks at the policies that were brought into force on the topics.
func (x *examination) activated() error {
	if x.without("policy", topics.Policies, topics.TaskCommits) {
		return nil
	}
	store, err := x.cmd.reading(x.console)
	if err != nil {
		return x.failed("schema registry", err)
	}
	r, err := stream.ReadPolicies(x.ctx, x.cfg, store, parseActivated)
	if err != nil {
		return x.failed("policy", err)
	}
	bad := 0
	for i := range r.Activations {
		a := &r.Activations[i]
		if a.Refused == nil || errors.Is(a.Refused, centres.ErrPolicyRetracted) ||
			errors.Is(a.Refused, centres.ErrPolicyReplaced) {
			continue
		}
		bad++
		x.do("policy", "no engine uses the activation of %s: %v; activate it anew with `tilsyn policy activate`", a.Version,
			a.Refused)
	}
	if bad == 0 {
		x.ok("policy", "%d activations on the topic, all of them usable", len(r.Activations))
	}
	return nil
}

// leastDisk is how much free space an instance begins with; below 512 MiB it stops writing.
const leastDisk = 2 << 30

// disk looks at the file system of the data directory.
func (x *examination) disk() {
	if x.cmd.DataDir == "" {
		x.note("disk", "give --data-dir to have disk and state looked at")
		return
	}
	dir := x.cmd.DataDir
	for {
		_, err := os.Stat(dir)
		if up := filepath.Dir(dir); errors.Is(err, fs.ErrNotExist) && up != dir {
			dir = up
			continue
		}
		break
	}
	free, err := state.FreeBytes(dir)
	switch {
	case err != nil:
		x.do("disk", "%s: %v", dir, err)
	case free < leastDisk:
		x.do("disk", "%s has %s left: free some, at least %s; below 512 MiB nothing is written", dir, sizeText(free),
			sizeText(leastDisk))
	default:
		x.ok("disk", "%s has %s left", dir, sizeText(free))
	}
}

// state looks whose the data directory is, and who may read it.
func (x *examination) state() error {
	dir := x.cmd.DataDir
	if dir == "" {
		return nil
	}
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		x.ok("state", "%s is not there yet: run makes it and reads the topics from their beginning", dir)
		return nil
	case err != nil:
		x.do("state", "%v", err)
		return nil
	case !info.IsDir():
		x.do("state", "%s is no directory", dir)
		return nil
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		x.do("state", "others than its user may look into %s (mode %03o), where facts of persons lie: chmod 700 %s", dir,
			mode, dir)
	}
	if x.without("state", topics.CardEvents) {
		return nil
	}
	ids, err := x.client.TopicIDs(x.ctx)
	if err != nil {
		return x.failed("state", err)
	}
	parts, err := x.client.Partitions(x.ctx, topics.CardEvents)
	if err != nil {
		return x.failed("state", err)
	}
	id, anew, err := datadir.OpenIdentity(dir, datadir.Identity{Cluster: x.client.ClusterID(), Prefix: x.cmd.TopicPrefix,
		Group: x.cmd.Group, Partitions: parts, TopicIDs: ids})
	switch {
	case err != nil:
		x.do("state", "%v", err)
	case anew:
		x.ok("state", "%s has no state of this prefix yet: run makes it", dir)
	default:
		x.ok("state", "%s belongs to these topics, as instance %s", dir, id.InstanceID)
	}
	return nil
}
