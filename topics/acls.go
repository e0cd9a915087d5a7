package topics

import (
	"context"
	"errors"
	"fmt"

	"github.com/segmentio/kafka-go/protocol/createacls"
	"github.com/segmentio/kafka-go/protocol/describeacls"
)

// The protocol's numbers of how names are matched, and of what an entry does (KIP-140, KIP-290).
const (
	patternAny      int8 = 1
	patternLiteral  int8 = 3
	patternPrefixed int8 = 4
	permissionAllow int8 = 3
	anyHost              = "*"
)

// codeSecurityDisabled says that the brokers have no authorizer.
const codeSecurityDisabled Code = 54

// ErrNoAuthorizer says that the brokers allow everything to everybody: rights can neither be listed nor
// given. It is also ErrFatal.
var ErrNoAuthorizer = fmt.Errorf("the brokers have no authorizer, so that everybody may do everything there; "+
	"set authorizer.class.name on each of them: %w", ErrFatal)

// Grant gives rights to a principal, such as User:engine, from every host. What it has already stays as
// it is. Whoever asks needs the right Alter on the cluster.
func (c *Client) Grant(ctx context.Context, principal string, rights []Right) error {
	req := &createacls.Request{}
	for _, r := range rights {
		pattern := patternLiteral
		if r.Prefixed {
			pattern = patternPrefixed
		}
		req.Creations = append(req.Creations, createacls.RequestACLs{ResourceType: int8(r.Resource), ResourceName: r.Name,
			ResourcePatternType: pattern, Principal: principal, Host: anyHost, Operation: int8(r.Operation),
			PermissionType: permissionAllow})
	}
	return c.ask(ctx, "the answer to CreateAcls", controller{c}, func(ctx context.Context, cn *conn) error {
		msg, err := cn.call(ctx, req)
		if err != nil {
			return err
		}
		res, ok := msg.(*createacls.Response)
		if !ok || len(res.Results) != len(rights) {
			return errOtherKind("CreateAcls")
		}
		for _, r := range res.Results {
			if r.ErrorCode != 0 {
				return aclError("CreateAcls", r.ErrorCode, r.ErrorMessage)
			}
		}
		return nil
	})
}

// Granted lists the rights that a principal has by entries of its own. Entries that deny, that name a
// host, or of operations and resources that no role needs are left out. Whoever asks needs the right
// Describe on the cluster.
func (c *Client) Granted(ctx context.Context, principal string) ([]Right, error) {
	var out []Right
	err := c.ask(ctx, "the answer to DescribeAcls", anyBroker{c}, func(ctx context.Context, cn *conn) error {
		msg, err := cn.call(ctx, &describeacls.Request{Filter: describeacls.ACLFilter{ResourceTypeFilter: 1,
			ResourcePatternTypeFilter: patternAny, PrincipalFilter: principal, Operation: 1, PermissionType: permissionAllow}})
		if err != nil {
			return err
		}
		res, ok := msg.(*describeacls.Response)
		if !ok {
			return errOtherKind("DescribeAcls")
		}
		if res.ErrorCode != 0 {
			return aclError("DescribeAcls", res.ErrorCode, res.ErrorMessage)
		}
		out = out[:0]
		for _, r := range res.Resources {
			for _, a := range r.ACLs {
				if a.Host == anyHost && a.PermissionType == permissionAllow {
					out = append(out, Right{Operation(a.Operation), Resource(r.ResourceType), r.ResourceName,
						r.PatternType == patternPrefixed})
				}
			}
		}
		return nil
	})
	return out, err
}

func aclError(op string, code int16, message string) error {
	if Code(code) == codeSecurityDisabled {
		return ErrNoAuthorizer
	}
	return classify(&CodeError{Code: Code(code), Op: op, Partition: -1, Message: message})
}

// Lacking are those of the rights that granted does not include: an operation includes Describe where
// Kafka has it so, and a right by prefix, or for all names, includes those of single names.
func Lacking(rights, granted []Right) []Right {
	var out []Right
	for _, want := range rights {
		found := false
		for _, have := range granted {
			found = found || have.includes(want)
		}
		if !found {
			out = append(out, want)
		}
	}
	return out
}

// includes reports whether whoever has the right has the other as well.
func (r Right) includes(o Right) bool {
	if r.Resource != o.Resource || !r.Operation.includes(o.Operation) {
		return false
	}
	if !r.Prefixed && r.Name == "*" {
		return true
	}
	if r.Prefixed {
		return len(o.Name) >= len(r.Name) && o.Name[:len(r.Name)] == r.Name
	}
	return !o.Prefixed && r.Name == o.Name
}

// includes reports whether an operation brings another with it (KIP-140).
func (o Operation) includes(p Operation) bool {
	switch {
	case o == p || o == opAll:
		return true
	case p == OpDescribe:
		return o == OpRead || o == OpWrite || o == OpDelete || o == OpAlter
	case p == OpDescribeConfigs:
		return o == OpAlterConfigs
	}
	return false
}

// opAll is every operation.
const opAll Operation = 2

// IsRefused reports whether an error is a broker's refusal of a right, and which one is missing.
func IsRefused(err error) (*Missing, bool) {
	var code *CodeError
	if errors.As(err, &code) && code.Missing != nil {
		return code.Missing, true
	}
	return nil, false
}
