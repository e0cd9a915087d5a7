package control

import "tilsyn/engine/watch"

// WatchedBy returns what a report of the watch says, as the control report takes it.
func WatchedBy(report *watch.Report) *Watched {
	out := &Watched{DataQuality: report.DataQuality}
	for i := range report.Incidents {
		a := &report.Incidents[i]
		out.Incidents = append(out.Incidents, Automatic{
			ID: a.ID, CentreID: a.CentreID, DeviceIDs: a.DeviceIDs, From: a.From, To: a.To, Kind: a.Kind,
			Dissolved: a.State == watch.Dissolved, Replaced: a.State == watch.Replaced,
		})
	}
	return out
}
