package observe

import (
	"encoding/json"
	"strings"
)

// graph is one panel: its title, what it says to whoever looks (with what is normal), the unit of its
// values in Grafana's words, and its queries.
type graph struct {
	title, what, unit string
	queries           []query
}

// query is a PromQL expression and the legend of its series. $job stands for the deployment.
type query struct{ expr, legend string }

// row is a heading with the panels below it.
type row struct {
	title  string
	graphs []graph
}

// The form of the dashboard: panels to a row of the grid, of which 24 columns are a line.
const (
	perLine     = 3
	panelWidth  = 24 / perLine
	panelHeight = 8
)

// source is the data source, which whoever imports the dashboard chooses.
var source = object{"type": "prometheus", "uid": "${datasource}"}

// object is a JSON object; its keys are written in order of their names.
type object map[string]any

// Dashboard returns the dashboard for Grafana (schema 39, Grafana 10 and later) as JSON, the same bytes each
// time. Its variables are the data source and the job that the engine is scraped under.
func Dashboard() []byte {
	var panels []object
	y := 0
	for _, r := range rows {
		panels = append(panels, object{"id": len(panels) + 1, "type": "row", "title": r.title, "collapsed": false,
			"panels": []object{}, "gridPos": grid(0, y, 24, 1)})
		y++
		for i, g := range r.graphs {
			if i > 0 && i%perLine == 0 {
				y += panelHeight
			}
			panels = append(panels, g.panel(len(panels)+1, grid(i%perLine*panelWidth, y, panelWidth, panelHeight)))
		}
		y += panelHeight
	}
	out, err := json.MarshalIndent(object{
		"uid": "tilsyn", "title": "tilsyn", "tags": []string{"tilsyn"}, "schemaVersion": 39, "version": 1,
		"description": "The compliance engine: whether it runs, is up to date, controls everything, and who waits " +
			"for whom. It names no person. What to do about an alert: tilsyn observe runbook.",
		"editable": true, "graphTooltip": 1, "refresh": "30s", "time": object{"from": "now-6h", "to": "now"},
		"timezone": "browser", "annotations": object{"list": []object{}}, "links": []object{},
		"templating": object{"list": []object{
			{"name": "datasource", "type": "datasource", "query": "prometheus", "label": "Data source"},
			{"name": "job", "type": "query", "label": "Deployment", "datasource": source, "refresh": 2,
				"query": "label_values(tilsyn_ready, job)", "includeAll": false, "multi": false},
		}},
		"panels": panels,
	}, "", "  ")
	if err != nil {
		panic(err) // objects, texts and numbers can be written
	}
	return append(out, '\n')
}

// panel returns the panel of a graph.
func (g graph) panel(id int, at object) object {
	targets := make([]object, len(g.queries))
	for i, q := range g.queries {
		targets[i] = object{"refId": string(rune('A' + i)), "datasource": source,
			"expr": strings.ReplaceAll(q.expr, "$job", `job="$job"`), "legendFormat": q.legend}
	}
	return object{
		"id": id, "type": "timeseries", "title": g.title, "description": g.what, "datasource": source, "gridPos": at,
		"fieldConfig": object{"defaults": object{"unit": g.unit, "min": 0}, "overrides": []object{}},
		"options": object{"legend": object{"displayMode": "list", "placement": "bottom"},
			"tooltip": object{"mode": "multi", "sort": "desc"}},
		"targets": targets,
	}
}

// grid is a place on the grid.
func grid(x, y, w, h int) object { return object{"x": x, "y": y, "w": w, "h": h} }
