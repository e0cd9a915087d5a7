package watch

import (
	"slices"

	"tilsyn/engine/duty"
)

// replacedBy returns the human incident that takes the place of an automatic
// one: at its centre, containing it, of its device or of all, forms complete,
// said after the automatic one had ended (W-28 to W-31, D-14). Lost rows were
// registered by the device and no form knows them: what they leave behind ends
// only by one that says that the loss was examined.
func (s *sight) replacedBy(i *incident) string {
	if i.lasting {
		return ""
	}
	if !s.asked {
		s.asked = true
		s.said = duty.InForce[duty.Incident](s.incidents, func(k *duty.Known[duty.Incident]) bool {
			return k.Fact.Origin != duty.OriginAutomatic && s.fact(k.At)
		})
	}
	for _, k := range s.said {
		h := &k.Fact
		switch {
		case h.State != duty.IncidentStateActive || h.FormsStatus != duty.FormsStatusComplete || h.CentreID != i.centre:
		case h.From > i.span.From || h.To.Or(duty.Forever) < i.span.To || k.At < i.span.To:
		case len(h.DeviceIDs) > 0 && !slices.Contains(h.DeviceIDs, i.device):
		case i.cause != CauseSilence && i.cause != CauseClock && h.Kind != duty.IncidentKindSuspectedLoss:
		default:
			return h.IncidentID
		}
	}
	return ""
}
