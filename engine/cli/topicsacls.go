package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"tilsyn/topics"
)

// topicsACLsCmd is `tilsyn topics acls`.
type topicsACLsCmd struct {
	kafkaFlags
	Role      []string `placeholder:"ROLE" help:"Roles to list: engine, console, producer, authority, consumer, reader, operator (default: all)."`
	Principal string   `placeholder:"User:NAME" help:"Whom the rights are for; with several roles it gets those of each (default: User: and the role's name)."`
	Group     string   `default:"tilsyn" help:"Group of the engine (run --group)."`
	Consumer  string   `name:"consumer-group" default:"case-system*" help:"Group of the consumer; a * at the end stands for all that begin so."`
	Writes    []string `placeholder:"TOPIC,…" help:"Input topics, without prefix, that a producer or an authority writes (default: those that such a system usually writes)."`
	Format    string   `default:"text" enum:"text,json,commands" help:"text: what each role may do. json: one right a line. commands: those of Kafka's kafka-acls.sh."`
	Create    bool     `help:"Give the rights to the principals; needs the right Alter on the cluster. What is there already stays."`
	Check     bool     `help:"List the rights that the principals do not have yet; exit status 1 if any. Needs the right Describe on the cluster."`
}

// Help is shown under the flags.
func (topicsACLsCmd) Help() string {
	return `Without --create and --check no broker is asked. Read and Write include Describe. Kafka cannot bind a producer to keys: a centre's producer may write of any centre, so give each system a principal of its own.`
}

// granted is a right with whom it is for.
type granted struct {
	role      topics.Role
	principal string
	topics.Right
}

// Run implements the command.
func (cmd *topicsACLsCmd) Run(c *console) error {
	all, err := cmd.rights()
	if err != nil {
		return err
	}
	if cmd.Create && cmd.Check {
		return wrong("--create and --check: give one of them")
	}
	if !cmd.Create && !cmd.Check {
		return cmd.print(c.stdout, all)
	}
	client, err := cmd.connect(c)
	if err != nil {
		return err
	}
	defer client.Close()
	failed := error(nil)
	for _, p := range byPrincipal(all) {
		principal := p.name
		has, err := client.Granted(c.ctx, principal)
		if err != nil {
			return err
		}
		lacks := topics.Lacking(p.rights, has)
		if cmd.Create && len(lacks) > 0 {
			if err := client.Grant(c.ctx, principal, lacks); err != nil {
				return err
			}
		}
		if cmd.Check && len(lacks) > 0 {
			failed = errFound
		}
		said := "lacks"
		if cmd.Create {
			said = "may now"
		}
		for _, r := range lacks {
			fmt.Fprintf(c.stdout, "%s %s %s\n", principal, said, r)
		}
		if len(lacks) == 0 {
			fmt.Fprintf(c.stdout, "%s has every right already\n", principal)
		}
	}
	return failed
}

// rights are those of the roles that are asked for, in their order.
func (cmd *topicsACLsCmd) rights() ([]granted, error) {
	roles := topics.Roles
	if len(cmd.Role) > 0 {
		roles = nil
		for _, name := range cmd.Role {
			if !slices.Contains(topics.Roles, topics.Role(name)) {
				return nil, wrong("--role %s: there is no such role; it is one of %s", name, roleNames())
			}
			roles = append(roles, topics.Role(name))
		}
	}
	if cmd.Principal != "" && len(cmd.Role) == 0 {
		return nil, wrong("--principal %s: say by --role which roles it has", cmd.Principal)
	}
	if cmd.Principal != "" && !strings.Contains(cmd.Principal, ":") {
		return nil, wrong("--principal %s: write it as the brokers do, User:%s", cmd.Principal, cmd.Principal)
	}
	var out []granted
	for _, role := range roles {
		opt := topics.RoleOptions{Prefix: cmd.TopicPrefix, Group: cmd.Group}
		if role == topics.RoleConsumer {
			opt.Group = cmd.Consumer
		}
		if len(cmd.Role) > 0 || role == topics.RoleProducer || role == topics.RoleAuthority {
			opt.Writes = cmd.Writes
		}
		list, err := topics.Rights(role, opt)
		if err != nil {
			return nil, wrong("%w", err)
		}
		principal := cmd.Principal
		if principal == "" {
			principal = "User:" + string(role)
		}
		for _, r := range list {
			out = append(out, granted{role, principal, r})
		}
	}
	return out, nil
}

func roleNames() string {
	var names []string
	for _, r := range topics.Roles {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}

// holder is a principal with all its rights.
type holder struct {
	name   string
	rights []topics.Right
}

// byPrincipal gathers the rights of each principal, in the order in which they come, each once.
func byPrincipal(all []granted) []holder {
	var out []holder
	for _, g := range all {
		i := slices.IndexFunc(out, func(h holder) bool { return h.name == g.principal })
		if i < 0 {
			i = len(out)
			out = append(out, holder{name: g.principal})
		}
		if !slices.Contains(out[i].rights, g.Right) {
			out[i].rights = append(out[i].rights, g.Right)
		}
	}
	return out
}

// print writes the rights in the format that is asked for.
func (cmd *topicsACLsCmd) print(w io.Writer, all []granted) error {
	switch cmd.Format {
	case "json":
		to := json.NewEncoder(w)
		for _, g := range all {
			if err := to.Encode(jsonRight(g)); err != nil {
				return err
			}
		}
		return nil
	case "commands":
		broker := "BROKER:9092"
		if len(cmd.Brokers) > 0 {
			broker = cmd.Brokers[0]
		}
		for _, p := range byPrincipal(all) {
			for _, r := range p.rights {
				if _, err := fmt.Fprintln(w, r.Command(broker, p.name)); err != nil {
					return err
				}
			}
		}
		return nil
	}
	for i, g := range all {
		if i == 0 || g.role != all[i-1].role {
			if _, err := fmt.Fprintf(w, "%s (%s)\n", g.role, g.principal); err != nil {
				return err
			}
		}
		if _, err := fmt.Fprintf(w, "    %s\n", g.Right); err != nil {
			return err
		}
	}
	return nil
}

// rightLine is a line of --format json.
type rightLine struct {
	Role      string `json:"role"`
	Principal string `json:"principal"`
	Operation string `json:"operation"`
	Resource  string `json:"resource"`
	Name      string `json:"name"`
	// Pattern is literal or prefixed.
	Pattern string `json:"pattern"`
}

func jsonRight(g granted) rightLine {
	pattern := "literal"
	if g.Prefixed {
		pattern = "prefixed"
	}
	return rightLine{string(g.role), g.principal, g.Operation.String(),
		strings.ReplaceAll(g.Resource.String(), " ", "-"), g.Name, pattern}
}
