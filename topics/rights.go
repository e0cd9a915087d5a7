package topics

import (
	"errors"
	"fmt"
	"strings"
)

// Resource is a kind of thing that rights are given for.
type Resource int8

// The kinds of resources, by the protocol's numbers (KIP-140).
const (
	ResourceTopic         Resource = 2
	ResourceGroup         Resource = 3
	ResourceCluster       Resource = 4
	ResourceTransactional Resource = 5
)

// String is the name in messages.
func (r Resource) String() string {
	switch r {
	case ResourceTopic:
		return "topic"
	case ResourceGroup:
		return "group"
	case ResourceCluster:
		return "cluster"
	case ResourceTransactional:
		return "transactional id"
	}
	return fmt.Sprintf("resource %d", int8(r))
}

// Operation is what somebody may do with a resource.
type Operation int8

// The operations, by the protocol's numbers (KIP-140).
const (
	OpRead            Operation = 3
	OpWrite           Operation = 4
	OpCreate          Operation = 5
	OpDelete          Operation = 6
	OpAlter           Operation = 7
	OpDescribe        Operation = 8
	OpDescribeConfigs Operation = 10
	OpAlterConfigs    Operation = 11
	OpIdempotentWrite Operation = 12
)

// operationNames are the names that Kafka prints, and kafka-acls takes.
var operationNames = map[Operation]string{OpRead: "Read", OpWrite: "Write", OpCreate: "Create", OpDelete: "Delete",
	OpAlter: "Alter", OpDescribe: "Describe", OpDescribeConfigs: "DescribeConfigs", OpAlterConfigs: "AlterConfigs",
	OpIdempotentWrite: "IdempotentWrite"}

// String is the name of Kafka's tools.
func (o Operation) String() string {
	if s, ok := operationNames[o]; ok {
		return s
	}
	return fmt.Sprintf("operation %d", int8(o))
}

// clusterName is the name of the one resource of the kind cluster.
const clusterName = "kafka-cluster"

// Right is one thing that somebody may do with a resource.
type Right struct {
	Operation Operation
	Resource  Resource
	// Name is the full name of the topic, with prefix, of the group or transactional id.
	Name string
	// Prefixed is true if the right is for everything whose name begins with Name.
	Prefixed bool
}

// String says it in words.
func (r Right) String() string {
	switch {
	case r.Resource == ResourceCluster:
		return fmt.Sprintf("%s on the cluster", r.Operation)
	case r.Prefixed && r.Name == "":
		return fmt.Sprintf("%s on every %s", r.Operation, r.Resource)
	case r.Prefixed:
		return fmt.Sprintf("%s on every %s that begins with %s", r.Operation, r.Resource, r.Name)
	}
	return fmt.Sprintf("%s on %s %s", r.Operation, r.Resource, r.Name)
}

// Command is the command of Kafka that gives the right to a principal. The broker is one that an
// administrator reaches; what the administrator logs in with stands in admin.properties.
func (r Right) Command(broker, principal string) string {
	where := "--cluster"
	switch r.Resource {
	case ResourceTopic:
		where = "--topic " + quoted(r.Name)
	case ResourceGroup:
		where = "--group " + quoted(r.Name)
	case ResourceTransactional:
		where = "--transactional-id " + quoted(r.Name)
	}
	if r.Prefixed {
		where += " --resource-pattern-type prefixed"
	}
	return fmt.Sprintf("kafka-acls.sh --bootstrap-server %s --command-config admin.properties --add --allow-principal %s "+
		"--operation %s %s", broker, quoted(principal), r.Operation, where)
}

// quoted is a word of a shell.
func quoted(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-:/,=@") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// Missing is a right that somebody lacks.
type Missing struct {
	Right
	// Principal is who lacks it, as far as this client knows: brokers may name certificates and tokens by
	// rules of their own.
	Principal string
	broker    string
}

// String names the right, and how it is given.
func (m *Missing) String() string {
	with := ""
	if m.Operation == OpDescribe && m.Resource != ResourceCluster {
		with = ", which Read and Write bring with them"
	}
	return fmt.Sprintf("%s lacks the right %s%s; an administrator of the brokers gives it: %s "+
		"(the rights of each role: tilsyn topics acls)", m.Principal, m.Right, with, m.Command(m.broker, m.Principal))
}

// toWrite makes the right that is missing the one that whoever writes to a topic needs: where not even
// the topic may be seen, or no producer id is given because there is no topic that may be written.
func (c *Client) toWrite(err error, topic string) error {
	if m, ok := IsRefused(err); ok && (m.Operation == OpDescribe || m.Operation == OpIdempotentWrite) {
		m.Right = Right{OpWrite, ResourceTopic, c.Full(topic), false}
	}
	return err
}

// named adds to an error of a broker which right is missing, if one is. The target, where there is one,
// says of which group or transactional id.
func (c *Client) named(err error, t target) error {
	var code *CodeError
	if err == nil || !errors.As(err, &code) || code.Missing != nil {
		return err
	}
	of, known := t.(coordinator)
	if code.Op == "FindCoordinator" && !known {
		return err // whoever asked knows of which
	}
	right := Right{Operation: needed(code)}
	switch code.Code {
	case codeTopicRefused:
		right.Resource, right.Name = ResourceTopic, c.Full(code.Topic)
		if code.Topic == "" {
			right.Prefixed = true
		}
	case codeGroupRefused:
		right.Resource, right.Name = ResourceGroup, of.key
	case codeTxnRefused:
		right.Resource, right.Name = ResourceTransactional, of.key
		if of.kind != coordTxn || of.key == "" {
			right.Name, right.Prefixed = c.cfg.Prefix, true
		}
	case codeClusterRefused:
		right.Resource, right.Name = ResourceCluster, clusterName
	default:
		return err
	}
	c.pool.mu.Lock()
	who := c.pool.principal
	c.pool.mu.Unlock()
	code.Missing = &Missing{Right: right, Principal: who, broker: c.cfg.Brokers[0]}
	return err
}
