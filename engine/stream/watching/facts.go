package watching

import "tilsyn/engine/duty"

// CentreFacts are the facts of centres that the watch reads. Each list only grows.
type CentreFacts struct {
	Beats     []duty.Known[duty.Heartbeat]
	Counts    []duty.Known[duty.Reconciliation]
	Incidents []duty.Known[duty.Incident]
}
