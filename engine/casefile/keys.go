package casefile

import "github.com/cespare/xxhash/v2"

// MovedKey is the pseudo person under which versions of facts are kept that may concern anybody,
// by name of the fact. No PersonID begins with a NUL byte.
const MovedKey = "\x00moved:"

// ParkedKey is the prefix of pseudo persons under which rows without a person are kept, by card.
// No PersonID begins like this: a NUL byte makes it unusable.
const ParkedKey = "\x00card:"

// PaperKey is the prefix under which a task keeps the open lines about paper that lies under a
// centre, by centre.
const PaperKey = MovedKey + "paper:"

// CentresKey is the key under which a task keeps its open lines that concern no person.
const CentresKey = MovedKey + "centres"

// WatchKey is the key under which the owner of the watch keeps the open lines of the watch, and the
// prefix of those under which it keeps what tasks forward to it.
const WatchKey = MovedKey + "watch"

// RecallsKey is the key under which the task that writes the recalls keeps its open lines about them.
const RecallsKey = MovedKey + "recalls"

// DoubtsKey is the key under which the task that writes the control reports keeps its open lines about
// registrations that look too few, one-sided or nobody's.
const DoubtsKey = MovedKey + "doubts"

// Pseudo reports whether a key of the state stands for something else than a person.
func Pseudo(id string) bool { return id != "" && id[0] == 0 }

// underCentreKey is the Key of paper that lies under its centre.
const underCentreKey = MovedKey

// CardHash is the hash by which headers and the register name a card.
func CardHash(card string) uint64 { return xxhash.Sum64String(card) }

// FactName returns a name common to all versions of a fact. topic is a number of its topic, the same
// wherever names are compared. If two facts share a name, they reach more persons than they concern,
// which changes no verdict.
func FactName(topic byte, identity string) uint64 {
	return xxhash.Sum64String(identity) ^ (uint64(topic)+1)*0x9e3779b97f4a7c15
}
