package console

import (
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/topics"
)

// TestThePagesHaveTheirRights: the role console may write what a form writes, and the audit, and
// nothing else.
func TestThePagesHaveTheirRights(t *testing.T) {
	rights, err := topics.Rights(topics.RoleConsole, topics.RoleOptions{})
	if err != nil {
		t.Fatal(err)
	}
	may := map[string]bool{}
	for _, r := range rights {
		if r.Operation == topics.OpWrite {
			may[r.Name] = true
		}
	}
	written := map[string]bool{duty.TopicAudit: true}
	for _, f := range forms() {
		written[f.topic] = true
		if !may[f.topic] {
			t.Errorf("form %s writes %s, which the role console may not", f.slug, f.topic)
		}
	}
	for name := range may {
		if !written[name] {
			t.Errorf("the role console may write %s, which no form writes", name)
		}
	}
}
