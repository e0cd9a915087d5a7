package task

import (
	"errors"
	"strconv"

	"tilsyn/engine/duty"
	"tilsyn/engine/internal/notation"
)

// scriptRecords are the tokens that the notation of the core lacks, since nothing in them is
// judged alone. Each takes an instant, which is when it is known unless [rx=] says otherwise.
var scriptRecords = map[string]func(who, id string, at duty.Instant, w *notation.Words) any{
	"BEAT": func(who, id string, at duty.Instant, w *notation.Words) any {
		h := &duty.Heartbeat{ID: id, Version: 1, ReceivedAt: at, SourceID: w.Or("source", who+"-carousel"), At: at}
		if _, any := w.Flags["any"]; !any {
			h.CentreID = duty.Some(who)
		}
		if n, ok := number(w, "seq"); ok {
			h.LastSeq = duty.Some(n)
		}
		return h
	},
	"PROOF": func(who, id string, at duty.Instant, w *notation.Words) any {
		s := &duty.Settlement{ID: id, Version: 1, ReceivedAt: at, CentreID: who, LocalDate: at.Date(),
			LogType: duty.LogTypeNoticeLog, Complete: true}
		if _, ok := w.Flags["forms"]; ok {
			s.LogType = duty.LogTypeOutageForms
		}
		return s
	},
	"RECON": func(who, id string, at duty.Instant, w *notation.Words) any {
		rows, _ := number(w, "rows")
		hours, _ := number(w, "hours")
		return &duty.Reconciliation{ID: id, Version: 1, ReceivedAt: at, DeviceID: who + "-carousel",
			From: at - duty.Instant(hours)*duty.Hour, To: at + 1, Rows: rows}
	},
	"MARK": func(who, id string, at duty.Instant, _ *notation.Words) any {
		return &duty.ChangeMark{ID: id, Version: 1, ReceivedAt: at, System: who, At: at}
	},
	"SUPERVISION": func(who, id string, at duty.Instant, _ *notation.Words) any {
		return &duty.SupervisionResult{ID: id, Version: 1, ReceivedAt: at, CentreID: who, FromDate: at.Date(),
			ToDate: at.Date(), ResultRef: "x"}
	},
	"CONVICTION": func(who, id string, at duty.Instant, w *notation.Words) any {
		return &duty.Conviction{ID: id, Version: 1, ReceivedAt: at, PersonID: who, DecidedAt: at,
			Statute: w.Or("statute", "OTHER")}
	},
	"BECOMES": func(who, id string, at duty.Instant, w *notation.Words) any {
		group, _ := duty.ParseGroup(w.Or("group", "REJECTED"))
		return &duty.GroupChange{ID: id, Version: 1, ReceivedAt: at, PersonID: who, Group: group, ValidFrom: at}
	},
	"HANDLING": func(who, id string, at duty.Instant, w *notation.Words) any {
		return &duty.Handling{ID: id, Version: 1, ReceivedAt: at, HandlingID: id, UnitID: w.Or("unit", "u"),
			PersonID: who, Revision: 1,
			Kind: duty.HandlingKindAssessed, ByRole: "officer", At: at}
	},
	"RESOLUTION": func(_, id string, at duty.Instant, _ *notation.Words) any {
		return &duty.Resolution{ID: id, Version: 1, ReceivedAt: at, Topic: "notices", Partition: 9, Offset: 9,
			Outcome: duty.ResolutionOutcomeIrrelevant, By: "b", At: at}
	},
	"ACTIVATION": func(_, id string, at duty.Instant, _ *notation.Words) any {
		return &duty.PolicyActivation{ID: id, Version: 1, ReceivedAt: at, PolicyVersion: "v", Text: "none",
			ActivatedAt: at, By: "b"}
	},
}

// number returns a flag that is a number.
func number(w *notation.Words, flag string) (int64, bool) {
	n, err := strconv.ParseInt(w.Flags[flag], 10, 64)
	return n, err == nil
}

// other sends a record that the notation of the core lacks.
func (s *scenario) other(who string, w *notation.Words, record func(string, string, duty.Instant,
	*notation.Words) any) error {
	if len(w.Args) != 1 {
		return errors.New("write the instant behind the token, as: KH BEAT 2026-01-06T12:00")
	}
	at, err := s.when(w.Args[0])
	if err != nil {
		return err
	}
	id := w.Or("id", w.Token+"-"+who)
	r := record(who, id, at, w)
	w.Name(r)
	known := at
	if text, ok := w.Flags["rx"]; ok {
		if known, err = s.when(text); err != nil {
			return err
		}
	}
	s.goOn(known)
	notation.Set(r, "ReceivedAt", s.now)
	if key := keyOf(r); key == "policy" && w.Token != "ACTIVATION" && w.Flags["key"] == "" {
		w.Flags["key"] = who
	}
	return s.sendRecord(w, r)
}
