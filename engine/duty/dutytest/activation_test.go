package dutytest

import (
	"math/rand/v2"
	"strings"
	"testing"

	"tilsyn/engine/duty"
)

// TestActivePolicies: of the known versions of an activation the highest counts, a retracted
// activation brings no policy, and the order of the records does not matter.
func TestActivePolicies(t *testing.T) {
	const hour = duty.Hour
	version := func(
		id string, version int64, retracted bool, activated, known duty.Instant, digest string,
	) duty.Activation {
		a := duty.Activation{Record: duty.Known[duty.PolicyActivation]{At: known,
			Fact: duty.PolicyActivation{ID: id, Version: version,
				Retracted: retracted, ActivatedAt: activated, Digest: digest, Text: digest}}}
		if !retracted {
			a.Policy = &duty.Policy{Version: digest, Digest: digest}
		}
		return a
	}
	a1, b1 := version("a", 1, false, 2*hour, 1*hour, "a1"), version("b", 1, false, 0, 3*hour, "b1")
	a2, a3 := version("a", 2, false, 2*hour, 5*hour, "a2"), version("a", 3, true, 2*hour, 7*hour, "a2")
	late := version("a", 1, false, 2*hour, 9*hour, "a1")
	tie := version("a", 1, false, 2*hour, 1*hour, "a0")
	base := []duty.ActivePolicy{{From: duty.Beginning, Policy: &duty.Policy{Version: "base", Digest: "base"}}}
	for _, c := range []struct {
		name string
		list []duty.Activation
		at   duty.Instant
		want string
	}{
		{"none known", []duty.Activation{a1, b1}, 0, "base"},
		{"one is to come", []duty.Activation{a1, b1}, 1 * hour, "base a1@2"},
		{"known after its instant", []duty.Activation{a1, b1}, 4 * hour, "base a1@2 b1@3"},
		{"a higher version", []duty.Activation{a1, a2, b1}, 5 * hour, "base b1@3 a2@5"},
		{"before it is known", []duty.Activation{a1, a2, b1}, 4 * hour, "base a1@2 b1@3"},
		{"taken back", []duty.Activation{a1, a2, a3, b1}, 7 * hour, "base b1@3"},
		{"a lower version comes late", []duty.Activation{a1, a2, a3, b1, late}, 9 * hour, "base b1@3"},
		{"twice", []duty.Activation{a1, a1, late}, 9 * hour, "base a1@2"},
		{"one version in two forms", []duty.Activation{a1, tie}, 2 * hour, "base a0@2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for seed := range uint64(5) {
				rand.New(rand.NewPCG(seed, 0)).Shuffle(len(c.list), func(i, j int) { c.list[i], c.list[j] = c.list[j], c.list[i] })
				var got []string
				for _, p := range duty.ActivePolicies(base, c.list, c.at) {
					name := p.Policy.Version
					if p.From != duty.Beginning {
						name += "@" + string(rune('0'+p.From/hour))
					}
					got = append(got, name)
				}
				if s := strings.Join(got, " "); s != c.want {
					t.Errorf("seed %d: %q, want %q", seed, s, c.want)
				}
			}
		})
	}
}
