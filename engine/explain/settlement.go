package explain

import (
	"fmt"
	"strconv"

	"tilsyn/engine/duty"
	"tilsyn/engine/glossary"
)

// settlement says what a record waits for.
func settlement(a *duty.Account) Settlement {
	s := Settlement{
		Settled: true,
		Logs:    []Log{},
		Feeds:   []Feed{},
	}
	var missing, held []words
	for i := range a.Logs {
		l := &a.Logs[i]
		n := Log{
			CentreID: l.CentreID,
			Date:     l.Date.String(),
			Log:      l.Log.String(),
			Needed:   l.To.Local(),
			Proven:   l.Proven(),
		}
		if l.Through > duty.Beginning {
			n.Through = l.Through.Local()
		}
		if !n.Proven {
			s.Settled = false
			name, _ := glossary.Of(n.Log)
			missing = append(missing, words{
				fmt.Sprintf("a marker that %s of %s is complete for %s through %s", n.Log, n.CentreID, n.Date, n.Needed),
				fmt.Sprintf("en markering af, at %s på %s er komplet for %s til og med %s", lower(name.Da), n.CentreID, n.Date,
					timeDa(n.Needed))})
		}
		s.Logs = append(s.Logs, n)
	}
	for i := range a.HeldBy {
		is, again := heldBy(&a.HeldBy[i])
		held, missing = append(held, is), append(missing, again)
	}
	if a.Rests > 0 && len(a.Feeds) > 0 {
		s.Rests = a.Rests.Local()
	}
	for i := range a.Feeds {
		f := Feed{Source: a.Feeds[i].Source, Enough: a.Feeds[i].Through >= a.Rests}
		if t := a.Feeds[i].Through; t > duty.Beginning && t < duty.Forever {
			f.Through = t.Local()
		}
		if !f.Enough {
			missing = append(missing, words{"a heartbeat of " + f.Source + " that covers " + s.Rests,
				"et livstegn fra " + f.Source + ", der dækker " + timeDa(s.Rests)})
		}
		s.Feeds = append(s.Feeds, f)
	}
	s.HeldBy, s.HeldByDa = lines(held)
	s.Missing, s.MissingDa = lines(missing)
	return s
}

// heldBy says which record holds a unit, and what would let it go.
func heldBy(h *duty.HeldBy) (is, again words) {
	where := words{h.Topic, h.Topic}
	if h.Topic == "" {
		where = words{"an unknown topic", "et ukendt emne"}
	}
	if h.Pos.OK {
		place := ", partition " + strconv.Itoa(int(h.Pos.V.Partition)) + ", offset " + strconv.FormatInt(h.Pos.V.Offset, 10)
		where.en, where.da = where.en+place, where.da+place
	}
	why := words{"cannot be read", "ikke kan læses"}
	if h.Senseless {
		why = words{"makes no sense", "ikke giver mening"}
	}
	if h.Since > duty.Beginning {
		why.en += ", known since " + h.Since.Local()
		why.da += ", kendt siden " + timeDa(h.Since.Local())
	}
	return words{"a record of " + where.en + " that " + why.en, "en post i " + where.da + ", der " + why.da},
		words{"the record of " + where.en + " sent again so that it can be read, or a Resolution of it",
			"posten i " + where.da + " sendt igen, så den kan læses, eller en afgørelse af, at den er uden betydning"}
}
