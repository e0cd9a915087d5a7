package access

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/goccy/go-yaml"
)

// List says who has which role.
type List struct {
	// Certificates name the subjects of client certificates by common name.
	Certificates []Entrant `yaml:"certificates"`
	// Tokens are bearer tokens of programs.
	Tokens []Token `yaml:"tokens"`
	// OIDC says which value of a claim gives which role.
	OIDC Claims `yaml:"oidc"`
}

// Entrant is somebody with roles.
type Entrant struct {
	Name  string `yaml:"name"`
	Roles []Role `yaml:"roles"`
}

// Token is a bearer token; the file has its SHA-256 and never the token.
type Token struct {
	Name   string `yaml:"name"`
	SHA256 string `yaml:"sha256"`
	Roles  []Role `yaml:"roles"`

	sum []byte
}

// Claims says how an id token gives roles.
type Claims struct {
	// Claim is the claim that lists them (default: roles).
	Claim string `yaml:"claim"`
	// Roles are the values of the claim that give each role; a role without values is given by its own name.
	Roles map[Role][]string `yaml:"roles"`
}

// ParseList reads an access file.
func ParseList(text []byte) (*List, error) {
	var l List
	if err := yaml.UnmarshalWithOptions(text, &l, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("the access file cannot be read: %s", yaml.FormatError(err, false, false))
	}
	if l.OIDC.Claim == "" {
		l.OIDC.Claim = "roles"
	}
	for _, c := range l.Certificates {
		if err := checkEntrant("certificates", c.Name, c.Roles); err != nil {
			return nil, err
		}
	}
	for i := range l.Tokens {
		t := &l.Tokens[i]
		if err := checkEntrant("tokens", t.Name, t.Roles); err != nil {
			return nil, err
		}
		sum, err := hex.DecodeString(t.SHA256)
		if err != nil || len(sum) != 32 {
			return nil, fmt.Errorf("tokens: %s: sha256 must be the 64 hexadecimal digits of the token's SHA-256", t.Name)
		}
		t.sum = sum
	}
	for _, r := range Roles() {
		if l.OIDC.Roles[r] == nil {
			continue
		}
		if len(l.OIDC.Roles[r]) == 0 {
			return nil, fmt.Errorf("oidc: role %s has no value; leave it out, or name the values that give it", r)
		}
	}
	for r := range l.OIDC.Roles {
		if !slices.Contains(Roles(), r) {
			return nil, fmt.Errorf("oidc: there is no role %q; the roles are %v", r, Roles())
		}
	}
	return &l, nil
}

func checkEntrant(where, name string, roles []Role) error {
	if name == "" {
		return errors.New(where + ": an entry has no name; name who it is, for the audit topic")
	}
	if len(roles) == 0 {
		return fmt.Errorf("%s: %s has no roles; give some of %v", where, name, Roles())
	}
	for _, r := range roles {
		if !slices.Contains(Roles(), r) {
			return fmt.Errorf("%s: %s has a role %q that there is not; the roles are %v", where, name, r, Roles())
		}
	}
	return nil
}

// rolesOf are the roles that values of the claim give.
func (c *Claims) rolesOf(values []string) []Role {
	var out []Role
	for _, r := range Roles() {
		gives := c.Roles[r]
		if gives == nil {
			gives = []string{string(r)}
		}
		if slices.ContainsFunc(values, func(v string) bool { return slices.Contains(gives, v) }) {
			out = append(out, r)
		}
	}
	return out
}
