// Code generated from schemas/*.avsc; DO NOT EDIT.

package schemas

import "tilsyn/engine/duty"

var jsonFieldsAttachment = [...]string{"item", "state", "refs"}

func jsonAttachment(d *jsonReader, v *duty.Attachment, extra *Extra) {
	*v = duty.Attachment{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "item":
			d.field(&seen, 0, "item")
			v.Item = int32(d.number("item", 32))
		case "state":
			d.field(&seen, 1, "state")
			v.State = enum(d, "state", duty.ParseAttachmentState)
		case "refs":
			d.field(&seen, 2, "refs")
			for ok := d.openArray("refs"); ok && d.more(); {
				var x string
				x = d.str("refs")
				v.Refs = append(v.Refs, x)
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x7, jsonFieldsAttachment[:])
}

var jsonFieldsContradiction = [...]string{"code", "refs"}

func jsonContradiction(d *jsonReader, v *duty.Contradiction, extra *Extra) {
	*v = duty.Contradiction{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "code":
			d.field(&seen, 0, "code")
			v.Code = enum(d, "code", duty.ParseContradictionCode)
		case "refs":
			d.field(&seen, 1, "refs")
			for ok := d.openArray("refs"); ok && d.more(); {
				var x string
				x = d.str("refs")
				v.Refs = append(v.Refs, x)
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x3, jsonFieldsContradiction[:])
}

var jsonFieldsControlAction = [...]string{"control", "at", "kind", "ok", "duration_ms", "ref"}

func jsonControlAction(d *jsonReader, v *duty.ControlAction, extra *Extra) {
	*v = duty.ControlAction{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "control":
			d.field(&seen, 0, "control")
			v.Control = enum(d, "control", duty.ParseControlName)
		case "at":
			d.field(&seen, 1, "at")
			v.At = d.instant("at")
		case "kind":
			d.field(&seen, 2, "kind")
			v.Kind = enum(d, "kind", duty.ParseControlActionKind)
		case "ok":
			d.field(&seen, 3, "ok")
			v.Ok = d.boolean("ok")
		case "duration_ms":
			d.field(&seen, 4, "duration_ms")
			if v.DurationMs.OK = !d.null(); v.DurationMs.OK {
				v.DurationMs.V = d.number("duration_ms", 64)
			}
		case "ref":
			d.field(&seen, 5, "ref")
			if v.Ref.OK = !d.null(); v.Ref.OK {
				v.Ref.V = d.str("ref")
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0xf, jsonFieldsControlAction[:])
}

var jsonFieldsControlChange = [...]string{"kind", "system", "at"}

func jsonControlChange(d *jsonReader, v *duty.ControlChange, extra *Extra) {
	*v = duty.ControlChange{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "kind":
			d.field(&seen, 0, "kind")
			v.Kind = enum(d, "kind", duty.ParseControlChangeKind)
		case "system":
			d.field(&seen, 1, "system")
			v.System = d.str("system")
		case "at":
			d.field(&seen, 2, "at")
			v.At = d.instant("at")
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x7, jsonFieldsControlChange[:])
}

var jsonFieldsControlConsumer = [...]string{"consumer", "ack_p50_ms", "ack_p90_ms", "ack_max_ms", "open"}

func jsonControlConsumer(d *jsonReader, v *duty.ControlConsumer, extra *Extra) {
	*v = duty.ControlConsumer{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "consumer":
			d.field(&seen, 0, "consumer")
			v.Consumer = d.str("consumer")
		case "ack_p50_ms":
			d.field(&seen, 1, "ack_p50_ms")
			if v.AckP50Ms.OK = !d.null(); v.AckP50Ms.OK {
				v.AckP50Ms.V = d.number("ack_p50_ms", 64)
			}
		case "ack_p90_ms":
			d.field(&seen, 2, "ack_p90_ms")
			if v.AckP90Ms.OK = !d.null(); v.AckP90Ms.OK {
				v.AckP90Ms.V = d.number("ack_p90_ms", 64)
			}
		case "ack_max_ms":
			d.field(&seen, 3, "ack_max_ms")
			if v.AckMaxMs.OK = !d.null(); v.AckMaxMs.OK {
				v.AckMaxMs.V = d.number("ack_max_ms", 64)
			}
		case "open":
			d.field(&seen, 4, "open")
			v.Open = int32(d.number("open", 32))
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x11, jsonFieldsControlConsumer[:])
}

var jsonFieldsControlCoverage = [...]string{"units", "undetermined_permille", "excluded_permille", "unsettled_permille", "held_p90_ms"}

func jsonControlCoverage(d *jsonReader, v *duty.ControlCoverage, extra *Extra) {
	*v = duty.ControlCoverage{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "units":
			d.field(&seen, 0, "units")
			v.Units = int32(d.number("units", 32))
		case "undetermined_permille":
			d.field(&seen, 1, "undetermined_permille")
			if v.UndeterminedPermille.OK = !d.null(); v.UndeterminedPermille.OK {
				v.UndeterminedPermille.V = int32(d.number("undetermined_permille", 32))
			}
		case "excluded_permille":
			d.field(&seen, 2, "excluded_permille")
			if v.ExcludedPermille.OK = !d.null(); v.ExcludedPermille.OK {
				v.ExcludedPermille.V = int32(d.number("excluded_permille", 32))
			}
		case "unsettled_permille":
			d.field(&seen, 3, "unsettled_permille")
			if v.UnsettledPermille.OK = !d.null(); v.UnsettledPermille.OK {
				v.UnsettledPermille.V = int32(d.number("unsettled_permille", 32))
			}
		case "held_p90_ms":
			d.field(&seen, 4, "held_p90_ms")
			if v.HeldP90Ms.OK = !d.null(); v.HeldP90Ms.OK {
				v.HeldP90Ms.V = d.number("held_p90_ms", 64)
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x1, jsonFieldsControlCoverage[:])
}

var jsonFieldsControlDeadLetters = [...]string{"received", "replaced", "irrelevant", "open", "oldest_open_ms"}

func jsonControlDeadLetters(d *jsonReader, v *duty.ControlDeadLetters, extra *Extra) {
	*v = duty.ControlDeadLetters{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "received":
			d.field(&seen, 0, "received")
			if v.Received.OK = !d.null(); v.Received.OK {
				v.Received.V = int32(d.number("received", 32))
			}
		case "replaced":
			d.field(&seen, 1, "replaced")
			if v.Replaced.OK = !d.null(); v.Replaced.OK {
				v.Replaced.V = int32(d.number("replaced", 32))
			}
		case "irrelevant":
			d.field(&seen, 2, "irrelevant")
			if v.Irrelevant.OK = !d.null(); v.Irrelevant.OK {
				v.Irrelevant.V = int32(d.number("irrelevant", 32))
			}
		case "open":
			d.field(&seen, 3, "open")
			if v.Open.OK = !d.null(); v.Open.OK {
				v.Open.V = int32(d.number("open", 32))
			}
		case "oldest_open_ms":
			d.field(&seen, 4, "oldest_open_ms")
			if v.OldestOpenMs.OK = !d.null(); v.OldestOpenMs.OK {
				v.OldestOpenMs.V = d.number("oldest_open_ms", 64)
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x0, jsonFieldsControlDeadLetters[:])
}

var jsonFieldsControlDuty = [...]string{"kind", "controlled"}

func jsonControlDuty(d *jsonReader, v *duty.ControlDuty, extra *Extra) {
	*v = duty.ControlDuty{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "kind":
			d.field(&seen, 0, "kind")
			v.Kind = enum(d, "kind", duty.ParseKind)
		case "controlled":
			d.field(&seen, 1, "controlled")
			v.Controlled = d.boolean("controlled")
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x3, jsonFieldsControlDuty[:])
}

var jsonFieldsControlHandled = [...]string{"backlog_p50_ms", "backlog_p90_ms", "oldest_ms", "duties_controlled"}

func jsonControlHandled(d *jsonReader, v *duty.ControlHandled, extra *Extra) {
	*v = duty.ControlHandled{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "backlog_p50_ms":
			d.field(&seen, 0, "backlog_p50_ms")
			if v.BacklogP50Ms.OK = !d.null(); v.BacklogP50Ms.OK {
				v.BacklogP50Ms.V = d.number("backlog_p50_ms", 64)
			}
		case "backlog_p90_ms":
			d.field(&seen, 1, "backlog_p90_ms")
			if v.BacklogP90Ms.OK = !d.null(); v.BacklogP90Ms.OK {
				v.BacklogP90Ms.V = d.number("backlog_p90_ms", 64)
			}
		case "oldest_ms":
			d.field(&seen, 2, "oldest_ms")
			if v.OldestMs.OK = !d.null(); v.OldestMs.OK {
				v.OldestMs.V = d.number("oldest_ms", 64)
			}
		case "duties_controlled":
			d.field(&seen, 3, "duties_controlled")
			for ok := d.openArray("duties_controlled"); ok && d.more(); {
				var x duty.ControlDuty
				jsonControlDuty(d, &x, nil)
				d.inItem("duties_controlled", len(v.DutiesControlled))
				v.DutiesControlled = append(v.DutiesControlled, x)
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x8, jsonFieldsControlHandled[:])
}

var jsonFieldsControlIdentity = [...]string{"rows", "unlinked_permille_max", "weeks_above_limit"}

func jsonControlIdentity(d *jsonReader, v *duty.ControlIdentity, extra *Extra) {
	*v = duty.ControlIdentity{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "rows":
			d.field(&seen, 0, "rows")
			v.Rows = int32(d.number("rows", 32))
		case "unlinked_permille_max":
			d.field(&seen, 1, "unlinked_permille_max")
			if v.UnlinkedPermilleMax.OK = !d.null(); v.UnlinkedPermilleMax.OK {
				v.UnlinkedPermilleMax.V = int32(d.number("unlinked_permille_max", 32))
			}
		case "weeks_above_limit":
			d.field(&seen, 2, "weeks_above_limit")
			v.WeeksAboveLimit = int32(d.number("weeks_above_limit", 32))
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x5, jsonFieldsControlIdentity[:])
}

var jsonFieldsControlIncidents = [...]string{"kind", "origin", "opened", "dissolved", "forms_pending", "duration_ms", "notice_p50_ms", "notice_max_ms", "forms_p50_ms", "forms_max_ms"}

func jsonControlIncidents(d *jsonReader, v *duty.ControlIncidents, extra *Extra) {
	*v = duty.ControlIncidents{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "kind":
			d.field(&seen, 0, "kind")
			v.Kind = enum(d, "kind", duty.ParseIncidentKind)
		case "origin":
			d.field(&seen, 1, "origin")
			v.Origin = enum(d, "origin", duty.ParseOrigin)
		case "opened":
			d.field(&seen, 2, "opened")
			v.Opened = int32(d.number("opened", 32))
		case "dissolved":
			d.field(&seen, 3, "dissolved")
			v.Dissolved = int32(d.number("dissolved", 32))
		case "forms_pending":
			d.field(&seen, 4, "forms_pending")
			v.FormsPending = int32(d.number("forms_pending", 32))
		case "duration_ms":
			d.field(&seen, 5, "duration_ms")
			if v.DurationMs.OK = !d.null(); v.DurationMs.OK {
				v.DurationMs.V = d.number("duration_ms", 64)
			}
		case "notice_p50_ms":
			d.field(&seen, 6, "notice_p50_ms")
			if v.NoticeP50Ms.OK = !d.null(); v.NoticeP50Ms.OK {
				v.NoticeP50Ms.V = d.number("notice_p50_ms", 64)
			}
		case "notice_max_ms":
			d.field(&seen, 7, "notice_max_ms")
			if v.NoticeMaxMs.OK = !d.null(); v.NoticeMaxMs.OK {
				v.NoticeMaxMs.V = d.number("notice_max_ms", 64)
			}
		case "forms_p50_ms":
			d.field(&seen, 8, "forms_p50_ms")
			if v.FormsP50Ms.OK = !d.null(); v.FormsP50Ms.OK {
				v.FormsP50Ms.V = d.number("forms_p50_ms", 64)
			}
		case "forms_max_ms":
			d.field(&seen, 9, "forms_max_ms")
			if v.FormsMaxMs.OK = !d.null(); v.FormsMaxMs.OK {
				v.FormsMaxMs.V = d.number("forms_max_ms", 64)
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x1f, jsonFieldsControlIncidents[:])
}

var jsonFieldsControlLine = [...]string{"control", "due", "done", "findings", "followed_up", "open"}

func jsonControlLine(d *jsonReader, v *duty.ControlLine, extra *Extra) {
	*v = duty.ControlLine{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "control":
			d.field(&seen, 0, "control")
			v.Control = enum(d, "control", duty.ParseControlName)
		case "due":
			d.field(&seen, 1, "due")
			if v.Due.OK = !d.null(); v.Due.OK {
				v.Due.V = int32(d.number("due", 32))
			}
		case "done":
			d.field(&seen, 2, "done")
			if v.Done.OK = !d.null(); v.Done.OK {
				v.Done.V = int32(d.number("done", 32))
			}
		case "findings":
			d.field(&seen, 3, "findings")
			if v.Findings.OK = !d.null(); v.Findings.OK {
				v.Findings.V = int32(d.number("findings", 32))
			}
		case "followed_up":
			d.field(&seen, 4, "followed_up")
			if v.FollowedUp.OK = !d.null(); v.FollowedUp.OK {
				v.FollowedUp.V = int32(d.number("followed_up", 32))
			}
		case "open":
			d.field(&seen, 5, "open")
			if v.Open.OK = !d.null(); v.Open.OK {
				v.Open.V = int32(d.number("open", 32))
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x1, jsonFieldsControlLine[:])
}

var jsonFieldsControlLoss = [...]string{"id", "devices", "from", "to", "noticed_at", "state", "declared_at", "persons", "units_held", "taken_back_last_at", "acknowledged_at"}

func jsonControlLoss(d *jsonReader, v *duty.ControlLoss, extra *Extra) {
	*v = duty.ControlLoss{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "id":
			d.field(&seen, 0, "id")
			v.ID = d.str("id")
		case "devices":
			d.field(&seen, 1, "devices")
			for ok := d.openArray("devices"); ok && d.more(); {
				var x string
				x = d.str("devices")
				v.Devices = append(v.Devices, x)
			}
		case "from":
			d.field(&seen, 2, "from")
			v.From = d.instant("from")
		case "to":
			d.field(&seen, 3, "to")
			if v.To.OK = !d.null(); v.To.OK {
				v.To.V = d.instant("to")
			}
		case "noticed_at":
			d.field(&seen, 4, "noticed_at")
			if v.NoticedAt.OK = !d.null(); v.NoticedAt.OK {
				v.NoticedAt.V = d.instant("noticed_at")
			}
		case "state":
			d.field(&seen, 5, "state")
			v.State = enum(d, "state", duty.ParseControlLossState)
		case "declared_at":
			d.field(&seen, 6, "declared_at")
			if v.DeclaredAt.OK = !d.null(); v.DeclaredAt.OK {
				v.DeclaredAt.V = d.instant("declared_at")
			}
		case "persons":
			d.field(&seen, 7, "persons")
			v.Persons = int32(d.number("persons", 32))
		case "units_held":
			d.field(&seen, 8, "units_held")
			v.UnitsHeld = int32(d.number("units_held", 32))
		case "taken_back_last_at":
			d.field(&seen, 9, "taken_back_last_at")
			if v.TakenBackLastAt.OK = !d.null(); v.TakenBackLastAt.OK {
				v.TakenBackLastAt.V = d.instant("taken_back_last_at")
			}
		case "acknowledged_at":
			d.field(&seen, 10, "acknowledged_at")
			if v.AcknowledgedAt.OK = !d.null(); v.AcknowledgedAt.OK {
				v.AcknowledgedAt.V = d.instant("acknowledged_at")
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x1a7, jsonFieldsControlLoss[:])
}

var jsonFieldsControlQuality = [...]string{"code", "field", "count"}

func jsonControlQuality(d *jsonReader, v *duty.ControlQuality, extra *Extra) {
	*v = duty.ControlQuality{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "code":
			d.field(&seen, 0, "code")
			v.Code = d.str("code")
		case "field":
			d.field(&seen, 1, "field")
			if v.Field.OK = !d.null(); v.Field.OK {
				v.Field.V = d.str("field")
			}
		case "count":
			d.field(&seen, 2, "count")
			v.Count = int32(d.number("count", 32))
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x5, jsonFieldsControlQuality[:])
}

var jsonFieldsControlRecalls = [...]string{"opened", "closed", "open", "overdue", "consumers"}

func jsonControlRecalls(d *jsonReader, v *duty.ControlRecalls, extra *Extra) {
	*v = duty.ControlRecalls{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "opened":
			d.field(&seen, 0, "opened")
			v.Opened = int32(d.number("opened", 32))
		case "closed":
			d.field(&seen, 1, "closed")
			v.Closed = int32(d.number("closed", 32))
		case "open":
			d.field(&seen, 2, "open")
			v.Open = int32(d.number("open", 32))
		case "overdue":
			d.field(&seen, 3, "overdue")
			v.Overdue = int32(d.number("overdue", 32))
		case "consumers":
			d.field(&seen, 4, "consumers")
			for ok := d.openArray("consumers"); ok && d.more(); {
				var x duty.ControlConsumer
				jsonControlConsumer(d, &x, nil)
				d.inItem("consumers", len(v.Consumers))
				v.Consumers = append(v.Consumers, x)
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x1f, jsonFieldsControlRecalls[:])
}

var jsonFieldsControlReconciliations = [...]string{"due", "done", "mismatched", "rows_difference"}

func jsonControlReconciliations(d *jsonReader, v *duty.ControlReconciliations, extra *Extra) {
	*v = duty.ControlReconciliations{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "due":
			d.field(&seen, 0, "due")
			v.Due = int32(d.number("due", 32))
		case "done":
			d.field(&seen, 1, "done")
			v.Done = int32(d.number("done", 32))
		case "mismatched":
			d.field(&seen, 2, "mismatched")
			if v.Mismatched.OK = !d.null(); v.Mismatched.OK {
				v.Mismatched.V = int32(d.number("mismatched", 32))
			}
		case "rows_difference":
			d.field(&seen, 3, "rows_difference")
			if v.RowsDifference.OK = !d.null(); v.RowsDifference.OK {
				v.RowsDifference.V = d.number("rows_difference", 64)
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x3, jsonFieldsControlReconciliations[:])
}

var jsonFieldsControlSettlement = [...]string{"log_type", "due", "on_time", "late", "missing", "delay_p50_ms", "delay_p90_ms", "delay_max_ms"}

func jsonControlSettlement(d *jsonReader, v *duty.ControlSettlement, extra *Extra) {
	*v = duty.ControlSettlement{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "log_type":
			d.field(&seen, 0, "log_type")
			v.LogType = enum(d, "log_type", duty.ParseLogType)
		case "due":
			d.field(&seen, 1, "due")
			v.Due = int32(d.number("due", 32))
		case "on_time":
			d.field(&seen, 2, "on_time")
			v.OnTime = int32(d.number("on_time", 32))
		case "late":
			d.field(&seen, 3, "late")
			v.Late = int32(d.number("late", 32))
		case "missing":
			d.field(&seen, 4, "missing")
			v.Missing = int32(d.number("missing", 32))
		case "delay_p50_ms":
			d.field(&seen, 5, "delay_p50_ms")
			if v.DelayP50Ms.OK = !d.null(); v.DelayP50Ms.OK {
				v.DelayP50Ms.V = d.number("delay_p50_ms", 64)
			}
		case "delay_p90_ms":
			d.field(&seen, 6, "delay_p90_ms")
			if v.DelayP90Ms.OK = !d.null(); v.DelayP90Ms.OK {
				v.DelayP90Ms.V = d.number("delay_p90_ms", 64)
			}
		case "delay_max_ms":
			d.field(&seen, 7, "delay_max_ms")
			if v.DelayMaxMs.OK = !d.null(); v.DelayMaxMs.OK {
				v.DelayMaxMs.V = d.number("delay_max_ms", 64)
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x1f, jsonFieldsControlSettlement[:])
}

var jsonFieldsControlSource = [...]string{"source_id", "kind", "supervised_ms", "silent_ms", "silences", "longest_ms", "gaps", "rows", "rows_missing", "resets", "offset_max_ms"}

func jsonControlSource(d *jsonReader, v *duty.ControlSource, extra *Extra) {
	*v = duty.ControlSource{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "source_id":
			d.field(&seen, 0, "source_id")
			v.SourceID = d.str("source_id")
		case "kind":
			d.field(&seen, 1, "kind")
			v.Kind = enum(d, "kind", duty.ParseControlSourceKind)
		case "supervised_ms":
			d.field(&seen, 2, "supervised_ms")
			v.SupervisedMs = d.number("supervised_ms", 64)
		case "silent_ms":
			d.field(&seen, 3, "silent_ms")
			v.SilentMs = d.number("silent_ms", 64)
		case "silences":
			d.field(&seen, 4, "silences")
			v.Silences = int32(d.number("silences", 32))
		case "longest_ms":
			d.field(&seen, 5, "longest_ms")
			if v.LongestMs.OK = !d.null(); v.LongestMs.OK {
				v.LongestMs.V = d.number("longest_ms", 64)
			}
		case "gaps":
			d.field(&seen, 6, "gaps")
			if v.Gaps.OK = !d.null(); v.Gaps.OK {
				v.Gaps.V = int32(d.number("gaps", 32))
			}
		case "rows":
			d.field(&seen, 7, "rows")
			if v.Rows.OK = !d.null(); v.Rows.OK {
				v.Rows.V = int32(d.number("rows", 32))
			}
		case "rows_missing":
			d.field(&seen, 8, "rows_missing")
			if v.RowsMissing.OK = !d.null(); v.RowsMissing.OK {
				v.RowsMissing.V = int32(d.number("rows_missing", 32))
			}
		case "resets":
			d.field(&seen, 9, "resets")
			if v.Resets.OK = !d.null(); v.Resets.OK {
				v.Resets.V = int32(d.number("resets", 32))
			}
		case "offset_max_ms":
			d.field(&seen, 10, "offset_max_ms")
			if v.OffsetMaxMs.OK = !d.null(); v.OffsetMaxMs.OK {
				v.OffsetMaxMs.V = d.number("offset_max_ms", 64)
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x1f, jsonFieldsControlSource[:])
}

var jsonFieldsControlSupervision = [...]string{"result_ref", "from_date", "to_date", "remarks"}

func jsonControlSupervision(d *jsonReader, v *duty.ControlSupervision, extra *Extra) {
	*v = duty.ControlSupervision{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "result_ref":
			d.field(&seen, 0, "result_ref")
			v.ResultRef = d.str("result_ref")
		case "from_date":
			d.field(&seen, 1, "from_date")
			v.FromDate = d.date("from_date")
		case "to_date":
			d.field(&seen, 2, "to_date")
			v.ToDate = d.date("to_date")
		case "remarks":
			d.field(&seen, 3, "remarks")
			v.Remarks = d.boolean("remarks")
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0xf, jsonFieldsControlSupervision[:])
}

var jsonFieldsControlWithdrawals = [...]string{"permille", "causes", "exposure_p50_ms", "exposure_p90_ms", "lag_p90_ms", "lag_max_ms"}

func jsonControlWithdrawals(d *jsonReader, v *duty.ControlWithdrawals, extra *Extra) {
	*v = duty.ControlWithdrawals{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "permille":
			d.field(&seen, 0, "permille")
			if v.Permille.OK = !d.null(); v.Permille.OK {
				v.Permille.V = int32(d.number("permille", 32))
			}
		case "causes":
			d.field(&seen, 1, "causes")
			for ok := d.openArray("causes"); ok && d.more(); {
				var x duty.RecallCause
				x = enum(d, "causes", duty.ParseRecallCause)
				v.Causes = append(v.Causes, x)
			}
		case "exposure_p50_ms":
			d.field(&seen, 2, "exposure_p50_ms")
			if v.ExposureP50Ms.OK = !d.null(); v.ExposureP50Ms.OK {
				v.ExposureP50Ms.V = d.number("exposure_p50_ms", 64)
			}
		case "exposure_p90_ms":
			d.field(&seen, 3, "exposure_p90_ms")
			if v.ExposureP90Ms.OK = !d.null(); v.ExposureP90Ms.OK {
				v.ExposureP90Ms.V = d.number("exposure_p90_ms", 64)
			}
		case "lag_p90_ms":
			d.field(&seen, 4, "lag_p90_ms")
			if v.LagP90Ms.OK = !d.null(); v.LagP90Ms.OK {
				v.LagP90Ms.V = d.number("lag_p90_ms", 64)
			}
		case "lag_max_ms":
			d.field(&seen, 5, "lag_max_ms")
			if v.LagMaxMs.OK = !d.null(); v.LagMaxMs.OK {
				v.LagMaxMs.V = d.number("lag_max_ms", 64)
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x2, jsonFieldsControlWithdrawals[:])
}

var jsonFieldsCorroboration = [...]string{"code", "refs"}

func jsonCorroboration(d *jsonReader, v *duty.Corroboration, extra *Extra) {
	*v = duty.Corroboration{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "code":
			d.field(&seen, 0, "code")
			v.Code = enum(d, "code", duty.ParseCorroborationCode)
		case "refs":
			d.field(&seen, 1, "refs")
			for ok := d.openArray("refs"); ok && d.more(); {
				var x string
				x = d.str("refs")
				v.Refs = append(v.Refs, x)
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x3, jsonFieldsCorroboration[:])
}

var jsonFieldsDetail = [...]string{"name", "value"}

func jsonDetail(d *jsonReader, v *duty.Detail, extra *Extra) {
	*v = duty.Detail{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "name":
			d.field(&seen, 0, "name")
			v.Name = d.str("name")
		case "value":
			d.field(&seen, 1, "value")
			v.Value = d.str("value")
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x3, jsonFieldsDetail[:])
}

var jsonFieldsDetention = [...]string{"available", "reason", "reference", "primary_months", "windows"}

func jsonDetention(d *jsonReader, v *duty.Detention, extra *Extra) {
	*v = duty.Detention{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "available":
			d.field(&seen, 0, "available")
			v.Available = d.boolean("available")
		case "reason":
			d.field(&seen, 1, "reason")
			if v.Reason.OK = !d.null(); v.Reason.OK {
				v.Reason.V = d.str("reason")
			}
		case "reference":
			d.field(&seen, 2, "reference")
			v.Reference = d.instant("reference")
		case "primary_months":
			d.field(&seen, 3, "primary_months")
			v.PrimaryMonths = int32(d.number("primary_months", 32))
		case "windows":
			d.field(&seen, 4, "windows")
			for ok := d.openArray("windows"); ok && d.more(); {
				var x duty.DetentionWindow
				jsonDetentionWindow(d, &x, nil)
				d.inItem("windows", len(v.Windows))
				v.Windows = append(v.Windows, x)
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x1d, jsonFieldsDetention[:])
}

var jsonFieldsDetentionWindow = [...]string{"months", "from_date", "to_date", "indicated", "needs_review", "undetermined", "excluded", "compliant_nights", "compliant_reports"}

func jsonDetentionWindow(d *jsonReader, v *duty.DetentionWindow, extra *Extra) {
	*v = duty.DetentionWindow{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "months":
			d.field(&seen, 0, "months")
			v.Months = int32(d.number("months", 32))
		case "from_date":
			d.field(&seen, 1, "from_date")
			v.FromDate = d.date("from_date")
		case "to_date":
			d.field(&seen, 2, "to_date")
			v.ToDate = d.date("to_date")
		case "indicated":
			d.field(&seen, 3, "indicated")
			jsonKindCounts(d, &v.Indicated, nil)
			d.in("indicated")
		case "needs_review":
			d.field(&seen, 4, "needs_review")
			v.NeedsReview = int32(d.number("needs_review", 32))
		case "undetermined":
			d.field(&seen, 5, "undetermined")
			v.Undetermined = int32(d.number("undetermined", 32))
		case "excluded":
			d.field(&seen, 6, "excluded")
			v.Excluded = int32(d.number("excluded", 32))
		case "compliant_nights":
			d.field(&seen, 7, "compliant_nights")
			v.CompliantNights = int32(d.number("compliant_nights", 32))
		case "compliant_reports":
			d.field(&seen, 8, "compliant_reports")
			v.CompliantReports = int32(d.number("compliant_reports", 32))
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x1ff, jsonFieldsDetentionWindow[:])
}

var jsonFieldsEvidence = [...]string{"topic", "partition", "offset", "id", "role", "at", "received_at"}

func jsonEvidence(d *jsonReader, v *duty.Evidence, extra *Extra) {
	*v = duty.Evidence{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "topic":
			d.field(&seen, 0, "topic")
			v.Topic = d.str("topic")
		case "partition":
			d.field(&seen, 1, "partition")
			if v.Partition.OK = !d.null(); v.Partition.OK {
				v.Partition.V = int32(d.number("partition", 32))
			}
		case "offset":
			d.field(&seen, 2, "offset")
			if v.Offset.OK = !d.null(); v.Offset.OK {
				v.Offset.V = d.number("offset", 64)
			}
		case "id":
			d.field(&seen, 3, "id")
			v.ID = d.str("id")
		case "role":
			d.field(&seen, 4, "role")
			v.Role = enum(d, "role", duty.ParseEvidenceRole)
		case "at":
			d.field(&seen, 5, "at")
			v.At = d.instant("at")
		case "received_at":
			d.field(&seen, 6, "received_at")
			v.ReceivedAt = d.instant("received_at")
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x79, jsonFieldsEvidence[:])
}

var jsonFieldsExclusionRef = [...]string{"exclusion_id", "from_date", "to_date", "status", "overlaps"}

func jsonExclusionRef(d *jsonReader, v *duty.ExclusionRef, extra *Extra) {
	*v = duty.ExclusionRef{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "exclusion_id":
			d.field(&seen, 0, "exclusion_id")
			v.ExclusionID = d.str("exclusion_id")
		case "from_date":
			d.field(&seen, 1, "from_date")
			v.FromDate = d.date("from_date")
		case "to_date":
			d.field(&seen, 2, "to_date")
			v.ToDate = d.date("to_date")
		case "status":
			d.field(&seen, 3, "status")
			v.Status = enum(d, "status", duty.ParseExclusionStatus)
		case "overlaps":
			d.field(&seen, 4, "overlaps")
			v.Overlaps = d.boolean("overlaps")
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x1f, jsonFieldsExclusionRef[:])
}

var jsonFieldsIncidentRef = [...]string{"incident_id", "from", "to", "forms_status", "effect"}

func jsonIncidentRef(d *jsonReader, v *duty.IncidentRef, extra *Extra) {
	*v = duty.IncidentRef{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "incident_id":
			d.field(&seen, 0, "incident_id")
			v.IncidentID = d.str("incident_id")
		case "from":
			d.field(&seen, 1, "from")
			v.From = d.instant("from")
		case "to":
			d.field(&seen, 2, "to")
			if v.To.OK = !d.null(); v.To.OK {
				v.To.V = d.instant("to")
			}
		case "forms_status":
			d.field(&seen, 3, "forms_status")
			v.FormsStatus = enum(d, "forms_status", duty.ParseFormsStatus)
		case "effect":
			d.field(&seen, 4, "effect")
			v.Effect = enum(d, "effect", duty.ParseIncidentEffect)
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x1b, jsonFieldsIncidentRef[:])
}

var jsonFieldsKindCounts = [...]string{"STAY", "NOTIFY", "REPORT"}

func jsonKindCounts(d *jsonReader, v *duty.KindCounts, extra *Extra) {
	*v = duty.KindCounts{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "STAY":
			d.field(&seen, 0, "STAY")
			v.Stay = int32(d.number("STAY", 32))
		case "NOTIFY":
			d.field(&seen, 1, "NOTIFY")
			v.Notify = int32(d.number("NOTIFY", 32))
		case "REPORT":
			d.field(&seen, 2, "REPORT")
			v.Report = int32(d.number("REPORT", 32))
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x7, jsonFieldsKindCounts[:])
}

var jsonFieldsLedgerUnit = [...]string{"kind", "unit_date", "outcome", "instant", "caveats", "rules", "policy_version"}

func jsonLedgerUnit(d *jsonReader, v *duty.LedgerUnit, extra *Extra) {
	*v = duty.LedgerUnit{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "kind":
			d.field(&seen, 0, "kind")
			v.Kind = enum(d, "kind", duty.ParseKind)
		case "unit_date":
			d.field(&seen, 1, "unit_date")
			v.UnitDate = d.date("unit_date")
		case "outcome":
			d.field(&seen, 2, "outcome")
			v.Outcome = enum(d, "outcome", duty.ParseOutcome)
		case "instant":
			d.field(&seen, 3, "instant")
			if v.Instant.OK = !d.null(); v.Instant.OK {
				v.Instant.V = d.instant("instant")
			}
		case "caveats":
			d.field(&seen, 4, "caveats")
			for ok := d.openArray("caveats"); ok && d.more(); {
				var x string
				x = d.str("caveats")
				v.Caveats = append(v.Caveats, x)
			}
		case "rules":
			d.field(&seen, 5, "rules")
			for ok := d.openArray("rules"); ok && d.more(); {
				var x string
				x = d.str("rules")
				v.Rules = append(v.Rules, x)
			}
		case "policy_version":
			d.field(&seen, 6, "policy_version")
			v.PolicyVersion = d.str("policy_version")
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x77, jsonFieldsLedgerUnit[:])
}

var jsonFieldsMonthCount = [...]string{"month", "kind", "indicated", "needs_review", "withdrawn", "undetermined", "excluded"}

func jsonMonthCount(d *jsonReader, v *duty.MonthCount, extra *Extra) {
	*v = duty.MonthCount{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "month":
			d.field(&seen, 0, "month")
			v.Month = d.str("month")
		case "kind":
			d.field(&seen, 1, "kind")
			v.Kind = enum(d, "kind", duty.ParseKind)
		case "indicated":
			d.field(&seen, 2, "indicated")
			v.Indicated = int32(d.number("indicated", 32))
		case "needs_review":
			d.field(&seen, 3, "needs_review")
			v.NeedsReview = int32(d.number("needs_review", 32))
		case "withdrawn":
			d.field(&seen, 4, "withdrawn")
			v.Withdrawn = int32(d.number("withdrawn", 32))
		case "undetermined":
			d.field(&seen, 5, "undetermined")
			v.Undetermined = int32(d.number("undetermined", 32))
		case "excluded":
			d.field(&seen, 6, "excluded")
			v.Excluded = int32(d.number("excluded", 32))
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x7f, jsonFieldsMonthCount[:])
}

var jsonFieldsNoticeConsidered = [...]string{"id", "at", "used", "reason"}

func jsonNoticeConsidered(d *jsonReader, v *duty.NoticeConsidered, extra *Extra) {
	*v = duty.NoticeConsidered{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "id":
			d.field(&seen, 0, "id")
			v.ID = d.str("id")
		case "at":
			d.field(&seen, 1, "at")
			v.At = d.instant("at")
		case "used":
			d.field(&seen, 2, "used")
			v.Used = d.boolean("used")
		case "reason":
			d.field(&seen, 3, "reason")
			v.Reason = enum(d, "reason", duty.ParseNoticeReason)
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0xf, jsonFieldsNoticeConsidered[:])
}

var jsonFieldsOpenUnit = [...]string{"kind", "unit_date"}

func jsonOpenUnit(d *jsonReader, v *duty.OpenUnit, extra *Extra) {
	*v = duty.OpenUnit{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "kind":
			d.field(&seen, 0, "kind")
			v.Kind = enum(d, "kind", duty.ParseKind)
		case "unit_date":
			d.field(&seen, 1, "unit_date")
			v.UnitDate = d.date("unit_date")
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x3, jsonFieldsOpenUnit[:])
}

var jsonFieldsPattern = [...]string{"present", "absent", "undetermined", "other"}

func jsonPattern(d *jsonReader, v *duty.Pattern, extra *Extra) {
	*v = duty.Pattern{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "present":
			d.field(&seen, 0, "present")
			v.Present = int32(d.number("present", 32))
		case "absent":
			d.field(&seen, 1, "absent")
			v.Absent = int32(d.number("absent", 32))
		case "undetermined":
			d.field(&seen, 2, "undetermined")
			v.Undetermined = int32(d.number("undetermined", 32))
		case "other":
			d.field(&seen, 3, "other")
			v.Other = int32(d.number("other", 32))
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0xf, jsonFieldsPattern[:])
}

var jsonFieldsPermissionConsidered = [...]string{"id", "at", "used", "reason"}

func jsonPermissionConsidered(d *jsonReader, v *duty.PermissionConsidered, extra *Extra) {
	*v = duty.PermissionConsidered{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "id":
			d.field(&seen, 0, "id")
			v.ID = d.str("id")
		case "at":
			d.field(&seen, 1, "at")
			v.At = d.instant("at")
		case "used":
			d.field(&seen, 2, "used")
			v.Used = d.boolean("used")
		case "reason":
			d.field(&seen, 3, "reason")
			v.Reason = enum(d, "reason", duty.ParsePermissionReason)
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0xf, jsonFieldsPermissionConsidered[:])
}

var jsonFieldsRecallConsumer = [...]string{"consumer", "acknowledged", "open"}

func jsonRecallConsumer(d *jsonReader, v *duty.RecallConsumer, extra *Extra) {
	*v = duty.RecallConsumer{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "consumer":
			d.field(&seen, 0, "consumer")
			v.Consumer = d.str("consumer")
		case "acknowledged":
			d.field(&seen, 1, "acknowledged")
			v.Acknowledged = int32(d.number("acknowledged", 32))
		case "open":
			d.field(&seen, 2, "open")
			v.Open = int32(d.number("open", 32))
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x7, jsonFieldsRecallConsumer[:])
}

var jsonFieldsRecallFiled = [...]string{"unit_id", "handling_id", "document_ref", "filed_at", "recalled_at"}

func jsonRecallFiled(d *jsonReader, v *duty.RecallFiled, extra *Extra) {
	*v = duty.RecallFiled{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "unit_id":
			d.field(&seen, 0, "unit_id")
			v.UnitID = d.str("unit_id")
		case "handling_id":
			d.field(&seen, 1, "handling_id")
			v.HandlingID = d.str("handling_id")
		case "document_ref":
			d.field(&seen, 2, "document_ref")
			if v.DocumentRef.OK = !d.null(); v.DocumentRef.OK {
				v.DocumentRef.V = d.str("document_ref")
			}
		case "filed_at":
			d.field(&seen, 3, "filed_at")
			v.FiledAt = d.instant("filed_at")
		case "recalled_at":
			d.field(&seen, 4, "recalled_at")
			if v.RecalledAt.OK = !d.null(); v.RecalledAt.OK {
				v.RecalledAt.V = d.instant("recalled_at")
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0xb, jsonFieldsRecallFiled[:])
}

var jsonFieldsSanctionLine = [...]string{"regime", "table", "month", "count", "column", "cell", "over_30_days", "flags"}

func jsonSanctionLine(d *jsonReader, v *duty.SanctionLine, extra *Extra) {
	*v = duty.SanctionLine{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "regime":
			d.field(&seen, 0, "regime")
			v.Regime = enum(d, "regime", duty.ParseRegime)
		case "table":
			d.field(&seen, 1, "table")
			v.Table = d.str("table")
		case "month":
			d.field(&seen, 2, "month")
			if v.Month.OK = !d.null(); v.Month.OK {
				v.Month.V = d.str("month")
			}
		case "count":
			d.field(&seen, 3, "count")
			v.Count = int32(d.number("count", 32))
		case "column":
			d.field(&seen, 4, "column")
			v.Column = int32(d.number("column", 32))
		case "cell":
			d.field(&seen, 5, "cell")
			if v.Cell.OK = !d.null(); v.Cell.OK {
				v.Cell.V = d.str("cell")
			}
		case "over_30_days":
			d.field(&seen, 6, "over_30_days")
			if v.Over30Days.OK = !d.null(); v.Over30Days.OK {
				v.Over30Days.V = d.boolean("over_30_days")
			}
		case "flags":
			d.field(&seen, 7, "flags")
			for ok := d.openArray("flags"); ok && d.more(); {
				var x duty.SanctionFlag
				x = enum(d, "flags", duty.ParseSanctionFlag)
				v.Flags = append(v.Flags, x)
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x9b, jsonFieldsSanctionLine[:])
}

var jsonFieldsSchedule = [...]string{"type", "weekdays", "quota_per_week", "dates", "window_from", "window_to"}

func jsonSchedule(d *jsonReader, v *duty.Schedule, extra *Extra) {
	*v = duty.Schedule{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "type":
			d.field(&seen, 0, "type")
			v.Type = enum(d, "type", duty.ParseScheduleType)
		case "weekdays":
			d.field(&seen, 1, "weekdays")
			for ok := d.openArray("weekdays"); ok && d.more(); {
				var x duty.Weekday
				x = enum(d, "weekdays", duty.ParseWeekday)
				v.Weekdays = append(v.Weekdays, x)
			}
		case "quota_per_week":
			d.field(&seen, 2, "quota_per_week")
			v.QuotaPerWeek = int32(d.number("quota_per_week", 32))
		case "dates":
			d.field(&seen, 3, "dates")
			for ok := d.openArray("dates"); ok && d.more(); {
				var x duty.Date
				x = d.date("dates")
				v.Dates = append(v.Dates, x)
			}
		case "window_from":
			d.field(&seen, 4, "window_from")
			if v.WindowFrom.OK = !d.null(); v.WindowFrom.OK {
				v.WindowFrom.V = d.str("window_from")
			}
		case "window_to":
			d.field(&seen, 5, "window_to")
			if v.WindowTo.OK = !d.null(); v.WindowTo.OK {
				v.WindowTo.V = d.str("window_to")
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x1, jsonFieldsSchedule[:])
}

var jsonFieldsSection143 = [...]string{"duties_imposed", "months_without_presence", "days_with_three", "days", "convictions"}

func jsonSection143(d *jsonReader, v *duty.Section143, extra *Extra) {
	*v = duty.Section143{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "duties_imposed":
			d.field(&seen, 0, "duties_imposed")
			for ok := d.openArray("duties_imposed"); ok && d.more(); {
				var x string
				x = d.str("duties_imposed")
				v.DutiesImposed = append(v.DutiesImposed, x)
			}
		case "months_without_presence":
			d.field(&seen, 1, "months_without_presence")
			for ok := d.openArray("months_without_presence"); ok && d.more(); {
				var x string
				x = d.str("months_without_presence")
				v.MonthsWithoutPresence = append(v.MonthsWithoutPresence, x)
			}
		case "days_with_three":
			d.field(&seen, 2, "days_with_three")
			v.DaysWithThree = int32(d.number("days_with_three", 32))
		case "days":
			d.field(&seen, 3, "days")
			v.Days = int32(d.number("days", 32))
		case "convictions":
			d.field(&seen, 4, "convictions")
			v.Convictions = int32(d.number("convictions", 32))
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x1f, jsonFieldsSection143[:])
}

var jsonFieldsSupervisionRef = [...]string{"result_ref", "from_date", "to_date", "remarks"}

func jsonSupervisionRef(d *jsonReader, v *duty.SupervisionRef, extra *Extra) {
	*v = duty.SupervisionRef{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "result_ref":
			d.field(&seen, 0, "result_ref")
			v.ResultRef = d.str("result_ref")
		case "from_date":
			d.field(&seen, 1, "from_date")
			v.FromDate = d.date("from_date")
		case "to_date":
			d.field(&seen, 2, "to_date")
			v.ToDate = d.date("to_date")
		case "remarks":
			d.field(&seen, 3, "remarks")
			v.Remarks = d.boolean("remarks")
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0xf, jsonFieldsSupervisionRef[:])
}

var jsonFieldsAcknowledgement = [...]string{"id", "version", "retracted", "received_at", "consumer", "unit_id", "revision", "person_id", "at"}

func jsonAcknowledgement(d *jsonReader, v *duty.Acknowledgement, extra *Extra) {
	*v = duty.Acknowledgement{Version: 1}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "id":
			d.field(&seen, 0, "id")
			v.ID = d.str("id")
		case "version":
			d.field(&seen, 1, "version")
			v.Version = d.number("version", 64)
		case "retracted":
			d.field(&seen, 2, "retracted")
			v.Retracted = d.boolean("retracted")
		case "received_at":
			d.field(&seen, 3, "received_at")
			v.ReceivedAt = d.instant("received_at")
		case "consumer":
			d.field(&seen, 4, "consumer")
			v.Consumer = d.str("consumer")
		case "unit_id":
			d.field(&seen, 5, "unit_id")
			v.UnitID = d.str("unit_id")
		case "revision":
			d.field(&seen, 6, "revision")
			v.Revision = int32(d.number("revision", 32))
		case "person_id":
			d.field(&seen, 7, "person_id")
			v.PersonID = d.str("person_id")
		case "at":
			d.field(&seen, 8, "at")
			v.At = d.instant("at")
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x1f9, jsonFieldsAcknowledgement[:])
}

var jsonFieldsCardAssignment = [...]string{"id", "version", "retracted", "received_at", "card_id", "person_id", "card_type", "valid_from", "valid_to", "anti_passback", "created"}

func jsonCardAssignment(d *jsonReader, v *duty.CardAssignment, extra *Extra) {
	*v = duty.CardAssignment{Version: 1}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "id":
			d.field(&seen, 0, "id")
			v.ID = d.str("id")
		case "version":
			d.field(&seen, 1, "version")
			v.Version = d.number("version", 64)
		case "retracted":
			d.field(&seen, 2, "retracted")
			v.Retracted = d.boolean("retracted")
		case "received_at":
			d.field(&seen, 3, "received_at")
			v.ReceivedAt = d.instant("received_at")
		case "card_id":
			d.field(&seen, 4, "card_id")
			v.CardID = d.str("card_id")
		case "person_id":
			d.field(&seen, 5, "person_id")
			v.PersonID = d.str("person_id")
		case "card_type":
			d.field(&seen, 6, "card_type")
			v.CardType = enum(d, "card_type", duty.ParseCardType)
		case "valid_from":
			d.field(&seen, 7, "valid_from")
			v.ValidFrom = d.instant("valid_from")
		case "valid_to":
			d.field(&seen, 8, "valid_to")
			if v.ValidTo.OK = !d.null(); v.ValidTo.OK {
				v.ValidTo.V = d.instant("valid_to")
			}
		case "anti_passback":
			d.field(&seen, 9, "anti_passback")
			v.AntiPassback = anyEnum(d, "anti_passback", duty.ParseAntiPassback)
		case "created":
			d.field(&seen, 10, "created")
			v.Created = enum(d, "created", duty.ParseCardCreation)
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x6f9, jsonFieldsCardAssignment[:])
}

var jsonFieldsCardEvent = [...]string{"id", "version", "retracted", "received_at", "source_seq", "source_epoch", "person_id", "card_id", "card_type", "centre_id", "device_id", "device_type", "kind", "direction", "scan", "occurred_at"}

func jsonCardEvent(d *jsonReader, v *duty.CardEvent, extra *Extra) {
	*v = duty.CardEvent{Version: 1, Scan: duty.ScanComplete}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "id":
			d.field(&seen, 0, "id")
			v.ID = d.str("id")
		case "version":
			d.field(&seen, 1, "version")
			v.Version = d.number("version", 64)
		case "retracted":
			d.field(&seen, 2, "retracted")
			v.Retracted = d.boolean("retracted")
		case "received_at":
			d.field(&seen, 3, "received_at")
			v.ReceivedAt = d.instant("received_at")
		case "source_seq":
			d.field(&seen, 4, "source_seq")
			if v.SourceSeq.OK = !d.null(); v.SourceSeq.OK {
				v.SourceSeq.V = d.number("source_seq", 64)
			}
		case "source_epoch":
			d.field(&seen, 5, "source_epoch")
			v.SourceEpoch = d.number("source_epoch", 64)
		case "person_id":
			d.field(&seen, 6, "person_id")
			if v.PersonID.OK = !d.null(); v.PersonID.OK {
				v.PersonID.V = d.str("person_id")
			}
		case "card_id":
			d.field(&seen, 7, "card_id")
			v.CardID = d.str("card_id")
		case "card_type":
			d.field(&seen, 8, "card_type")
			v.CardType = enum(d, "card_type", duty.ParseCardType)
		case "centre_id":
			d.field(&seen, 9, "centre_id")
			v.CentreID = d.str("centre_id")
		case "device_id":
			d.field(&seen, 10, "device_id")
			v.DeviceID = d.str("device_id")
		case "device_type":
			d.field(&seen, 11, "device_type")
			v.DeviceType = enum(d, "device_type", duty.ParseDeviceType)
		case "kind":
			d.field(&seen, 12, "kind")
			v.Kind = enum(d, "kind", duty.ParseCardEventKind)
		case "direction":
			d.field(&seen, 13, "direction")
			if v.Direction.OK = !d.null(); v.Direction.OK {
				v.Direction.V = enum(d, "direction", duty.ParseDirection)
			}
		case "scan":
			d.field(&seen, 14, "scan")
			v.Scan = enum(d, "scan", duty.ParseScan)
		case "occurred_at":
			d.field(&seen, 15, "occurred_at")
			v.OccurredAt = d.instant("occurred_at")
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x9f89, jsonFieldsCardEvent[:])
}

var jsonFieldsCaseSummary = [...]string{"person_id", "group", "prior_convictions", "time", "months", "sanction", "detention", "section_143"}

func jsonCaseSummary(d *jsonReader, v *duty.CaseSummary, extra *Extra) {
	*v = duty.CaseSummary{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "person_id":
			d.field(&seen, 0, "person_id")
			v.PersonID = d.str("person_id")
		case "group":
			d.field(&seen, 1, "group")
			if v.Group.OK = !d.null(); v.Group.OK {
				v.Group.V = enum(d, "group", duty.ParseGroup)
			}
		case "prior_convictions":
			d.field(&seen, 2, "prior_convictions")
			v.PriorConvictions = int32(d.number("prior_convictions", 32))
		case "time":
			d.field(&seen, 3, "time")
			v.Time = int32(d.number("time", 32))
		case "months":
			d.field(&seen, 4, "months")
			for ok := d.openArray("months"); ok && d.more(); {
				var x duty.MonthCount
				jsonMonthCount(d, &x, nil)
				d.inItem("months", len(v.Months))
				v.Months = append(v.Months, x)
			}
		case "sanction":
			d.field(&seen, 5, "sanction")
			for ok := d.openArray("sanction"); ok && d.more(); {
				var x duty.SanctionLine
				jsonSanctionLine(d, &x, nil)
				d.inItem("sanction", len(v.Sanction))
				v.Sanction = append(v.Sanction, x)
			}
		case "detention":
			d.field(&seen, 6, "detention")
			if v.Detention.OK = !d.null(); v.Detention.OK {
				jsonDetention(d, &v.Detention.V, nil)
				d.in("detention")
			}
		case "section_143":
			d.field(&seen, 7, "section_143")
			if v.Section143.OK = !d.null(); v.Section143.OK {
				jsonSection143(d, &v.Section143.V, nil)
				d.in("section_143")
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x3d, jsonFieldsCaseSummary[:])
}

var jsonFieldsChangeMark = [...]string{"id", "version", "retracted", "received_at", "system", "at", "description"}

func jsonChangeMark(d *jsonReader, v *duty.ChangeMark, extra *Extra) {
	*v = duty.ChangeMark{Version: 1}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "id":
			d.field(&seen, 0, "id")
			v.ID = d.str("id")
		case "version":
			d.field(&seen, 1, "version")
			v.Version = d.number("version", 64)
		case "retracted":
			d.field(&seen, 2, "retracted")
			v.Retracted = d.boolean("retracted")
		case "received_at":
			d.field(&seen, 3, "received_at")
			v.ReceivedAt = d.instant("received_at")
		case "system":
			d.field(&seen, 4, "system")
			v.System = d.str("system")
		case "at":
			d.field(&seen, 5, "at")
			v.At = d.instant("at")
		case "description":
			d.field(&seen, 6, "description")
			v.Description = d.str("description")
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x79, jsonFieldsChangeMark[:])
}

var jsonFieldsControlActionTaken = [...]string{"id", "version", "retracted", "received_at", "centre_id", "control", "at", "kind", "ok", "duration_ms", "ref"}

func jsonControlActionTaken(d *jsonReader, v *duty.ControlActionTaken, extra *Extra) {
	*v = duty.ControlActionTaken{Version: 1}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "id":
			d.field(&seen, 0, "id")
			v.ID = d.str("id")
		case "version":
			d.field(&seen, 1, "version")
			v.Version = d.number("version", 64)
		case "retracted":
			d.field(&seen, 2, "retracted")
			v.Retracted = d.boolean("retracted")
		case "received_at":
			d.field(&seen, 3, "received_at")
			v.ReceivedAt = d.instant("received_at")
		case "centre_id":
			d.field(&seen, 4, "centre_id")
			v.CentreID = d.str("centre_id")
		case "control":
			d.field(&seen, 5, "control")
			v.Control = enum(d, "control", duty.ParseControlName)
		case "at":
			d.field(&seen, 6, "at")
			v.At = d.instant("at")
		case "kind":
			d.field(&seen, 7, "kind")
			v.Kind = enum(d, "kind", duty.ParseControlActionKind)
		case "ok":
			d.field(&seen, 8, "ok")
			v.Ok = d.boolean("ok")
		case "duration_ms":
			d.field(&seen, 9, "duration_ms")
			if v.DurationMs.OK = !d.null(); v.DurationMs.OK {
				v.DurationMs.V = d.number("duration_ms", 64)
			}
		case "ref":
			d.field(&seen, 10, "ref")
			if v.Ref.OK = !d.null(); v.Ref.OK {
				v.Ref.V = d.str("ref")
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x1f9, jsonFieldsControlActionTaken[:])
}

var jsonFieldsControlReport = [...]string{"centre_id", "period", "from", "to", "as_of", "final", "policy_versions", "sources", "incidents", "losses", "settlements", "reconciliations", "coverage", "withdrawals", "recalls", "dead_letters", "identity", "quality", "supervision", "changes", "handled", "controls", "actions"}

func jsonControlReport(d *jsonReader, v *duty.ControlReport, extra *Extra) {
	*v = duty.ControlReport{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "centre_id":
			d.field(&seen, 0, "centre_id")
			v.CentreID = d.str("centre_id")
		case "period":
			d.field(&seen, 1, "period")
			v.Period = d.str("period")
		case "from":
			d.field(&seen, 2, "from")
			v.From = d.instant("from")
		case "to":
			d.field(&seen, 3, "to")
			v.To = d.instant("to")
		case "as_of":
			d.field(&seen, 4, "as_of")
			v.AsOf = d.instant("as_of")
		case "final":
			d.field(&seen, 5, "final")
			v.Final = d.boolean("final")
		case "policy_versions":
			d.field(&seen, 6, "policy_versions")
			for ok := d.openArray("policy_versions"); ok && d.more(); {
				var x string
				x = d.str("policy_versions")
				v.PolicyVersions = append(v.PolicyVersions, x)
			}
		case "sources":
			d.field(&seen, 7, "sources")
			for ok := d.openArray("sources"); ok && d.more(); {
				var x duty.ControlSource
				jsonControlSource(d, &x, nil)
				d.inItem("sources", len(v.Sources))
				v.Sources = append(v.Sources, x)
			}
		case "incidents":
			d.field(&seen, 8, "incidents")
			for ok := d.openArray("incidents"); ok && d.more(); {
				var x duty.ControlIncidents
				jsonControlIncidents(d, &x, nil)
				d.inItem("incidents", len(v.Incidents))
				v.Incidents = append(v.Incidents, x)
			}
		case "losses":
			d.field(&seen, 9, "losses")
			for ok := d.openArray("losses"); ok && d.more(); {
				var x duty.ControlLoss
				jsonControlLoss(d, &x, nil)
				d.inItem("losses", len(v.Losses))
				v.Losses = append(v.Losses, x)
			}
		case "settlements":
			d.field(&seen, 10, "settlements")
			for ok := d.openArray("settlements"); ok && d.more(); {
				var x duty.ControlSettlement
				jsonControlSettlement(d, &x, nil)
				d.inItem("settlements", len(v.Settlements))
				v.Settlements = append(v.Settlements, x)
			}
		case "reconciliations":
			d.field(&seen, 11, "reconciliations")
			jsonControlReconciliations(d, &v.Reconciliations, nil)
			d.in("reconciliations")
		case "coverage":
			d.field(&seen, 12, "coverage")
			jsonControlCoverage(d, &v.Coverage, nil)
			d.in("coverage")
		case "withdrawals":
			d.field(&seen, 13, "withdrawals")
			jsonControlWithdrawals(d, &v.Withdrawals, nil)
			d.in("withdrawals")
		case "recalls":
			d.field(&seen, 14, "recalls")
			jsonControlRecalls(d, &v.Recalls, nil)
			d.in("recalls")
		case "dead_letters":
			d.field(&seen, 15, "dead_letters")
			jsonControlDeadLetters(d, &v.DeadLetters, nil)
			d.in("dead_letters")
		case "identity":
			d.field(&seen, 16, "identity")
			jsonControlIdentity(d, &v.Identity, nil)
			d.in("identity")
		case "quality":
			d.field(&seen, 17, "quality")
			for ok := d.openArray("quality"); ok && d.more(); {
				var x duty.ControlQuality
				jsonControlQuality(d, &x, nil)
				d.inItem("quality", len(v.Quality))
				v.Quality = append(v.Quality, x)
			}
		case "supervision":
			d.field(&seen, 18, "supervision")
			for ok := d.openArray("supervision"); ok && d.more(); {
				var x duty.ControlSupervision
				jsonControlSupervision(d, &x, nil)
				d.inItem("supervision", len(v.Supervision))
				v.Supervision = append(v.Supervision, x)
			}
		case "changes":
			d.field(&seen, 19, "changes")
			for ok := d.openArray("changes"); ok && d.more(); {
				var x duty.ControlChange
				jsonControlChange(d, &x, nil)
				d.inItem("changes", len(v.Changes))
				v.Changes = append(v.Changes, x)
			}
		case "handled":
			d.field(&seen, 20, "handled")
			jsonControlHandled(d, &v.Handled, nil)
			d.in("handled")
		case "controls":
			d.field(&seen, 21, "controls")
			for ok := d.openArray("controls"); ok && d.more(); {
				var x duty.ControlLine
				jsonControlLine(d, &x, nil)
				d.inItem("controls", len(v.Controls))
				v.Controls = append(v.Controls, x)
			}
		case "actions":
			d.field(&seen, 22, "actions")
			for ok := d.openArray("actions"); ok && d.more(); {
				var x duty.ControlAction
				jsonControlAction(d, &x, nil)
				d.inItem("actions", len(v.Actions))
				v.Actions = append(v.Actions, x)
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x7fffff, jsonFieldsControlReport[:])
}

var jsonFieldsConviction = [...]string{"id", "version", "retracted", "received_at", "person_id", "decided_at", "statute", "breaches", "covers_from_date", "covers_to_date"}

func jsonConviction(d *jsonReader, v *duty.Conviction, extra *Extra) {
	*v = duty.Conviction{Version: 1}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "id":
			d.field(&seen, 0, "id")
			v.ID = d.str("id")
		case "version":
			d.field(&seen, 1, "version")
			v.Version = d.number("version", 64)
		case "retracted":
			d.field(&seen, 2, "retracted")
			v.Retracted = d.boolean("retracted")
		case "received_at":
			d.field(&seen, 3, "received_at")
			v.ReceivedAt = d.instant("received_at")
		case "person_id":
			d.field(&seen, 4, "person_id")
			v.PersonID = d.str("person_id")
		case "decided_at":
			d.field(&seen, 5, "decided_at")
			v.DecidedAt = d.instant("decided_at")
		case "statute":
			d.field(&seen, 6, "statute")
			v.Statute = d.str("statute")
		case "breaches":
			d.field(&seen, 7, "breaches")
			if v.Breaches.OK = !d.null(); v.Breaches.OK {
				v.Breaches.V = int32(d.number("breaches", 32))
			}
		case "covers_from_date":
			d.field(&seen, 8, "covers_from_date")
			if v.CoversFromDate.OK = !d.null(); v.CoversFromDate.OK {
				v.CoversFromDate.V = d.date("covers_from_date")
			}
		case "covers_to_date":
			d.field(&seen, 9, "covers_to_date")
			if v.CoversToDate.OK = !d.null(); v.CoversToDate.OK {
				v.CoversToDate.V = d.date("covers_to_date")
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x79, jsonFieldsConviction[:])
}

var jsonFieldsDataQuality = [...]string{"id", "code", "subject", "from", "to", "detail", "state", "closed_at"}

func jsonDataQuality(d *jsonReader, v *duty.DataQuality, extra *Extra) {
	*v = duty.DataQuality{State: duty.FindingStateOpen}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "id":
			d.field(&seen, 0, "id")
			v.ID = d.str("id")
		case "code":
			d.field(&seen, 1, "code")
			v.Code = enum(d, "code", duty.ParseDataQualityCode)
		case "subject":
			d.field(&seen, 2, "subject")
			v.Subject = d.str("subject")
		case "from":
			d.field(&seen, 3, "from")
			v.From = d.instant("from")
		case "to":
			d.field(&seen, 4, "to")
			if v.To.OK = !d.null(); v.To.OK {
				v.To.V = d.instant("to")
			}
		case "detail":
			d.field(&seen, 5, "detail")
			for ok := d.openArray("detail"); ok && d.more(); {
				var x duty.Detail
				jsonDetail(d, &x, nil)
				d.inItem("detail", len(v.Detail))
				v.Detail = append(v.Detail, x)
			}
		case "state":
			d.field(&seen, 6, "state")
			v.State = enum(d, "state", duty.ParseFindingState)
		case "closed_at":
			d.field(&seen, 7, "closed_at")
			if v.ClosedAt.OK = !d.null(); v.ClosedAt.OK {
				v.ClosedAt.V = d.instant("closed_at")
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x2f, jsonFieldsDataQuality[:])
}

var jsonFieldsDepartureAssessment = [...]string{"id", "version", "retracted", "received_at", "person_id", "from_date", "outcome", "decided_at"}

func jsonDepartureAssessment(d *jsonReader, v *duty.DepartureAssessment, extra *Extra) {
	*v = duty.DepartureAssessment{Version: 1}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "id":
			d.field(&seen, 0, "id")
			v.ID = d.str("id")
		case "version":
			d.field(&seen, 1, "version")
			v.Version = d.number("version", 64)
		case "retracted":
			d.field(&seen, 2, "retracted")
			v.Retracted = d.boolean("retracted")
		case "received_at":
			d.field(&seen, 3, "received_at")
			v.ReceivedAt = d.instant("received_at")
		case "person_id":
			d.field(&seen, 4, "person_id")
			v.PersonID = d.str("person_id")
		case "from_date":
			d.field(&seen, 5, "from_date")
			v.FromDate = d.date("from_date")
		case "outcome":
			d.field(&seen, 6, "outcome")
			v.Outcome = enum(d, "outcome", duty.ParseDepartureOutcome)
		case "decided_at":
			d.field(&seen, 7, "decided_at")
			v.DecidedAt = d.instant("decided_at")
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0xf9, jsonFieldsDepartureAssessment[:])
}

var jsonFieldsExclusion = [...]string{"id", "version", "retracted", "received_at", "exclusion_id", "centre_id", "from_date", "to_date", "status", "reason", "declared_by", "approved_by", "declared_at"}

func jsonExclusion(d *jsonReader, v *duty.Exclusion, extra *Extra) {
	*v = duty.Exclusion{Version: 1}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "id":
			d.field(&seen, 0, "id")
			v.ID = d.str("id")
		case "version":
			d.field(&seen, 1, "version")
			v.Version = d.number("version", 64)
		case "retracted":
			d.field(&seen, 2, "retracted")
			v.Retracted = d.boolean("retracted")
		case "received_at":
			d.field(&seen, 3, "received_at")
			v.ReceivedAt = d.instant("received_at")
		case "exclusion_id":
			d.field(&seen, 4, "exclusion_id")
			v.ExclusionID = d.str("exclusion_id")
		case "centre_id":
			d.field(&seen, 5, "centre_id")
			v.CentreID = d.str("centre_id")
		case "from_date":
			d.field(&seen, 6, "from_date")
			v.FromDate = d.date("from_date")
		case "to_date":
			d.field(&seen, 7, "to_date")
			v.ToDate = d.date("to_date")
		case "status":
			d.field(&seen, 8, "status")
			v.Status = enum(d, "status", duty.ParseExclusionStatus)
		case "reason":
			d.field(&seen, 9, "reason")
			v.Reason = d.str("reason")
		case "declared_by":
			d.field(&seen, 10, "declared_by")
			v.DeclaredBy = d.str("declared_by")
		case "approved_by":
			d.field(&seen, 11, "approved_by")
			v.ApprovedBy = d.str("approved_by")
		case "declared_at":
			d.field(&seen, 12, "declared_at")
			v.DeclaredAt = d.instant("declared_at")
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x1ff9, jsonFieldsExclusion[:])
}

var jsonFieldsGroupChange = [...]string{"id", "version", "retracted", "received_at", "person_id", "group", "non_refoulement", "valid_from"}

func jsonGroupChange(d *jsonReader, v *duty.GroupChange, extra *Extra) {
	*v = duty.GroupChange{Version: 1}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "id":
			d.field(&seen, 0, "id")
			v.ID = d.str("id")
		case "version":
			d.field(&seen, 1, "version")
			v.Version = d.number("version", 64)
		case "retracted":
			d.field(&seen, 2, "retracted")
			v.Retracted = d.boolean("retracted")
		case "received_at":
			d.field(&seen, 3, "received_at")
			v.ReceivedAt = d.instant("received_at")
		case "person_id":
			d.field(&seen, 4, "person_id")
			v.PersonID = d.str("person_id")
		case "group":
			d.field(&seen, 5, "group")
			v.Group = enum(d, "group", duty.ParseGroup)
		case "non_refoulement":
			d.field(&seen, 6, "non_refoulement")
			v.NonRefoulement = d.boolean("non_refoulement")
		case "valid_from":
			d.field(&seen, 7, "valid_from")
			v.ValidFrom = d.instant("valid_from")
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0xb9, jsonFieldsGroupChange[:])
}

var jsonFieldsHandling = [...]string{"id", "version", "retracted", "received_at", "handling_id", "unit_id", "person_id", "revision", "kind", "outcome", "document_ref", "by_role", "at"}

func jsonHandling(d *jsonReader, v *duty.Handling, extra *Extra) {
	*v = duty.Handling{Version: 1}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "id":
			d.field(&seen, 0, "id")
			v.ID = d.str("id")
		case "version":
			d.field(&seen, 1, "version")
			v.Version = d.number("version", 64)
		case "retracted":
			d.field(&seen, 2, "retracted")
			v.Retracted = d.boolean("retracted")
		case "received_at":
			d.field(&seen, 3, "received_at")
			v.ReceivedAt = d.instant("received_at")
		case "handling_id":
			d.field(&seen, 4, "handling_id")
			v.HandlingID = d.str("handling_id")
		case "unit_id":
			d.field(&seen, 5, "unit_id")
			v.UnitID = d.str("unit_id")
		case "person_id":
			d.field(&seen, 6, "person_id")
			v.PersonID = d.str("person_id")
		case "revision":
			d.field(&seen, 7, "revision")
			v.Revision = int32(d.number("revision", 32))
		case "kind":
			d.field(&seen, 8, "kind")
			v.Kind = enum(d, "kind", duty.ParseHandlingKind)
		case "outcome":
			d.field(&seen, 9, "outcome")
			if v.Outcome.OK = !d.null(); v.Outcome.OK {
				v.Outcome.V = enum(d, "outcome", duty.ParseHandlingOutcome)
			}
		case "document_ref":
			d.field(&seen, 10, "document_ref")
			if v.DocumentRef.OK = !d.null(); v.DocumentRef.OK {
				v.DocumentRef.V = d.str("document_ref")
			}
		case "by_role":
			d.field(&seen, 11, "by_role")
			v.ByRole = d.str("by_role")
		case "at":
			d.field(&seen, 12, "at")
			v.At = d.instant("at")
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x19f9, jsonFieldsHandling[:])
}

var jsonFieldsHeartbeat = [...]string{"id", "version", "retracted", "received_at", "source_id", "centre_id", "at", "source_epoch", "last_seq"}

func jsonHeartbeat(d *jsonReader, v *duty.Heartbeat, extra *Extra) {
	*v = duty.Heartbeat{Version: 1}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "id":
			d.field(&seen, 0, "id")
			v.ID = d.str("id")
		case "version":
			d.field(&seen, 1, "version")
			v.Version = d.number("version", 64)
		case "retracted":
			d.field(&seen, 2, "retracted")
			v.Retracted = d.boolean("retracted")
		case "received_at":
			d.field(&seen, 3, "received_at")
			v.ReceivedAt = d.instant("received_at")
		case "source_id":
			d.field(&seen, 4, "source_id")
			v.SourceID = d.str("source_id")
		case "centre_id":
			d.field(&seen, 5, "centre_id")
			if v.CentreID.OK = !d.null(); v.CentreID.OK {
				v.CentreID.V = d.str("centre_id")
			}
		case "at":
			d.field(&seen, 6, "at")
			v.At = d.instant("at")
		case "source_epoch":
			d.field(&seen, 7, "source_epoch")
			v.SourceEpoch = d.number("source_epoch", 64)
		case "last_seq":
			d.field(&seen, 8, "last_seq")
			if v.LastSeq.OK = !d.null(); v.LastSeq.OK {
				v.LastSeq.V = d.number("last_seq", 64)
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x59, jsonFieldsHeartbeat[:])
}

var jsonFieldsHold = [...]string{"id", "version", "retracted", "received_at", "hold_id", "person_id", "kind", "valid_from", "valid_to"}

func jsonHold(d *jsonReader, v *duty.Hold, extra *Extra) {
	*v = duty.Hold{Version: 1}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "id":
			d.field(&seen, 0, "id")
			v.ID = d.str("id")
		case "version":
			d.field(&seen, 1, "version")
			v.Version = d.number("version", 64)
		case "retracted":
			d.field(&seen, 2, "retracted")
			v.Retracted = d.boolean("retracted")
		case "received_at":
			d.field(&seen, 3, "received_at")
			v.ReceivedAt = d.instant("received_at")
		case "hold_id":
			d.field(&seen, 4, "hold_id")
			v.HoldID = d.str("hold_id")
		case "person_id":
			d.field(&seen, 5, "person_id")
			v.PersonID = d.str("person_id")
		case "kind":
			d.field(&seen, 6, "kind")
			v.Kind = enum(d, "kind", duty.ParseHoldKind)
		case "valid_from":
			d.field(&seen, 7, "valid_from")
			v.ValidFrom = d.instant("valid_from")
		case "valid_to":
			d.field(&seen, 8, "valid_to")
			if v.ValidTo.OK = !d.null(); v.ValidTo.OK {
				v.ValidTo.V = d.instant("valid_to")
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0xf9, jsonFieldsHold[:])
}

var jsonFieldsIdentityLink = [...]string{"id", "version", "retracted", "received_at", "person_id", "alias_person_id", "action", "at"}

func jsonIdentityLink(d *jsonReader, v *duty.IdentityLink, extra *Extra) {
	*v = duty.IdentityLink{Version: 1}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "id":
			d.field(&seen, 0, "id")
			v.ID = d.str("id")
		case "version":
			d.field(&seen, 1, "version")
			v.Version = d.number("version", 64)
		case "retracted":
			d.field(&seen, 2, "retracted")
			v.Retracted = d.boolean("retracted")
		case "received_at":
			d.field(&seen, 3, "received_at")
			v.ReceivedAt = d.instant("received_at")
		case "person_id":
			d.field(&seen, 4, "person_id")
			v.PersonID = d.str("person_id")
		case "alias_person_id":
			d.field(&seen, 5, "alias_person_id")
			v.AliasPersonID = d.str("alias_person_id")
		case "action":
			d.field(&seen, 6, "action")
			v.Action = enum(d, "action", duty.ParseLinkAction)
		case "at":
			d.field(&seen, 7, "at")
			v.At = d.instant("at")
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0xf9, jsonFieldsIdentityLink[:])
}

var jsonFieldsIncident = [...]string{"id", "version", "retracted", "received_at", "incident_id", "centre_id", "device_ids", "from", "to", "kind", "forms_status", "state", "origin"}

func jsonIncident(d *jsonReader, v *duty.Incident, extra *Extra) {
	*v = duty.Incident{Version: 1, State: duty.IncidentStateActive, Origin: duty.OriginHuman}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "id":
			d.field(&seen, 0, "id")
			v.ID = d.str("id")
		case "version":
			d.field(&seen, 1, "version")
			v.Version = d.number("version", 64)
		case "retracted":
			d.field(&seen, 2, "retracted")
			v.Retracted = d.boolean("retracted")
		case "received_at":
			d.field(&seen, 3, "received_at")
			v.ReceivedAt = d.instant("received_at")
		case "incident_id":
			d.field(&seen, 4, "incident_id")
			v.IncidentID = d.str("incident_id")
		case "centre_id":
			d.field(&seen, 5, "centre_id")
			v.CentreID = d.str("centre_id")
		case "device_ids":
			d.field(&seen, 6, "device_ids")
			for ok := d.openArray("device_ids"); ok && d.more(); {
				var x string
				x = d.str("device_ids")
				v.DeviceIDs = append(v.DeviceIDs, x)
			}
		case "from":
			d.field(&seen, 7, "from")
			v.From = d.instant("from")
		case "to":
			d.field(&seen, 8, "to")
			if v.To.OK = !d.null(); v.To.OK {
				v.To.V = d.instant("to")
			}
		case "kind":
			d.field(&seen, 9, "kind")
			v.Kind = enum(d, "kind", duty.ParseIncidentKind)
		case "forms_status":
			d.field(&seen, 10, "forms_status")
			v.FormsStatus = enum(d, "forms_status", duty.ParseFormsStatus)
		case "state":
			d.field(&seen, 11, "state")
			v.State = enum(d, "state", duty.ParseIncidentState)
		case "origin":
			d.field(&seen, 12, "origin")
			v.Origin = enum(d, "origin", duty.ParseOrigin)
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x6f9, jsonFieldsIncident[:])
}

var jsonFieldsManualEntry = [...]string{"id", "version", "retracted", "received_at", "person_id", "centre_id", "form", "direction", "result", "local_time", "name_matches", "apb", "document_ref"}

func jsonManualEntry(d *jsonReader, v *duty.ManualEntry, extra *Extra) {
	*v = duty.ManualEntry{Version: 1}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "id":
			d.field(&seen, 0, "id")
			v.ID = d.str("id")
		case "version":
			d.field(&seen, 1, "version")
			v.Version = d.number("version", 64)
		case "retracted":
			d.field(&seen, 2, "retracted")
			v.Retracted = d.boolean("retracted")
		case "received_at":
			d.field(&seen, 3, "received_at")
			v.ReceivedAt = d.instant("received_at")
		case "person_id":
			d.field(&seen, 4, "person_id")
			if v.PersonID.OK = !d.null(); v.PersonID.OK {
				v.PersonID.V = d.str("person_id")
			}
		case "centre_id":
			d.field(&seen, 5, "centre_id")
			v.CentreID = d.str("centre_id")
		case "form":
			d.field(&seen, 6, "form")
			v.Form = enum(d, "form", duty.ParseForm)
		case "direction":
			d.field(&seen, 7, "direction")
			if v.Direction.OK = !d.null(); v.Direction.OK {
				v.Direction.V = enum(d, "direction", duty.ParseDirection)
			}
		case "result":
			d.field(&seen, 8, "result")
			if v.Result.OK = !d.null(); v.Result.OK {
				v.Result.V = enum(d, "result", duty.ParseCheckResult)
			}
		case "local_time":
			d.field(&seen, 9, "local_time")
			v.LocalTime = d.str("local_time")
		case "name_matches":
			d.field(&seen, 10, "name_matches")
			if v.NameMatches.OK = !d.null(); v.NameMatches.OK {
				v.NameMatches.V = d.boolean("name_matches")
			}
		case "apb":
			d.field(&seen, 11, "apb")
			if v.APB.OK = !d.null(); v.APB.OK {
				v.APB.V = d.boolean("apb")
			}
		case "document_ref":
			d.field(&seen, 12, "document_ref")
			if v.DocumentRef.OK = !d.null(); v.DocumentRef.OK {
				v.DocumentRef.V = d.str("document_ref")
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x269, jsonFieldsManualEntry[:])
}

var jsonFieldsNotice = [...]string{"id", "version", "retracted", "received_at", "person_id", "centre_id", "local_time", "channel", "given_by", "recipient", "clarity", "range_from", "range_to", "nights", "target_date"}

func jsonNotice(d *jsonReader, v *duty.Notice, extra *Extra) {
	*v = duty.Notice{Version: 1, Nights: 1}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "id":
			d.field(&seen, 0, "id")
			v.ID = d.str("id")
		case "version":
			d.field(&seen, 1, "version")
			v.Version = d.number("version", 64)
		case "retracted":
			d.field(&seen, 2, "retracted")
			v.Retracted = d.boolean("retracted")
		case "received_at":
			d.field(&seen, 3, "received_at")
			v.ReceivedAt = d.instant("received_at")
		case "person_id":
			d.field(&seen, 4, "person_id")
			v.PersonID = d.str("person_id")
		case "centre_id":
			d.field(&seen, 5, "centre_id")
			v.CentreID = d.str("centre_id")
		case "local_time":
			d.field(&seen, 6, "local_time")
			v.LocalTime = d.str("local_time")
		case "channel":
			d.field(&seen, 7, "channel")
			v.Channel = enum(d, "channel", duty.ParseChannel)
		case "given_by":
			d.field(&seen, 8, "given_by")
			v.GivenBy = enum(d, "given_by", duty.ParseGivenBy)
		case "recipient":
			d.field(&seen, 9, "recipient")
			v.Recipient = enum(d, "recipient", duty.ParseRecipient)
		case "clarity":
			d.field(&seen, 10, "clarity")
			v.Clarity = enum(d, "clarity", duty.ParseClarity)
		case "range_from":
			d.field(&seen, 11, "range_from")
			if v.RangeFrom.OK = !d.null(); v.RangeFrom.OK {
				v.RangeFrom.V = d.str("range_from")
			}
		case "range_to":
			d.field(&seen, 12, "range_to")
			if v.RangeTo.OK = !d.null(); v.RangeTo.OK {
				v.RangeTo.V = d.str("range_to")
			}
		case "nights":
			d.field(&seen, 13, "nights")
			v.Nights = int32(d.number("nights", 32))
		case "target_date":
			d.field(&seen, 14, "target_date")
			if v.TargetDate.OK = !d.null(); v.TargetDate.OK {
				v.TargetDate.V = d.date("target_date")
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x7f9, jsonFieldsNotice[:])
}

var jsonFieldsObligationChange = [...]string{"id", "version", "retracted", "received_at", "decision_id", "person_id", "kind", "action", "legal_basis", "centre_id", "schedule", "places", "served_at", "valid_from", "valid_to"}

func jsonObligationChange(d *jsonReader, v *duty.ObligationChange, extra *Extra) {
	*v = duty.ObligationChange{Version: 1, Places: []duty.ReportPlace{duty.ReportPlaceReturnAgency}}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "id":
			d.field(&seen, 0, "id")
			v.ID = d.str("id")
		case "version":
			d.field(&seen, 1, "version")
			v.Version = d.number("version", 64)
		case "retracted":
			d.field(&seen, 2, "retracted")
			v.Retracted = d.boolean("retracted")
		case "received_at":
			d.field(&seen, 3, "received_at")
			v.ReceivedAt = d.instant("received_at")
		case "decision_id":
			d.field(&seen, 4, "decision_id")
			v.DecisionID = d.str("decision_id")
		case "person_id":
			d.field(&seen, 5, "person_id")
			v.PersonID = d.str("person_id")
		case "kind":
			d.field(&seen, 6, "kind")
			v.Kind = enum(d, "kind", duty.ParseKind)
		case "action":
			d.field(&seen, 7, "action")
			v.Action = enum(d, "action", duty.ParseAction)
		case "legal_basis":
			d.field(&seen, 8, "legal_basis")
			v.LegalBasis = enum(d, "legal_basis", duty.ParseLegalBasis)
		case "centre_id":
			d.field(&seen, 9, "centre_id")
			v.CentreID = d.str("centre_id")
		case "schedule":
			d.field(&seen, 10, "schedule")
			if v.Schedule.OK = !d.null(); v.Schedule.OK {
				jsonSchedule(d, &v.Schedule.V, nil)
				d.in("schedule")
			}
		case "places":
			d.field(&seen, 11, "places")
			v.Places = nil
			for ok := d.openArray("places"); ok && d.more(); {
				var x duty.ReportPlace
				x = enum(d, "places", duty.ParseReportPlace)
				v.Places = append(v.Places, x)
			}
		case "served_at":
			d.field(&seen, 12, "served_at")
			if v.ServedAt.OK = !d.null(); v.ServedAt.OK {
				v.ServedAt.V = d.instant("served_at")
			}
		case "valid_from":
			d.field(&seen, 13, "valid_from")
			v.ValidFrom = d.instant("valid_from")
		case "valid_to":
			d.field(&seen, 14, "valid_to")
			if v.ValidTo.OK = !d.null(); v.ValidTo.OK {
				v.ValidTo.V = d.instant("valid_to")
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x23f9, jsonFieldsObligationChange[:])
}

var jsonFieldsObservation = [...]string{"id", "code", "person_id", "from", "to", "state", "closed_at"}

func jsonObservation(d *jsonReader, v *duty.Observation, extra *Extra) {
	*v = duty.Observation{State: duty.FindingStateOpen}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "id":
			d.field(&seen, 0, "id")
			v.ID = d.str("id")
		case "code":
			d.field(&seen, 1, "code")
			v.Code = enum(d, "code", duty.ParseObservationCode)
		case "person_id":
			d.field(&seen, 2, "person_id")
			v.PersonID = d.str("person_id")
		case "from":
			d.field(&seen, 3, "from")
			v.From = d.instant("from")
		case "to":
			d.field(&seen, 4, "to")
			if v.To.OK = !d.null(); v.To.OK {
				v.To.V = d.instant("to")
			}
		case "state":
			d.field(&seen, 5, "state")
			v.State = enum(d, "state", duty.ParseFindingState)
		case "closed_at":
			d.field(&seen, 6, "closed_at")
			if v.ClosedAt.OK = !d.null(); v.ClosedAt.OK {
				v.ClosedAt.V = d.instant("closed_at")
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0xf, jsonFieldsObservation[:])
}

var jsonFieldsOutcomeMonth = [...]string{"person_id", "month", "units", "open"}

func jsonOutcomeMonth(d *jsonReader, v *duty.OutcomeMonth, extra *Extra) {
	*v = duty.OutcomeMonth{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "person_id":
			d.field(&seen, 0, "person_id")
			v.PersonID = d.str("person_id")
		case "month":
			d.field(&seen, 1, "month")
			v.Month = d.str("month")
		case "units":
			d.field(&seen, 2, "units")
			for ok := d.openArray("units"); ok && d.more(); {
				var x duty.LedgerUnit
				jsonLedgerUnit(d, &x, nil)
				d.inItem("units", len(v.Units))
				v.Units = append(v.Units, x)
			}
		case "open":
			d.field(&seen, 3, "open")
			for ok := d.openArray("open"); ok && d.more(); {
				var x duty.OpenUnit
				jsonOpenUnit(d, &x, nil)
				d.inItem("open", len(v.Open))
				v.Open = append(v.Open, x)
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0xf, jsonFieldsOutcomeMonth[:])
}

var jsonFieldsPermission = [...]string{"id", "version", "retracted", "received_at", "permission_id", "person_id", "status", "valid_from", "valid_to", "report_effect", "decided_at", "served_at"}

func jsonPermission(d *jsonReader, v *duty.Permission, extra *Extra) {
	*v = duty.Permission{Version: 1}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "id":
			d.field(&seen, 0, "id")
			v.ID = d.str("id")
		case "version":
			d.field(&seen, 1, "version")
			v.Version = d.number("version", 64)
		case "retracted":
			d.field(&seen, 2, "retracted")
			v.Retracted = d.boolean("retracted")
		case "received_at":
			d.field(&seen, 3, "received_at")
			v.ReceivedAt = d.instant("received_at")
		case "permission_id":
			d.field(&seen, 4, "permission_id")
			v.PermissionID = d.str("permission_id")
		case "person_id":
			d.field(&seen, 5, "person_id")
			v.PersonID = d.str("person_id")
		case "status":
			d.field(&seen, 6, "status")
			v.Status = enum(d, "status", duty.ParsePermissionStatus)
		case "valid_from":
			d.field(&seen, 7, "valid_from")
			v.ValidFrom = d.instant("valid_from")
		case "valid_to":
			d.field(&seen, 8, "valid_to")
			v.ValidTo = d.instant("valid_to")
		case "report_effect":
			d.field(&seen, 9, "report_effect")
			v.ReportEffect = enum(d, "report_effect", duty.ParseReportEffect)
		case "decided_at":
			d.field(&seen, 10, "decided_at")
			v.DecidedAt = d.instant("decided_at")
		case "served_at":
			d.field(&seen, 11, "served_at")
			if v.ServedAt.OK = !d.null(); v.ServedAt.OK {
				v.ServedAt.V = d.instant("served_at")
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x7f9, jsonFieldsPermission[:])
}

var jsonFieldsPolicyActivation = [...]string{"id", "version", "retracted", "received_at", "policy_version", "digest", "text", "activated_at", "by"}

func jsonPolicyActivation(d *jsonReader, v *duty.PolicyActivation, extra *Extra) {
	*v = duty.PolicyActivation{Version: 1}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "id":
			d.field(&seen, 0, "id")
			v.ID = d.str("id")
		case "version":
			d.field(&seen, 1, "version")
			v.Version = d.number("version", 64)
		case "retracted":
			d.field(&seen, 2, "retracted")
			v.Retracted = d.boolean("retracted")
		case "received_at":
			d.field(&seen, 3, "received_at")
			v.ReceivedAt = d.instant("received_at")
		case "policy_version":
			d.field(&seen, 4, "policy_version")
			v.PolicyVersion = d.str("policy_version")
		case "digest":
			d.field(&seen, 5, "digest")
			v.Digest = d.str("digest")
		case "text":
			d.field(&seen, 6, "text")
			v.Text = d.str("text")
		case "activated_at":
			d.field(&seen, 7, "activated_at")
			v.ActivatedAt = d.instant("activated_at")
		case "by":
			d.field(&seen, 8, "by")
			v.By = d.str("by")
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x1f9, jsonFieldsPolicyActivation[:])
}

var jsonFieldsRecall = [...]string{"cause", "cause_id", "centre_id", "units", "consumers", "opened_at", "closed_at", "filed", "filed_units"}

func jsonRecall(d *jsonReader, v *duty.Recall, extra *Extra) {
	*v = duty.Recall{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "cause":
			d.field(&seen, 0, "cause")
			v.Cause = enum(d, "cause", duty.ParseRecallCause)
		case "cause_id":
			d.field(&seen, 1, "cause_id")
			v.CauseID = d.str("cause_id")
		case "centre_id":
			d.field(&seen, 2, "centre_id")
			if v.CentreID.OK = !d.null(); v.CentreID.OK {
				v.CentreID.V = d.str("centre_id")
			}
		case "units":
			d.field(&seen, 3, "units")
			v.Units = int32(d.number("units", 32))
		case "consumers":
			d.field(&seen, 4, "consumers")
			for ok := d.openArray("consumers"); ok && d.more(); {
				var x duty.RecallConsumer
				jsonRecallConsumer(d, &x, nil)
				d.inItem("consumers", len(v.Consumers))
				v.Consumers = append(v.Consumers, x)
			}
		case "opened_at":
			d.field(&seen, 5, "opened_at")
			v.OpenedAt = d.instant("opened_at")
		case "closed_at":
			d.field(&seen, 6, "closed_at")
			if v.ClosedAt.OK = !d.null(); v.ClosedAt.OK {
				v.ClosedAt.V = d.instant("closed_at")
			}
		case "filed":
			d.field(&seen, 7, "filed")
			for ok := d.openArray("filed"); ok && d.more(); {
				var x duty.RecallFiled
				jsonRecallFiled(d, &x, nil)
				d.inItem("filed", len(v.Filed))
				v.Filed = append(v.Filed, x)
			}
		case "filed_units":
			d.field(&seen, 8, "filed_units")
			v.FiledUnits = int32(d.number("filed_units", 32))
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x3b, jsonFieldsRecall[:])
}

var jsonFieldsReconciliation = [...]string{"id", "version", "retracted", "received_at", "device_id", "from", "to", "rows", "digest"}

func jsonReconciliation(d *jsonReader, v *duty.Reconciliation, extra *Extra) {
	*v = duty.Reconciliation{Version: 1}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "id":
			d.field(&seen, 0, "id")
			v.ID = d.str("id")
		case "version":
			d.field(&seen, 1, "version")
			v.Version = d.number("version", 64)
		case "retracted":
			d.field(&seen, 2, "retracted")
			v.Retracted = d.boolean("retracted")
		case "received_at":
			d.field(&seen, 3, "received_at")
			v.ReceivedAt = d.instant("received_at")
		case "device_id":
			d.field(&seen, 4, "device_id")
			v.DeviceID = d.str("device_id")
		case "from":
			d.field(&seen, 5, "from")
			v.From = d.instant("from")
		case "to":
			d.field(&seen, 6, "to")
			v.To = d.instant("to")
		case "rows":
			d.field(&seen, 7, "rows")
			v.Rows = d.number("rows", 64)
		case "digest":
			d.field(&seen, 8, "digest")
			if v.Digest.OK = !d.null(); v.Digest.OK {
				v.Digest.V = d.str("digest")
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0xf9, jsonFieldsReconciliation[:])
}

var jsonFieldsResolution = [...]string{"id", "version", "retracted", "received_at", "topic", "partition", "offset", "outcome", "by", "at"}

func jsonResolution(d *jsonReader, v *duty.Resolution, extra *Extra) {
	*v = duty.Resolution{Version: 1}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "id":
			d.field(&seen, 0, "id")
			v.ID = d.str("id")
		case "version":
			d.field(&seen, 1, "version")
			v.Version = d.number("version", 64)
		case "retracted":
			d.field(&seen, 2, "retracted")
			v.Retracted = d.boolean("retracted")
		case "received_at":
			d.field(&seen, 3, "received_at")
			v.ReceivedAt = d.instant("received_at")
		case "topic":
			d.field(&seen, 4, "topic")
			v.Topic = d.str("topic")
		case "partition":
			d.field(&seen, 5, "partition")
			v.Partition = int32(d.number("partition", 32))
		case "offset":
			d.field(&seen, 6, "offset")
			v.Offset = d.number("offset", 64)
		case "outcome":
			d.field(&seen, 7, "outcome")
			v.Outcome = enum(d, "outcome", duty.ParseResolutionOutcome)
		case "by":
			d.field(&seen, 8, "by")
			v.By = d.str("by")
		case "at":
			d.field(&seen, 9, "at")
			v.At = d.instant("at")
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x3f9, jsonFieldsResolution[:])
}

var jsonFieldsSettlement = [...]string{"id", "version", "retracted", "received_at", "centre_id", "local_date", "log_type", "complete", "through"}

func jsonSettlement(d *jsonReader, v *duty.Settlement, extra *Extra) {
	*v = duty.Settlement{Version: 1}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "id":
			d.field(&seen, 0, "id")
			v.ID = d.str("id")
		case "version":
			d.field(&seen, 1, "version")
			v.Version = d.number("version", 64)
		case "retracted":
			d.field(&seen, 2, "retracted")
			v.Retracted = d.boolean("retracted")
		case "received_at":
			d.field(&seen, 3, "received_at")
			v.ReceivedAt = d.instant("received_at")
		case "centre_id":
			d.field(&seen, 4, "centre_id")
			v.CentreID = d.str("centre_id")
		case "local_date":
			d.field(&seen, 5, "local_date")
			v.LocalDate = d.date("local_date")
		case "log_type":
			d.field(&seen, 6, "log_type")
			v.LogType = enum(d, "log_type", duty.ParseLogType)
		case "complete":
			d.field(&seen, 7, "complete")
			v.Complete = d.boolean("complete")
		case "through":
			d.field(&seen, 8, "through")
			if v.Through.OK = !d.null(); v.Through.OK {
				v.Through.V = d.instant("through")
			}
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0xf9, jsonFieldsSettlement[:])
}

var jsonFieldsSupervisionResult = [...]string{"id", "version", "retracted", "received_at", "centre_id", "from_date", "to_date", "result_ref", "remarks"}

func jsonSupervisionResult(d *jsonReader, v *duty.SupervisionResult, extra *Extra) {
	*v = duty.SupervisionResult{Version: 1}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "id":
			d.field(&seen, 0, "id")
			v.ID = d.str("id")
		case "version":
			d.field(&seen, 1, "version")
			v.Version = d.number("version", 64)
		case "retracted":
			d.field(&seen, 2, "retracted")
			v.Retracted = d.boolean("retracted")
		case "received_at":
			d.field(&seen, 3, "received_at")
			v.ReceivedAt = d.instant("received_at")
		case "centre_id":
			d.field(&seen, 4, "centre_id")
			v.CentreID = d.str("centre_id")
		case "from_date":
			d.field(&seen, 5, "from_date")
			v.FromDate = d.date("from_date")
		case "to_date":
			d.field(&seen, 6, "to_date")
			v.ToDate = d.date("to_date")
		case "result_ref":
			d.field(&seen, 7, "result_ref")
			v.ResultRef = d.str("result_ref")
		case "remarks":
			d.field(&seen, 8, "remarks")
			v.Remarks = d.boolean("remarks")
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x1f9, jsonFieldsSupervisionResult[:])
}

var jsonFieldsViolation = [...]string{"unit_id", "revision", "status", "withdrawn_outcome", "kind", "person_id", "unit_date", "instant", "period_from", "period_to", "centre_id", "group", "obligation_ids", "legal_basis", "basis", "shortfall", "caveats", "base_caveats", "evidence", "notices_considered", "permissions_considered", "incidents", "exclusions_checked", "supervision", "pattern", "corroboration", "contradiction", "attachments", "statement", "statement_da", "rules", "policy_version", "policy_digest", "engine_version", "evaluated_at", "settled", "change_reason", "cause", "cause_id", "previous_digest", "digest"}

func jsonViolation(d *jsonReader, v *duty.Violation, extra *Extra) {
	*v = duty.Violation{}
	var seen uint64
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "unit_id":
			d.field(&seen, 0, "unit_id")
			v.UnitID = d.str("unit_id")
		case "revision":
			d.field(&seen, 1, "revision")
			v.Revision = int32(d.number("revision", 32))
		case "status":
			d.field(&seen, 2, "status")
			v.Status = enum(d, "status", duty.ParseStatus)
		case "withdrawn_outcome":
			d.field(&seen, 3, "withdrawn_outcome")
			if v.WithdrawnOutcome.OK = !d.null(); v.WithdrawnOutcome.OK {
				v.WithdrawnOutcome.V = enum(d, "withdrawn_outcome", duty.ParseWithdrawnOutcome)
			}
		case "kind":
			d.field(&seen, 4, "kind")
			v.Kind = enum(d, "kind", duty.ParseKind)
		case "person_id":
			d.field(&seen, 5, "person_id")
			v.PersonID = d.str("person_id")
		case "unit_date":
			d.field(&seen, 6, "unit_date")
			v.UnitDate = d.date("unit_date")
		case "instant":
			d.field(&seen, 7, "instant")
			v.Instant = d.instant("instant")
		case "period_from":
			d.field(&seen, 8, "period_from")
			v.PeriodFrom = d.instant("period_from")
		case "period_to":
			d.field(&seen, 9, "period_to")
			v.PeriodTo = d.instant("period_to")
		case "centre_id":
			d.field(&seen, 10, "centre_id")
			v.CentreID = d.str("centre_id")
		case "group":
			d.field(&seen, 11, "group")
			v.Group = anyEnum(d, "group", duty.ParseGroup)
		case "obligation_ids":
			d.field(&seen, 12, "obligation_ids")
			for ok := d.openArray("obligation_ids"); ok && d.more(); {
				var x string
				x = d.str("obligation_ids")
				v.ObligationIDs = append(v.ObligationIDs, x)
			}
		case "legal_basis":
			d.field(&seen, 13, "legal_basis")
			v.LegalBasis = enum(d, "legal_basis", duty.ParseLegalBasis)
		case "basis":
			d.field(&seen, 14, "basis")
			v.Basis = enum(d, "basis", duty.ParseBasis)
		case "shortfall":
			d.field(&seen, 15, "shortfall")
			if v.Shortfall.OK = !d.null(); v.Shortfall.OK {
				v.Shortfall.V = int32(d.number("shortfall", 32))
			}
		case "caveats":
			d.field(&seen, 16, "caveats")
			for ok := d.openArray("caveats"); ok && d.more(); {
				var x string
				x = d.str("caveats")
				v.Caveats = append(v.Caveats, x)
			}
		case "base_caveats":
			d.field(&seen, 17, "base_caveats")
			for ok := d.openArray("base_caveats"); ok && d.more(); {
				var x string
				x = d.str("base_caveats")
				v.BaseCaveats = append(v.BaseCaveats, x)
			}
		case "evidence":
			d.field(&seen, 18, "evidence")
			for ok := d.openArray("evidence"); ok && d.more(); {
				var x duty.Evidence
				jsonEvidence(d, &x, nil)
				d.inItem("evidence", len(v.Evidence))
				v.Evidence = append(v.Evidence, x)
			}
		case "notices_considered":
			d.field(&seen, 19, "notices_considered")
			for ok := d.openArray("notices_considered"); ok && d.more(); {
				var x duty.NoticeConsidered
				jsonNoticeConsidered(d, &x, nil)
				d.inItem("notices_considered", len(v.NoticesConsidered))
				v.NoticesConsidered = append(v.NoticesConsidered, x)
			}
		case "permissions_considered":
			d.field(&seen, 20, "permissions_considered")
			for ok := d.openArray("permissions_considered"); ok && d.more(); {
				var x duty.PermissionConsidered
				jsonPermissionConsidered(d, &x, nil)
				d.inItem("permissions_considered", len(v.PermissionsConsidered))
				v.PermissionsConsidered = append(v.PermissionsConsidered, x)
			}
		case "incidents":
			d.field(&seen, 21, "incidents")
			for ok := d.openArray("incidents"); ok && d.more(); {
				var x duty.IncidentRef
				jsonIncidentRef(d, &x, nil)
				d.inItem("incidents", len(v.Incidents))
				v.Incidents = append(v.Incidents, x)
			}
		case "exclusions_checked":
			d.field(&seen, 22, "exclusions_checked")
			for ok := d.openArray("exclusions_checked"); ok && d.more(); {
				var x duty.ExclusionRef
				jsonExclusionRef(d, &x, nil)
				d.inItem("exclusions_checked", len(v.ExclusionsChecked))
				v.ExclusionsChecked = append(v.ExclusionsChecked, x)
			}
		case "supervision":
			d.field(&seen, 23, "supervision")
			for ok := d.openArray("supervision"); ok && d.more(); {
				var x duty.SupervisionRef
				jsonSupervisionRef(d, &x, nil)
				d.inItem("supervision", len(v.Supervision))
				v.Supervision = append(v.Supervision, x)
			}
		case "pattern":
			d.field(&seen, 24, "pattern")
			jsonPattern(d, &v.Pattern, nil)
			d.in("pattern")
		case "corroboration":
			d.field(&seen, 25, "corroboration")
			for ok := d.openArray("corroboration"); ok && d.more(); {
				var x duty.Corroboration
				jsonCorroboration(d, &x, nil)
				d.inItem("corroboration", len(v.Corroboration))
				v.Corroboration = append(v.Corroboration, x)
			}
		case "contradiction":
			d.field(&seen, 26, "contradiction")
			for ok := d.openArray("contradiction"); ok && d.more(); {
				var x duty.Contradiction
				jsonContradiction(d, &x, nil)
				d.inItem("contradiction", len(v.Contradiction))
				v.Contradiction = append(v.Contradiction, x)
			}
		case "attachments":
			d.field(&seen, 27, "attachments")
			for ok := d.openArray("attachments"); ok && d.more(); {
				var x duty.Attachment
				jsonAttachment(d, &x, nil)
				d.inItem("attachments", len(v.Attachments))
				v.Attachments = append(v.Attachments, x)
			}
		case "statement":
			d.field(&seen, 28, "statement")
			v.Statement = d.str("statement")
		case "statement_da":
			d.field(&seen, 29, "statement_da")
			v.StatementDa = d.str("statement_da")
		case "rules":
			d.field(&seen, 30, "rules")
			for ok := d.openArray("rules"); ok && d.more(); {
				var x string
				x = d.str("rules")
				v.Rules = append(v.Rules, x)
			}
		case "policy_version":
			d.field(&seen, 31, "policy_version")
			v.PolicyVersion = d.str("policy_version")
		case "policy_digest":
			d.field(&seen, 32, "policy_digest")
			v.PolicyDigest = d.str("policy_digest")
		case "engine_version":
			d.field(&seen, 33, "engine_version")
			v.EngineVersion = d.str("engine_version")
		case "evaluated_at":
			d.field(&seen, 34, "evaluated_at")
			v.EvaluatedAt = d.instant("evaluated_at")
		case "settled":
			d.field(&seen, 35, "settled")
			v.Settled = d.boolean("settled")
		case "change_reason":
			d.field(&seen, 36, "change_reason")
			v.ChangeReason = enum(d, "change_reason", duty.ParseChangeReason)
		case "cause":
			d.field(&seen, 37, "cause")
			if v.Cause.OK = !d.null(); v.Cause.OK {
				v.Cause.V = enum(d, "cause", duty.ParseRecallCause)
			}
		case "cause_id":
			d.field(&seen, 38, "cause_id")
			if v.CauseID.OK = !d.null(); v.CauseID.OK {
				v.CauseID.V = d.str("cause_id")
			}
		case "previous_digest":
			d.field(&seen, 39, "previous_digest")
			if v.PreviousDigest.OK = !d.null(); v.PreviousDigest.OK {
				v.PreviousDigest.V = d.str("previous_digest")
			}
		case "digest":
			d.field(&seen, 40, "digest")
			v.Digest = d.str("digest")
		default:
			d.other(extra)
		}
	}
	d.require(seen, 0x11fffff7ff7, jsonFieldsViolation[:])
}
