package observe_test

import (
	"encoding/json"
	"strings"
	"testing"

	"tilsyn/engine/observe"
)

// The dashboard is JSON with unique ids; panels do not overlap, and each has a title, a description, a data
// source that the reader chooses and a query for one deployment.
func TestDashboard(t *testing.T) {
	var d struct {
		UID, Title string
		Panels     []struct {
			ID                       int
			Type, Title, Description string
			GridPos                  struct{ X, Y, W, H int }
			Targets                  []struct {
				RefID, Expr, LegendFormat string
				Datasource                struct{ Type, UID string }
			}
		}
		Templating struct{ List []struct{ Name, Type string } }
	}
	if err := json.Unmarshal(observe.Dashboard(), &d); err != nil {
		t.Fatal(err)
	}
	if d.UID == "" || d.Title == "" || len(d.Templating.List) != 2 {
		t.Errorf("%+v", d)
	}
	ids, taken, graphs := map[int]bool{}, map[[2]int]int{}, 0
	for _, p := range d.Panels {
		if ids[p.ID] || p.ID == 0 {
			t.Errorf("%s: the id %d is not its own", p.Title, p.ID)
		}
		ids[p.ID] = true
		for x := range p.GridPos.W {
			for y := range p.GridPos.H {
				at := [2]int{p.GridPos.X + x, p.GridPos.Y + y}
				if taken[at] != 0 || at[0] >= 24 {
					t.Fatalf("%s lies on panel %d, or beside the grid", p.Title, taken[at])
				}
				taken[at] = p.ID
			}
		}
		if p.Type == "row" {
			continue
		}
		graphs++
		if p.Title == "" || len(p.Description) < 10 || len(p.Targets) == 0 {
			t.Errorf("panel %d: %+v", p.ID, p)
		}
		for _, q := range p.Targets {
			if q.RefID == "" || q.LegendFormat == "" || q.Datasource.UID != "${datasource}" {
				t.Errorf("%s: %+v", p.Title, q)
			}
			if !strings.Contains(q.Expr, `{job="$job"}`) {
				t.Errorf("%s: %s is not of one deployment", p.Title, q.Expr)
			}
		}
	}
	if graphs < 20 {
		t.Errorf("%d panels", graphs)
	}
	if a, b := observe.Dashboard(), observe.Dashboard(); string(a) != string(b) {
		t.Error("the dashboard is not the same each time")
	}
}
