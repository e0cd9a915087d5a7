package casefile

import "github.com/cespare/xxhash/v2"

// MovedKey is under whom versions are kept that may be of anybody's facts, by the
// fact's name. No PersonID begins like this.
const MovedKey = "\x00moved:"

// ParkedKey is under whom rows without a person are kept, by card. No PersonID
// begins like this, since one that holds a NUL byte is not usable.
const ParkedKey = "\x00card:"

// PaperKey is under whom the lines are kept that a task shows of such entries, by
// centre.
const PaperKey = MovedKey + "paper:"

// CentresKey is under whom the open lines of a task are kept that are of no person.
const CentresKey = MovedKey + "centres"

// Pseudo reports whether an entry of the state is no person.
func Pseudo(id string) bool { return id != "" && id[0] == 0 }

// underCentreKey stands for the key of paper that lies under its centre.
const underCentreKey = MovedKey

// CardHash and personHash name a card and a person in headers and register.
func CardHash(card string) uint64 { return xxhash.Sum64String(card) }
