package console

import (
	"encoding/json"
	"fmt"

	"tilsyn/engine/console/access"
	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// EnginePage is the engine: whether it is ready, how far it has read, who has which task, and the control
// report.
type EnginePage struct {
	AsOf string `json:"as_of"`
	// Health is what /readyz answers, as it is.
	Health json.RawMessage `json:"health"`
	// Behind is how many records the pages have not taken in yet; -1 while that is not known.
	Behind int64  `json:"pages_behind"`
	Policy string `json:"policy_version"`
	// Period and Centre are those of the control report; Report is null without one (contract-case 9).
	Period string          `json:"period"`
	Centre string          `json:"centre"`
	Report json.RawMessage `json:"control_report"`
	// Recalls are those of all centres.
	Recalls []Recalled `json:"recalls"`

	State    Health              `json:"-"`
	Centres  []string            `json:"-"`
	Controls *duty.ControlReport `json:"-"`
	Late     int64               `json:"-"`
}

// Health is the part of /readyz that the page shows in words.
type Health struct {
	Ready    bool     `json:"ready"`
	WaitsFor []string `json:"waits_for"`
	Tasks    []struct {
		Task       int32  `json:"task"`
		Live       bool   `json:"live"`
		WaitsFor   string `json:"waits_for"`
		CaughtUp   string `json:"caught_up"`
		LagRecords int64  `json:"lag_records"`
		Sequence   int64  `json:"sequence"`
	} `json:"tasks"`
	AllTasks []struct {
		Task      int32    `json:"task"`
		Instance  string   `json:"instance"`
		CommitAge *float64 `json:"commit_age_seconds"`
		WaitsFor  string   `json:"waits_for"`
	} `json:"all_tasks"`
}

func engineView() *view {
	return &view{path: "/engine", right: access.SeeCentres, title: "Motoren|The engine", template: "engine.html",
		answer: EnginePage{}, data: enginePage, queries: []query{
			{"period", "of the control report: YYYY-MM, YYYY-H1 or YYYY-H2 (default: this month)"},
			{"centre", "of the control report (default: ALL)"}}}
}

func enginePage(q *request) (any, error) {
	at := q.now()
	out := &EnginePage{AsOf: at.Local(), Behind: -1, Centre: cmpOr(q.value("centre"), "ALL"),
		Report: json.RawMessage("null")}
	y, m, _ := at.Date().Civil()
	out.Period = cmpOr(q.value("period"), fmt.Sprintf("%04d-%02d", y, m))
	if n, known := q.live.store.Behind(); known {
		out.Behind = n
	}
	health, err := json.Marshal(q.live.engine.Health())
	if err != nil {
		return nil, err
	}
	out.Health = health
	if err := json.Unmarshal(health, &out.State); err != nil {
		return nil, err
	}
	for i := range out.State.Tasks {
		out.Late += out.State.Tasks[i].LagRecords
	}
	if w, ok := q.live.engine.World(); ok {
		out.Centres = orNone(centreIDs(&w, at))
		if p := policyAt(&w, at); p != nil {
			out.Policy = p.Version
		}
	}
	if out.Controls, err = q.live.store.Report(out.Centre + ":" + out.Period); err != nil {
		return nil, err
	}
	if out.Controls != nil {
		schema, _ := schemas.Lookup(duty.TopicControlReports)
		out.Report = schema.AppendJSON(nil, out.Controls)
	}
	recalls, err := q.live.store.Recalls("")
	if err != nil {
		return nil, err
	}
	out.Recalls, err = q.recalled("engine", recalls)
	return out, err
}

// allViews are all pages.
func (c *Console) allViews() []*view {
	return []*view{workListView(), personView(), unitView(), deskView(), formView(), receiptView(), centreView(),
		engineView()}
}
