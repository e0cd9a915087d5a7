package topics

import (
	"fmt"
	"slices"
	"strings"
)

// Role is somebody who needs rights on the brokers.
type Role string

// The roles. Whoever has several gets the rights of each.
const (
	// RoleEngine is `tilsyn run` without pages.
	RoleEngine Role = "engine"
	// RoleConsole is what the pages of `tilsyn run` need besides: they write what people enter, and the audit.
	RoleConsole Role = "console"
	// RoleProducer is a system at a centre that registers passages and reports, or a guard's log.
	RoleProducer Role = "producer"
	// RoleAuthority is a system of the authorities that decides: duties, permissions, custody, links.
	RoleAuthority Role = "authority"
	// RoleConsumer is a case system: it reads what was told, acknowledges and says what it did with it.
	RoleConsumer Role = "consumer"
	// RoleReader reads everything and writes nothing: tail, explain, report, export, verify.
	RoleReader Role = "reader"
	// RoleOperator makes and checks the topics, activates policies, resolves dead letters and tries recalls.
	RoleOperator Role = "operator"
)

// Roles are all roles, in the order in which they are listed.
var Roles = []Role{RoleEngine, RoleConsole, RoleProducer, RoleAuthority, RoleConsumer, RoleReader, RoleOperator}

// What each role writes, besides the engine.
var roleWrites = map[Role][]string{
	RoleConsole: {ManualEntries, Notices, DepartureAssessments, Acknowledgements, Resolutions, Handlings,
		Incidents, Exclusions, Settlements, ControlActions, Audit},
	RoleProducer:  {CardEvents, ManualEntries, Notices, Incidents, Settlements, Heartbeats, Reconciliations, ChangeMarks},
	RoleAuthority: {ObligationChanges, GroupChanges, Permissions, Holds, DepartureAssessments, Convictions, IdentityLinks, CardAssignments, Exclusions, SupervisionResults, Heartbeats},
	RoleConsumer:  {Acknowledgements, Handlings},
	RoleOperator:  {Policies, Resolutions, ControlActions},
}

// consumed are the topics that a case system reads.
var consumed = []string{Violations, CaseSummaries, Recalls}

// What `recall drill` and `run --shadow` put behind the prefix for their copies, and the groups of the engines
// that judge these.
const (
	DrillPrefix = "drill-"
	DrillGroup  = "drill"
	ShadowGroup = "shadow"
)

// RoleOptions say whose rights are asked for.
type RoleOptions struct {
	// Prefix is that of all topic names.
	Prefix string
	// Group is the group of the engine; for a consumer its own, for all its groups where it ends with *.
	Group string
	// Writes replaces, for a producer or an authority, the topics that it writes: without prefix, and
	// inputs only. Default: those that such a system usually writes.
	Writes []string
}

// Rights are exactly what a role needs, in a fixed order. Read and Write include Describe.
func Rights(role Role, opt RoleOptions) ([]Right, error) {
	if !slices.Contains(Roles, role) {
		return nil, fmt.Errorf("there is no role %q", role)
	}
	l := &rightList{prefix: opt.Prefix}
	if len(opt.Writes) > 0 && role != RoleProducer && role != RoleAuthority {
		return nil, fmt.Errorf("what the role %s writes is fixed: topics are chosen for producer and authority only", role)
	}
	for _, name := range opt.Writes {
		if s, ok := Lookup(name); !ok || !s.Input() {
			return nil, fmt.Errorf("%q is no input topic", name)
		}
	}
	switch role {
	case RoleEngine:
		l.engine(opt.Group)
	case RoleConsumer:
		l.topics(OpRead, consumed...)
		name, all := strings.CutSuffix(opt.Group, "*")
		l.add(Right{OpRead, ResourceGroup, name, all})
	case RoleConsole:
		l.topics(OpRead, Audit)
	case RoleReader, RoleOperator:
		l.everything(OpRead)
		l.everything(OpDescribeConfigs)
	case RoleProducer, RoleAuthority:
	}
	writes := roleWrites[role]
	if len(opt.Writes) > 0 {
		writes = opt.Writes
	}
	l.topics(OpWrite, writes...)
	if role == RoleOperator {
		l.operator()
	}
	return l.rights, nil
}

// rightList gathers rights.
type rightList struct {
	prefix string
	rights []Right
}

func (l *rightList) add(r Right) { l.rights = append(l.rights, r) }

// topics adds an operation on topics.
func (l *rightList) topics(op Operation, names ...string) {
	for _, name := range names {
		l.add(Right{op, ResourceTopic, l.prefix + name, false})
	}
}

// everything adds an operation on every topic of the contract.
func (l *rightList) everything(op Operation) {
	for _, s := range specs {
		l.topics(op, s.Name)
	}
}

// engine adds what `run` needs: it reads the inputs and what it told itself, looks at the settings of
// all topics, and writes its own in transactions.
func (l *rightList) engine(group string) {
	for _, s := range specs {
		if s.Name == Audit {
			l.topics(OpDescribe, s.Name) // the pages' own
			continue
		}
		l.topics(OpRead, s.Name)
		if !s.Input() {
			l.topics(OpWrite, s.Name)
		}
	}
	l.everything(OpDescribeConfigs)
	l.add(Right{OpRead, ResourceGroup, group, false})
	l.add(Right{OpWrite, ResourceTransactional, Scope(l.prefix, group) + "-", true})
}

// operator adds making the topics, and the copies that recall drills and shadows work on: the program's own engine
// runs there, under transactional ids that begin like the copy.
func (l *rightList) operator() {
	l.everything(OpCreate)
	drill := l.prefix + DrillPrefix
	for _, op := range []Operation{OpCreate, OpRead, OpWrite, OpDescribeConfigs} {
		l.add(Right{op, ResourceTopic, drill, true})
	}
	l.add(Right{OpRead, ResourceGroup, DrillGroup, false})
	l.add(Right{OpRead, ResourceGroup, ShadowGroup, false})
	l.add(Right{OpWrite, ResourceTransactional, drill, true})
}
