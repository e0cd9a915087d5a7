package centres

import (
	"github.com/cespare/xxhash/v2"

	"tilsyn/engine/duty"
)

// speaksFrom is duty.SpeaksFrom for a record of a fact of which nothing was read before; Beginning for all others.
func (r *CentreReader) speaksFrom(topic string, record any) duty.Instant {
	fact, from := duty.SpeaksFrom(record)
	name := xxhash.Sum64String(topic + "\x00" + fact)
	if r.met[name] {
		return duty.Beginning
	}
	r.met[name] = true
	return from
}
