package topics

import (
	"slices"
	"strings"
	"testing"
)

// TestEveryRoleHasRights: each role has rights, each once and none that another of them includes; only
// inputs are written by others than the engine, and by each input somebody.
func TestEveryRoleHasRights(t *testing.T) {
	written := map[string]bool{}
	for _, role := range Roles {
		rights, err := Rights(role, RoleOptions{Prefix: "p.", Group: "g"})
		if err != nil || len(rights) == 0 {
			t.Fatalf("%s: %v", role, err)
		}
		for i, r := range rights {
			rest := slices.Delete(slices.Clone(rights), i, i+1)
			if len(Lacking([]Right{r}, rest)) == 0 && r.Operation != OpRead {
				t.Errorf("%s: others of its rights include %s", role, r)
			}
			if r.Resource != ResourceTopic || r.Operation != OpWrite || r.Prefixed {
				continue
			}
			name, ok := TrimPrefix("p.", r.Name)
			s, known := Lookup(name)
			written[name] = true
			if !ok || !known || role != RoleEngine && !s.Input() && s.Name != Audit ||
				role == RoleEngine && (s.Input() || s.Name == Audit) {
				t.Errorf("%s has %s", role, r)
			}
		}
	}
	for _, s := range specs {
		if !written[s.Name] {
			t.Errorf("nobody writes %s", s.Name)
		}
	}
	if _, err := Rights(RoleProducer, RoleOptions{Writes: []string{Violations}}); err == nil {
		t.Error("a producer may be given an output")
	}
	got, err := Rights(RoleProducer, RoleOptions{Prefix: "p.", Writes: []string{CardEvents}})
	if err != nil || !slices.Equal(got, []Right{{OpWrite, ResourceTopic, "p.card-events", false}}) {
		t.Errorf("a producer of card events: %v, %v", got, err)
	}
}

// TestLacking: what includes what.
func TestLacking(t *testing.T) {
	topic := func(op Operation, name string, prefixed bool) Right { return Right{op, ResourceTopic, name, prefixed} }
	for _, c := range []struct {
		have, want Right
		lacks      bool
	}{
		{topic(OpRead, "a", false), topic(OpRead, "a", false), false},
		{topic(OpRead, "a", false), topic(OpDescribe, "a", false), false},
		{topic(OpDescribe, "a", false), topic(OpRead, "a", false), true},
		{topic(OpRead, "a", false), topic(OpDescribeConfigs, "a", false), true},
		{topic(OpAlterConfigs, "a", false), topic(OpDescribeConfigs, "a", false), false},
		{topic(opAll, "a", false), topic(OpCreate, "a", false), false},
		{topic(OpRead, "a", true), topic(OpRead, "ab", false), false},
		{topic(OpRead, "a", true), topic(OpRead, "ab", true), false},
		{topic(OpRead, "ab", true), topic(OpRead, "a", true), true},
		{topic(OpRead, "a", false), topic(OpRead, "a", true), true},
		{topic(OpRead, "*", false), topic(OpRead, "a", true), false},
		{topic(OpRead, "*", false), Right{OpRead, ResourceGroup, "a", false}, true},
	} {
		if got := len(Lacking([]Right{c.want}, []Right{c.have})) == 1; got != c.lacks {
			t.Errorf("who has %s lacks %s: %v", c.have, c.want, got)
		}
	}
}

// TestCommands: commands that a shell takes.
func TestCommands(t *testing.T) {
	got := Right{OpDescribeConfigs, ResourceTopic, "p.", true}.Command("b:1", "User:CN=it's, O=x")
	want := `--allow-principal 'User:CN=it'\''s, O=x' --operation DescribeConfigs --topic p. --resource-pattern-type prefixed`
	if !strings.HasSuffix(got, want) {
		t.Errorf("%s", got)
	}
}
