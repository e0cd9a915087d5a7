// Code generated from schemas/*.avsc; DO NOT EDIT.

package duty

import "strconv"

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of Attachment.
func (v *Attachment) AppendCanonical(b []byte) []byte {
	b = append(b, `{"item":`...)
	b = appendJSONNumber(b, int64(v.Item))
	b = append(b, `,"refs":`...)
	b = append(b, '[')
	for i := range v.Refs {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSONString(b, v.Refs[i])
	}
	b = append(b, ']')
	b = append(b, `,"state":`...)
	b = appendSymbol(b, v.State.String())
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of Contradiction.
func (v *Contradiction) AppendCanonical(b []byte) []byte {
	b = append(b, `{"code":`...)
	b = appendSymbol(b, v.Code.String())
	b = append(b, `,"refs":`...)
	b = append(b, '[')
	for i := range v.Refs {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSONString(b, v.Refs[i])
	}
	b = append(b, ']')
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of ControlAction.
func (v *ControlAction) AppendCanonical(b []byte) []byte {
	b = append(b, `{"at":`...)
	b = append(b, '"')
	b = v.At.Append(b)
	b = append(b, '"')
	b = append(b, `,"control":`...)
	b = appendSymbol(b, v.Control.String())
	b = append(b, `,"duration_ms":`...)
	if v.DurationMs.OK {
		b = appendJSONNumber(b, int64(v.DurationMs.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"kind":`...)
	b = appendSymbol(b, v.Kind.String())
	b = append(b, `,"ok":`...)
	b = strconv.AppendBool(b, v.Ok)
	b = append(b, `,"ref":`...)
	if v.Ref.OK {
		b = appendJSONString(b, v.Ref.V)
	} else {
		b = append(b, "null"...)
	}
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of ControlChange.
func (v *ControlChange) AppendCanonical(b []byte) []byte {
	b = append(b, `{"at":`...)
	b = append(b, '"')
	b = v.At.Append(b)
	b = append(b, '"')
	b = append(b, `,"kind":`...)
	b = appendSymbol(b, v.Kind.String())
	b = append(b, `,"system":`...)
	b = appendJSONString(b, v.System)
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of ControlConsumer.
func (v *ControlConsumer) AppendCanonical(b []byte) []byte {
	b = append(b, `{"ack_max_ms":`...)
	if v.AckMaxMs.OK {
		b = appendJSONNumber(b, int64(v.AckMaxMs.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"ack_p50_ms":`...)
	if v.AckP50Ms.OK {
		b = appendJSONNumber(b, int64(v.AckP50Ms.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"ack_p90_ms":`...)
	if v.AckP90Ms.OK {
		b = appendJSONNumber(b, int64(v.AckP90Ms.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"consumer":`...)
	b = appendJSONString(b, v.Consumer)
	b = append(b, `,"open":`...)
	b = appendJSONNumber(b, int64(v.Open))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of ControlCoverage.
func (v *ControlCoverage) AppendCanonical(b []byte) []byte {
	b = append(b, `{"excluded_permille":`...)
	if v.ExcludedPermille.OK {
		b = appendJSONNumber(b, int64(v.ExcludedPermille.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"held_p90_ms":`...)
	if v.HeldP90Ms.OK {
		b = appendJSONNumber(b, int64(v.HeldP90Ms.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"undetermined_permille":`...)
	if v.UndeterminedPermille.OK {
		b = appendJSONNumber(b, int64(v.UndeterminedPermille.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"units":`...)
	b = appendJSONNumber(b, int64(v.Units))
	b = append(b, `,"unsettled_permille":`...)
	if v.UnsettledPermille.OK {
		b = appendJSONNumber(b, int64(v.UnsettledPermille.V))
	} else {
		b = append(b, "null"...)
	}
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of ControlDeadLetters.
func (v *ControlDeadLetters) AppendCanonical(b []byte) []byte {
	b = append(b, `{"irrelevant":`...)
	if v.Irrelevant.OK {
		b = appendJSONNumber(b, int64(v.Irrelevant.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"oldest_open_ms":`...)
	if v.OldestOpenMs.OK {
		b = appendJSONNumber(b, int64(v.OldestOpenMs.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"open":`...)
	if v.Open.OK {
		b = appendJSONNumber(b, int64(v.Open.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"received":`...)
	if v.Received.OK {
		b = appendJSONNumber(b, int64(v.Received.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"replaced":`...)
	if v.Replaced.OK {
		b = appendJSONNumber(b, int64(v.Replaced.V))
	} else {
		b = append(b, "null"...)
	}
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of ControlDuty.
func (v *ControlDuty) AppendCanonical(b []byte) []byte {
	b = append(b, `{"controlled":`...)
	b = strconv.AppendBool(b, v.Controlled)
	b = append(b, `,"kind":`...)
	b = appendSymbol(b, v.Kind.String())
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of ControlHandled.
func (v *ControlHandled) AppendCanonical(b []byte) []byte {
	b = append(b, `{"backlog_p50_ms":`...)
	if v.BacklogP50Ms.OK {
		b = appendJSONNumber(b, int64(v.BacklogP50Ms.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"backlog_p90_ms":`...)
	if v.BacklogP90Ms.OK {
		b = appendJSONNumber(b, int64(v.BacklogP90Ms.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"duties_controlled":`...)
	b = append(b, '[')
	for i := range v.DutiesControlled {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.DutiesControlled[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"oldest_ms":`...)
	if v.OldestMs.OK {
		b = appendJSONNumber(b, int64(v.OldestMs.V))
	} else {
		b = append(b, "null"...)
	}
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of ControlIdentity.
func (v *ControlIdentity) AppendCanonical(b []byte) []byte {
	b = append(b, `{"rows":`...)
	b = appendJSONNumber(b, int64(v.Rows))
	b = append(b, `,"unlinked_permille_max":`...)
	if v.UnlinkedPermilleMax.OK {
		b = appendJSONNumber(b, int64(v.UnlinkedPermilleMax.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"weeks_above_limit":`...)
	b = appendJSONNumber(b, int64(v.WeeksAboveLimit))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of ControlIncidents.
func (v *ControlIncidents) AppendCanonical(b []byte) []byte {
	b = append(b, `{"dissolved":`...)
	b = appendJSONNumber(b, int64(v.Dissolved))
	b = append(b, `,"duration_ms":`...)
	if v.DurationMs.OK {
		b = appendJSONNumber(b, int64(v.DurationMs.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"forms_max_ms":`...)
	if v.FormsMaxMs.OK {
		b = appendJSONNumber(b, int64(v.FormsMaxMs.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"forms_p50_ms":`...)
	if v.FormsP50Ms.OK {
		b = appendJSONNumber(b, int64(v.FormsP50Ms.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"forms_pending":`...)
	b = appendJSONNumber(b, int64(v.FormsPending))
	b = append(b, `,"kind":`...)
	b = appendSymbol(b, v.Kind.String())
	b = append(b, `,"notice_max_ms":`...)
	if v.NoticeMaxMs.OK {
		b = appendJSONNumber(b, int64(v.NoticeMaxMs.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"notice_p50_ms":`...)
	if v.NoticeP50Ms.OK {
		b = appendJSONNumber(b, int64(v.NoticeP50Ms.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"opened":`...)
	b = appendJSONNumber(b, int64(v.Opened))
	b = append(b, `,"origin":`...)
	b = appendSymbol(b, v.Origin.String())
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of ControlLine.
func (v *ControlLine) AppendCanonical(b []byte) []byte {
	b = append(b, `{"control":`...)
	b = appendSymbol(b, v.Control.String())
	b = append(b, `,"done":`...)
	if v.Done.OK {
		b = appendJSONNumber(b, int64(v.Done.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"due":`...)
	if v.Due.OK {
		b = appendJSONNumber(b, int64(v.Due.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"findings":`...)
	if v.Findings.OK {
		b = appendJSONNumber(b, int64(v.Findings.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"followed_up":`...)
	if v.FollowedUp.OK {
		b = appendJSONNumber(b, int64(v.FollowedUp.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"open":`...)
	if v.Open.OK {
		b = appendJSONNumber(b, int64(v.Open.V))
	} else {
		b = append(b, "null"...)
	}
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of ControlLoss.
func (v *ControlLoss) AppendCanonical(b []byte) []byte {
	b = append(b, `{"acknowledged_at":`...)
	if v.AcknowledgedAt.OK {
		b = append(b, '"')
		b = v.AcknowledgedAt.V.Append(b)
		b = append(b, '"')
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"declared_at":`...)
	if v.DeclaredAt.OK {
		b = append(b, '"')
		b = v.DeclaredAt.V.Append(b)
		b = append(b, '"')
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"devices":`...)
	b = append(b, '[')
	for i := range v.Devices {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSONString(b, v.Devices[i])
	}
	b = append(b, ']')
	b = append(b, `,"from":`...)
	b = append(b, '"')
	b = v.From.Append(b)
	b = append(b, '"')
	b = append(b, `,"id":`...)
	b = appendJSONString(b, v.ID)
	b = append(b, `,"noticed_at":`...)
	if v.NoticedAt.OK {
		b = append(b, '"')
		b = v.NoticedAt.V.Append(b)
		b = append(b, '"')
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"persons":`...)
	b = appendJSONNumber(b, int64(v.Persons))
	b = append(b, `,"state":`...)
	b = appendSymbol(b, v.State.String())
	b = append(b, `,"taken_back_last_at":`...)
	if v.TakenBackLastAt.OK {
		b = append(b, '"')
		b = v.TakenBackLastAt.V.Append(b)
		b = append(b, '"')
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"to":`...)
	if v.To.OK {
		b = append(b, '"')
		b = v.To.V.Append(b)
		b = append(b, '"')
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"units_held":`...)
	b = appendJSONNumber(b, int64(v.UnitsHeld))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of ControlQuality.
func (v *ControlQuality) AppendCanonical(b []byte) []byte {
	b = append(b, `{"code":`...)
	b = appendJSONString(b, v.Code)
	b = append(b, `,"count":`...)
	b = appendJSONNumber(b, int64(v.Count))
	b = append(b, `,"field":`...)
	if v.Field.OK {
		b = appendJSONString(b, v.Field.V)
	} else {
		b = append(b, "null"...)
	}
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of ControlRecalls.
func (v *ControlRecalls) AppendCanonical(b []byte) []byte {
	b = append(b, `{"closed":`...)
	b = appendJSONNumber(b, int64(v.Closed))
	b = append(b, `,"consumers":`...)
	b = append(b, '[')
	for i := range v.Consumers {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.Consumers[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"open":`...)
	b = appendJSONNumber(b, int64(v.Open))
	b = append(b, `,"opened":`...)
	b = appendJSONNumber(b, int64(v.Opened))
	b = append(b, `,"overdue":`...)
	b = appendJSONNumber(b, int64(v.Overdue))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of ControlReconciliations.
func (v *ControlReconciliations) AppendCanonical(b []byte) []byte {
	b = append(b, `{"done":`...)
	b = appendJSONNumber(b, int64(v.Done))
	b = append(b, `,"due":`...)
	b = appendJSONNumber(b, int64(v.Due))
	b = append(b, `,"mismatched":`...)
	if v.Mismatched.OK {
		b = appendJSONNumber(b, int64(v.Mismatched.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"rows_difference":`...)
	if v.RowsDifference.OK {
		b = appendJSONNumber(b, int64(v.RowsDifference.V))
	} else {
		b = append(b, "null"...)
	}
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of ControlSettlement.
func (v *ControlSettlement) AppendCanonical(b []byte) []byte {
	b = append(b, `{"delay_max_ms":`...)
	if v.DelayMaxMs.OK {
		b = appendJSONNumber(b, int64(v.DelayMaxMs.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"delay_p50_ms":`...)
	if v.DelayP50Ms.OK {
		b = appendJSONNumber(b, int64(v.DelayP50Ms.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"delay_p90_ms":`...)
	if v.DelayP90Ms.OK {
		b = appendJSONNumber(b, int64(v.DelayP90Ms.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"due":`...)
	b = appendJSONNumber(b, int64(v.Due))
	b = append(b, `,"late":`...)
	b = appendJSONNumber(b, int64(v.Late))
	b = append(b, `,"log_type":`...)
	b = appendSymbol(b, v.LogType.String())
	b = append(b, `,"missing":`...)
	b = appendJSONNumber(b, int64(v.Missing))
	b = append(b, `,"on_time":`...)
	b = appendJSONNumber(b, int64(v.OnTime))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of ControlSource.
func (v *ControlSource) AppendCanonical(b []byte) []byte {
	b = append(b, `{"gaps":`...)
	if v.Gaps.OK {
		b = appendJSONNumber(b, int64(v.Gaps.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"kind":`...)
	b = appendSymbol(b, v.Kind.String())
	b = append(b, `,"longest_ms":`...)
	if v.LongestMs.OK {
		b = appendJSONNumber(b, int64(v.LongestMs.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"offset_max_ms":`...)
	if v.OffsetMaxMs.OK {
		b = appendJSONNumber(b, int64(v.OffsetMaxMs.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"resets":`...)
	if v.Resets.OK {
		b = appendJSONNumber(b, int64(v.Resets.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"rows":`...)
	if v.Rows.OK {
		b = appendJSONNumber(b, int64(v.Rows.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"rows_missing":`...)
	if v.RowsMissing.OK {
		b = appendJSONNumber(b, int64(v.RowsMissing.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"silences":`...)
	b = appendJSONNumber(b, int64(v.Silences))
	b = append(b, `,"silent_ms":`...)
	b = appendJSONNumber(b, int64(v.SilentMs))
	b = append(b, `,"source_id":`...)
	b = appendJSONString(b, v.SourceID)
	b = append(b, `,"supervised_ms":`...)
	b = appendJSONNumber(b, int64(v.SupervisedMs))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of ControlSupervision.
func (v *ControlSupervision) AppendCanonical(b []byte) []byte {
	b = append(b, `{"from_date":`...)
	b = append(b, '"')
	b = v.FromDate.Append(b)
	b = append(b, '"')
	b = append(b, `,"remarks":`...)
	b = strconv.AppendBool(b, v.Remarks)
	b = append(b, `,"result_ref":`...)
	b = appendJSONString(b, v.ResultRef)
	b = append(b, `,"to_date":`...)
	b = append(b, '"')
	b = v.ToDate.Append(b)
	b = append(b, '"')
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of ControlWithdrawals.
func (v *ControlWithdrawals) AppendCanonical(b []byte) []byte {
	b = append(b, `{"causes":`...)
	b = append(b, '[')
	for i := range v.Causes {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendSymbol(b, v.Causes[i].String())
	}
	b = append(b, ']')
	b = append(b, `,"exposure_p50_ms":`...)
	if v.ExposureP50Ms.OK {
		b = appendJSONNumber(b, int64(v.ExposureP50Ms.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"exposure_p90_ms":`...)
	if v.ExposureP90Ms.OK {
		b = appendJSONNumber(b, int64(v.ExposureP90Ms.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"lag_max_ms":`...)
	if v.LagMaxMs.OK {
		b = appendJSONNumber(b, int64(v.LagMaxMs.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"lag_p90_ms":`...)
	if v.LagP90Ms.OK {
		b = appendJSONNumber(b, int64(v.LagP90Ms.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"permille":`...)
	if v.Permille.OK {
		b = appendJSONNumber(b, int64(v.Permille.V))
	} else {
		b = append(b, "null"...)
	}
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of Corroboration.
func (v *Corroboration) AppendCanonical(b []byte) []byte {
	b = append(b, `{"code":`...)
	b = appendSymbol(b, v.Code.String())
	b = append(b, `,"refs":`...)
	b = append(b, '[')
	for i := range v.Refs {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSONString(b, v.Refs[i])
	}
	b = append(b, ']')
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of Detail.
func (v *Detail) AppendCanonical(b []byte) []byte {
	b = append(b, `{"name":`...)
	b = appendJSONString(b, v.Name)
	b = append(b, `,"value":`...)
	b = appendJSONString(b, v.Value)
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of Detention.
func (v *Detention) AppendCanonical(b []byte) []byte {
	b = append(b, `{"available":`...)
	b = strconv.AppendBool(b, v.Available)
	b = append(b, `,"primary_months":`...)
	b = appendJSONNumber(b, int64(v.PrimaryMonths))
	b = append(b, `,"reason":`...)
	if v.Reason.OK {
		b = appendJSONString(b, v.Reason.V)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"reference":`...)
	b = append(b, '"')
	b = v.Reference.Append(b)
	b = append(b, '"')
	b = append(b, `,"windows":`...)
	b = append(b, '[')
	for i := range v.Windows {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.Windows[i].AppendCanonical(b)
	}
	b = append(b, ']')
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of DetentionWindow.
func (v *DetentionWindow) AppendCanonical(b []byte) []byte {
	b = append(b, `{"compliant_nights":`...)
	b = appendJSONNumber(b, int64(v.CompliantNights))
	b = append(b, `,"compliant_reports":`...)
	b = appendJSONNumber(b, int64(v.CompliantReports))
	b = append(b, `,"excluded":`...)
	b = appendJSONNumber(b, int64(v.Excluded))
	b = append(b, `,"from_date":`...)
	b = append(b, '"')
	b = v.FromDate.Append(b)
	b = append(b, '"')
	b = append(b, `,"indicated":`...)
	b = v.Indicated.AppendCanonical(b)
	b = append(b, `,"months":`...)
	b = appendJSONNumber(b, int64(v.Months))
	b = append(b, `,"needs_review":`...)
	b = appendJSONNumber(b, int64(v.NeedsReview))
	b = append(b, `,"to_date":`...)
	b = append(b, '"')
	b = v.ToDate.Append(b)
	b = append(b, '"')
	b = append(b, `,"undetermined":`...)
	b = appendJSONNumber(b, int64(v.Undetermined))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of Evidence.
func (v *Evidence) AppendCanonical(b []byte) []byte {
	b = append(b, `{"at":`...)
	b = append(b, '"')
	b = v.At.Append(b)
	b = append(b, '"')
	b = append(b, `,"id":`...)
	b = appendJSONString(b, v.ID)
	b = append(b, `,"offset":`...)
	if v.Offset.OK {
		b = appendJSONNumber(b, int64(v.Offset.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"partition":`...)
	if v.Partition.OK {
		b = appendJSONNumber(b, int64(v.Partition.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"received_at":`...)
	b = append(b, '"')
	b = v.ReceivedAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"role":`...)
	b = appendSymbol(b, v.Role.String())
	b = append(b, `,"topic":`...)
	b = appendJSONString(b, v.Topic)
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of ExclusionRef.
func (v *ExclusionRef) AppendCanonical(b []byte) []byte {
	b = append(b, `{"exclusion_id":`...)
	b = appendJSONString(b, v.ExclusionID)
	b = append(b, `,"from_date":`...)
	b = append(b, '"')
	b = v.FromDate.Append(b)
	b = append(b, '"')
	b = append(b, `,"overlaps":`...)
	b = strconv.AppendBool(b, v.Overlaps)
	b = append(b, `,"status":`...)
	b = appendSymbol(b, v.Status.String())
	b = append(b, `,"to_date":`...)
	b = append(b, '"')
	b = v.ToDate.Append(b)
	b = append(b, '"')
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of IncidentRef.
func (v *IncidentRef) AppendCanonical(b []byte) []byte {
	b = append(b, `{"effect":`...)
	b = appendSymbol(b, v.Effect.String())
	b = append(b, `,"forms_status":`...)
	b = appendSymbol(b, v.FormsStatus.String())
	b = append(b, `,"from":`...)
	b = append(b, '"')
	b = v.From.Append(b)
	b = append(b, '"')
	b = append(b, `,"incident_id":`...)
	b = appendJSONString(b, v.IncidentID)
	b = append(b, `,"to":`...)
	if v.To.OK {
		b = append(b, '"')
		b = v.To.V.Append(b)
		b = append(b, '"')
	} else {
		b = append(b, "null"...)
	}
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of KindCounts.
func (v *KindCounts) AppendCanonical(b []byte) []byte {
	b = append(b, `{"NOTIFY":`...)
	b = appendJSONNumber(b, int64(v.Notify))
	b = append(b, `,"REPORT":`...)
	b = appendJSONNumber(b, int64(v.Report))
	b = append(b, `,"STAY":`...)
	b = appendJSONNumber(b, int64(v.Stay))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of LedgerUnit.
func (v *LedgerUnit) AppendCanonical(b []byte) []byte {
	b = append(b, `{"caveats":`...)
	b = append(b, '[')
	for i := range v.Caveats {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSONString(b, v.Caveats[i])
	}
	b = append(b, ']')
	b = append(b, `,"instant":`...)
	if v.Instant.OK {
		b = append(b, '"')
		b = v.Instant.V.Append(b)
		b = append(b, '"')
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"kind":`...)
	b = appendSymbol(b, v.Kind.String())
	b = append(b, `,"outcome":`...)
	b = appendSymbol(b, v.Outcome.String())
	b = append(b, `,"policy_version":`...)
	b = appendJSONString(b, v.PolicyVersion)
	b = append(b, `,"rules":`...)
	b = append(b, '[')
	for i := range v.Rules {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSONString(b, v.Rules[i])
	}
	b = append(b, ']')
	b = append(b, `,"unit_date":`...)
	b = append(b, '"')
	b = v.UnitDate.Append(b)
	b = append(b, '"')
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of MonthCount.
func (v *MonthCount) AppendCanonical(b []byte) []byte {
	b = append(b, `{"excluded":`...)
	b = appendJSONNumber(b, int64(v.Excluded))
	b = append(b, `,"indicated":`...)
	b = appendJSONNumber(b, int64(v.Indicated))
	b = append(b, `,"kind":`...)
	b = appendSymbol(b, v.Kind.String())
	b = append(b, `,"month":`...)
	b = appendJSONString(b, v.Month)
	b = append(b, `,"needs_review":`...)
	b = appendJSONNumber(b, int64(v.NeedsReview))
	b = append(b, `,"undetermined":`...)
	b = appendJSONNumber(b, int64(v.Undetermined))
	b = append(b, `,"withdrawn":`...)
	b = appendJSONNumber(b, int64(v.Withdrawn))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of NoticeConsidered.
func (v *NoticeConsidered) AppendCanonical(b []byte) []byte {
	b = append(b, `{"at":`...)
	b = append(b, '"')
	b = v.At.Append(b)
	b = append(b, '"')
	b = append(b, `,"id":`...)
	b = appendJSONString(b, v.ID)
	b = append(b, `,"reason":`...)
	b = appendSymbol(b, v.Reason.String())
	b = append(b, `,"used":`...)
	b = strconv.AppendBool(b, v.Used)
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of OpenUnit.
func (v *OpenUnit) AppendCanonical(b []byte) []byte {
	b = append(b, `{"kind":`...)
	b = appendSymbol(b, v.Kind.String())
	b = append(b, `,"unit_date":`...)
	b = append(b, '"')
	b = v.UnitDate.Append(b)
	b = append(b, '"')
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of Pattern.
func (v *Pattern) AppendCanonical(b []byte) []byte {
	b = append(b, `{"absent":`...)
	b = appendJSONNumber(b, int64(v.Absent))
	b = append(b, `,"other":`...)
	b = appendJSONNumber(b, int64(v.Other))
	b = append(b, `,"present":`...)
	b = appendJSONNumber(b, int64(v.Present))
	b = append(b, `,"undetermined":`...)
	b = appendJSONNumber(b, int64(v.Undetermined))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of PermissionConsidered.
func (v *PermissionConsidered) AppendCanonical(b []byte) []byte {
	b = append(b, `{"at":`...)
	b = append(b, '"')
	b = v.At.Append(b)
	b = append(b, '"')
	b = append(b, `,"id":`...)
	b = appendJSONString(b, v.ID)
	b = append(b, `,"reason":`...)
	b = appendSymbol(b, v.Reason.String())
	b = append(b, `,"used":`...)
	b = strconv.AppendBool(b, v.Used)
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of RecallConsumer.
func (v *RecallConsumer) AppendCanonical(b []byte) []byte {
	b = append(b, `{"acknowledged":`...)
	b = appendJSONNumber(b, int64(v.Acknowledged))
	b = append(b, `,"consumer":`...)
	b = appendJSONString(b, v.Consumer)
	b = append(b, `,"open":`...)
	b = appendJSONNumber(b, int64(v.Open))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of RecallFiled.
func (v *RecallFiled) AppendCanonical(b []byte) []byte {
	b = append(b, `{"document_ref":`...)
	if v.DocumentRef.OK {
		b = appendJSONString(b, v.DocumentRef.V)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"filed_at":`...)
	b = append(b, '"')
	b = v.FiledAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"handling_id":`...)
	b = appendJSONString(b, v.HandlingID)
	b = append(b, `,"recalled_at":`...)
	if v.RecalledAt.OK {
		b = append(b, '"')
		b = v.RecalledAt.V.Append(b)
		b = append(b, '"')
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"unit_id":`...)
	b = appendJSONString(b, v.UnitID)
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of SanctionLine.
func (v *SanctionLine) AppendCanonical(b []byte) []byte {
	b = append(b, `{"cell":`...)
	if v.Cell.OK {
		b = appendJSONString(b, v.Cell.V)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"column":`...)
	b = appendJSONNumber(b, int64(v.Column))
	b = append(b, `,"count":`...)
	b = appendJSONNumber(b, int64(v.Count))
	b = append(b, `,"flags":`...)
	b = append(b, '[')
	for i := range v.Flags {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendSymbol(b, v.Flags[i].String())
	}
	b = append(b, ']')
	b = append(b, `,"month":`...)
	if v.Month.OK {
		b = appendJSONString(b, v.Month.V)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"over_30_days":`...)
	if v.Over30Days.OK {
		b = strconv.AppendBool(b, v.Over30Days.V)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"regime":`...)
	b = appendSymbol(b, v.Regime.String())
	b = append(b, `,"table":`...)
	b = appendJSONString(b, v.Table)
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of Schedule.
func (v *Schedule) AppendCanonical(b []byte) []byte {
	b = append(b, `{"dates":`...)
	b = append(b, '[')
	for i := range v.Dates {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = v.Dates[i].Append(b)
		b = append(b, '"')
	}
	b = append(b, ']')
	b = append(b, `,"quota_per_week":`...)
	b = appendJSONNumber(b, int64(v.QuotaPerWeek))
	b = append(b, `,"type":`...)
	b = appendSymbol(b, v.Type.String())
	b = append(b, `,"weekdays":`...)
	b = append(b, '[')
	for i := range v.Weekdays {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendSymbol(b, v.Weekdays[i].String())
	}
	b = append(b, ']')
	b = append(b, `,"window_from":`...)
	if v.WindowFrom.OK {
		b = appendJSONString(b, v.WindowFrom.V)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"window_to":`...)
	if v.WindowTo.OK {
		b = appendJSONString(b, v.WindowTo.V)
	} else {
		b = append(b, "null"...)
	}
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of Section143.
func (v *Section143) AppendCanonical(b []byte) []byte {
	b = append(b, `{"convictions":`...)
	b = appendJSONNumber(b, int64(v.Convictions))
	b = append(b, `,"days":`...)
	b = appendJSONNumber(b, int64(v.Days))
	b = append(b, `,"days_with_three":`...)
	b = appendJSONNumber(b, int64(v.DaysWithThree))
	b = append(b, `,"duties_imposed":`...)
	b = append(b, '[')
	for i := range v.DutiesImposed {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSONString(b, v.DutiesImposed[i])
	}
	b = append(b, ']')
	b = append(b, `,"months_without_presence":`...)
	b = append(b, '[')
	for i := range v.MonthsWithoutPresence {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSONString(b, v.MonthsWithoutPresence[i])
	}
	b = append(b, ']')
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of SupervisionRef.
func (v *SupervisionRef) AppendCanonical(b []byte) []byte {
	b = append(b, `{"from_date":`...)
	b = append(b, '"')
	b = v.FromDate.Append(b)
	b = append(b, '"')
	b = append(b, `,"remarks":`...)
	b = strconv.AppendBool(b, v.Remarks)
	b = append(b, `,"result_ref":`...)
	b = appendJSONString(b, v.ResultRef)
	b = append(b, `,"to_date":`...)
	b = append(b, '"')
	b = v.ToDate.Append(b)
	b = append(b, '"')
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of Acknowledgement.
func (v *Acknowledgement) AppendCanonical(b []byte) []byte {
	b = append(b, `{"at":`...)
	b = append(b, '"')
	b = v.At.Append(b)
	b = append(b, '"')
	b = append(b, `,"consumer":`...)
	b = appendJSONString(b, v.Consumer)
	b = append(b, `,"id":`...)
	b = appendJSONString(b, v.ID)
	b = append(b, `,"person_id":`...)
	b = appendJSONString(b, v.PersonID)
	b = append(b, `,"received_at":`...)
	b = append(b, '"')
	b = v.ReceivedAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"retracted":`...)
	b = strconv.AppendBool(b, v.Retracted)
	b = append(b, `,"revision":`...)
	b = appendJSONNumber(b, int64(v.Revision))
	b = append(b, `,"unit_id":`...)
	b = appendJSONString(b, v.UnitID)
	b = append(b, `,"version":`...)
	b = appendJSONNumber(b, int64(v.Version))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of CardAssignment.
func (v *CardAssignment) AppendCanonical(b []byte) []byte {
	b = append(b, `{"anti_passback":`...)
	b = appendSymbol(b, v.AntiPassback.String())
	b = append(b, `,"card_id":`...)
	b = appendJSONString(b, v.CardID)
	b = append(b, `,"card_type":`...)
	b = appendSymbol(b, v.CardType.String())
	b = append(b, `,"created":`...)
	b = appendSymbol(b, v.Created.String())
	b = append(b, `,"id":`...)
	b = appendJSONString(b, v.ID)
	b = append(b, `,"person_id":`...)
	b = appendJSONString(b, v.PersonID)
	b = append(b, `,"received_at":`...)
	b = append(b, '"')
	b = v.ReceivedAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"retracted":`...)
	b = strconv.AppendBool(b, v.Retracted)
	b = append(b, `,"valid_from":`...)
	b = append(b, '"')
	b = v.ValidFrom.Append(b)
	b = append(b, '"')
	b = append(b, `,"valid_to":`...)
	if v.ValidTo.OK {
		b = append(b, '"')
		b = v.ValidTo.V.Append(b)
		b = append(b, '"')
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"version":`...)
	b = appendJSONNumber(b, int64(v.Version))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of CardEvent.
func (v *CardEvent) AppendCanonical(b []byte) []byte {
	b = append(b, `{"card_id":`...)
	b = appendJSONString(b, v.CardID)
	b = append(b, `,"card_type":`...)
	b = appendSymbol(b, v.CardType.String())
	b = append(b, `,"centre_id":`...)
	b = appendJSONString(b, v.CentreID)
	b = append(b, `,"device_id":`...)
	b = appendJSONString(b, v.DeviceID)
	b = append(b, `,"device_type":`...)
	b = appendSymbol(b, v.DeviceType.String())
	b = append(b, `,"direction":`...)
	if v.Direction.OK {
		b = appendSymbol(b, v.Direction.V.String())
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"id":`...)
	b = appendJSONString(b, v.ID)
	b = append(b, `,"kind":`...)
	b = appendSymbol(b, v.Kind.String())
	b = append(b, `,"occurred_at":`...)
	b = append(b, '"')
	b = v.OccurredAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"person_id":`...)
	if v.PersonID.OK {
		b = appendJSONString(b, v.PersonID.V)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"received_at":`...)
	b = append(b, '"')
	b = v.ReceivedAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"retracted":`...)
	b = strconv.AppendBool(b, v.Retracted)
	b = append(b, `,"scan":`...)
	b = appendSymbol(b, v.Scan.String())
	b = append(b, `,"source_epoch":`...)
	b = appendJSONNumber(b, int64(v.SourceEpoch))
	b = append(b, `,"source_seq":`...)
	if v.SourceSeq.OK {
		b = appendJSONNumber(b, int64(v.SourceSeq.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"version":`...)
	b = appendJSONNumber(b, int64(v.Version))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of CaseSummary.
func (v *CaseSummary) AppendCanonical(b []byte) []byte {
	b = append(b, `{"detention":`...)
	if v.Detention.OK {
		b = v.Detention.V.AppendCanonical(b)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"group":`...)
	if v.Group.OK {
		b = appendSymbol(b, v.Group.V.String())
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"months":`...)
	b = append(b, '[')
	for i := range v.Months {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.Months[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"person_id":`...)
	b = appendJSONString(b, v.PersonID)
	b = append(b, `,"prior_convictions":`...)
	b = appendJSONNumber(b, int64(v.PriorConvictions))
	b = append(b, `,"sanction":`...)
	b = append(b, '[')
	for i := range v.Sanction {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.Sanction[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"section_143":`...)
	if v.Section143.OK {
		b = v.Section143.V.AppendCanonical(b)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"time":`...)
	b = appendJSONNumber(b, int64(v.Time))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of ChangeMark.
func (v *ChangeMark) AppendCanonical(b []byte) []byte {
	b = append(b, `{"at":`...)
	b = append(b, '"')
	b = v.At.Append(b)
	b = append(b, '"')
	b = append(b, `,"description":`...)
	b = appendJSONString(b, v.Description)
	b = append(b, `,"id":`...)
	b = appendJSONString(b, v.ID)
	b = append(b, `,"received_at":`...)
	b = append(b, '"')
	b = v.ReceivedAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"retracted":`...)
	b = strconv.AppendBool(b, v.Retracted)
	b = append(b, `,"system":`...)
	b = appendJSONString(b, v.System)
	b = append(b, `,"version":`...)
	b = appendJSONNumber(b, int64(v.Version))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of ControlActionTaken.
func (v *ControlActionTaken) AppendCanonical(b []byte) []byte {
	b = append(b, `{"at":`...)
	b = append(b, '"')
	b = v.At.Append(b)
	b = append(b, '"')
	b = append(b, `,"centre_id":`...)
	b = appendJSONString(b, v.CentreID)
	b = append(b, `,"control":`...)
	b = appendSymbol(b, v.Control.String())
	b = append(b, `,"duration_ms":`...)
	if v.DurationMs.OK {
		b = appendJSONNumber(b, int64(v.DurationMs.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"id":`...)
	b = appendJSONString(b, v.ID)
	b = append(b, `,"kind":`...)
	b = appendSymbol(b, v.Kind.String())
	b = append(b, `,"ok":`...)
	b = strconv.AppendBool(b, v.Ok)
	b = append(b, `,"received_at":`...)
	b = append(b, '"')
	b = v.ReceivedAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"ref":`...)
	if v.Ref.OK {
		b = appendJSONString(b, v.Ref.V)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"retracted":`...)
	b = strconv.AppendBool(b, v.Retracted)
	b = append(b, `,"version":`...)
	b = appendJSONNumber(b, int64(v.Version))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of ControlReport.
func (v *ControlReport) AppendCanonical(b []byte) []byte {
	b = append(b, `{"actions":`...)
	b = append(b, '[')
	for i := range v.Actions {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.Actions[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"as_of":`...)
	b = append(b, '"')
	b = v.AsOf.Append(b)
	b = append(b, '"')
	b = append(b, `,"centre_id":`...)
	b = appendJSONString(b, v.CentreID)
	b = append(b, `,"changes":`...)
	b = append(b, '[')
	for i := range v.Changes {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.Changes[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"controls":`...)
	b = append(b, '[')
	for i := range v.Controls {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.Controls[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"coverage":`...)
	b = v.Coverage.AppendCanonical(b)
	b = append(b, `,"dead_letters":`...)
	b = v.DeadLetters.AppendCanonical(b)
	b = append(b, `,"final":`...)
	b = strconv.AppendBool(b, v.Final)
	b = append(b, `,"from":`...)
	b = append(b, '"')
	b = v.From.Append(b)
	b = append(b, '"')
	b = append(b, `,"handled":`...)
	b = v.Handled.AppendCanonical(b)
	b = append(b, `,"identity":`...)
	b = v.Identity.AppendCanonical(b)
	b = append(b, `,"incidents":`...)
	b = append(b, '[')
	for i := range v.Incidents {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.Incidents[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"losses":`...)
	b = append(b, '[')
	for i := range v.Losses {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.Losses[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"period":`...)
	b = appendJSONString(b, v.Period)
	b = append(b, `,"policy_versions":`...)
	b = append(b, '[')
	for i := range v.PolicyVersions {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSONString(b, v.PolicyVersions[i])
	}
	b = append(b, ']')
	b = append(b, `,"quality":`...)
	b = append(b, '[')
	for i := range v.Quality {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.Quality[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"recalls":`...)
	b = v.Recalls.AppendCanonical(b)
	b = append(b, `,"reconciliations":`...)
	b = v.Reconciliations.AppendCanonical(b)
	b = append(b, `,"settlements":`...)
	b = append(b, '[')
	for i := range v.Settlements {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.Settlements[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"sources":`...)
	b = append(b, '[')
	for i := range v.Sources {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.Sources[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"supervision":`...)
	b = append(b, '[')
	for i := range v.Supervision {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.Supervision[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"to":`...)
	b = append(b, '"')
	b = v.To.Append(b)
	b = append(b, '"')
	b = append(b, `,"withdrawals":`...)
	b = v.Withdrawals.AppendCanonical(b)
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of Conviction.
func (v *Conviction) AppendCanonical(b []byte) []byte {
	b = append(b, `{"breaches":`...)
	if v.Breaches.OK {
		b = appendJSONNumber(b, int64(v.Breaches.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"covers_from_date":`...)
	if v.CoversFromDate.OK {
		b = append(b, '"')
		b = v.CoversFromDate.V.Append(b)
		b = append(b, '"')
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"covers_to_date":`...)
	if v.CoversToDate.OK {
		b = append(b, '"')
		b = v.CoversToDate.V.Append(b)
		b = append(b, '"')
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"decided_at":`...)
	b = append(b, '"')
	b = v.DecidedAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"id":`...)
	b = appendJSONString(b, v.ID)
	b = append(b, `,"person_id":`...)
	b = appendJSONString(b, v.PersonID)
	b = append(b, `,"received_at":`...)
	b = append(b, '"')
	b = v.ReceivedAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"retracted":`...)
	b = strconv.AppendBool(b, v.Retracted)
	b = append(b, `,"statute":`...)
	b = appendJSONString(b, v.Statute)
	b = append(b, `,"version":`...)
	b = appendJSONNumber(b, int64(v.Version))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of DataQuality.
func (v *DataQuality) AppendCanonical(b []byte) []byte {
	b = append(b, `{"closed_at":`...)
	if v.ClosedAt.OK {
		b = append(b, '"')
		b = v.ClosedAt.V.Append(b)
		b = append(b, '"')
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"code":`...)
	b = appendSymbol(b, v.Code.String())
	b = append(b, `,"detail":`...)
	b = append(b, '[')
	for i := range v.Detail {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.Detail[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"from":`...)
	b = append(b, '"')
	b = v.From.Append(b)
	b = append(b, '"')
	b = append(b, `,"id":`...)
	b = appendJSONString(b, v.ID)
	b = append(b, `,"state":`...)
	b = appendSymbol(b, v.State.String())
	b = append(b, `,"subject":`...)
	b = appendJSONString(b, v.Subject)
	b = append(b, `,"to":`...)
	if v.To.OK {
		b = append(b, '"')
		b = v.To.V.Append(b)
		b = append(b, '"')
	} else {
		b = append(b, "null"...)
	}
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of DepartureAssessment.
func (v *DepartureAssessment) AppendCanonical(b []byte) []byte {
	b = append(b, `{"decided_at":`...)
	b = append(b, '"')
	b = v.DecidedAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"from_date":`...)
	b = append(b, '"')
	b = v.FromDate.Append(b)
	b = append(b, '"')
	b = append(b, `,"id":`...)
	b = appendJSONString(b, v.ID)
	b = append(b, `,"outcome":`...)
	b = appendSymbol(b, v.Outcome.String())
	b = append(b, `,"person_id":`...)
	b = appendJSONString(b, v.PersonID)
	b = append(b, `,"received_at":`...)
	b = append(b, '"')
	b = v.ReceivedAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"retracted":`...)
	b = strconv.AppendBool(b, v.Retracted)
	b = append(b, `,"version":`...)
	b = appendJSONNumber(b, int64(v.Version))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of Exclusion.
func (v *Exclusion) AppendCanonical(b []byte) []byte {
	b = append(b, `{"approved_by":`...)
	b = appendJSONString(b, v.ApprovedBy)
	b = append(b, `,"centre_id":`...)
	b = appendJSONString(b, v.CentreID)
	b = append(b, `,"declared_at":`...)
	b = append(b, '"')
	b = v.DeclaredAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"declared_by":`...)
	b = appendJSONString(b, v.DeclaredBy)
	b = append(b, `,"exclusion_id":`...)
	b = appendJSONString(b, v.ExclusionID)
	b = append(b, `,"from_date":`...)
	b = append(b, '"')
	b = v.FromDate.Append(b)
	b = append(b, '"')
	b = append(b, `,"id":`...)
	b = appendJSONString(b, v.ID)
	b = append(b, `,"reason":`...)
	b = appendJSONString(b, v.Reason)
	b = append(b, `,"received_at":`...)
	b = append(b, '"')
	b = v.ReceivedAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"retracted":`...)
	b = strconv.AppendBool(b, v.Retracted)
	b = append(b, `,"status":`...)
	b = appendSymbol(b, v.Status.String())
	b = append(b, `,"to_date":`...)
	b = append(b, '"')
	b = v.ToDate.Append(b)
	b = append(b, '"')
	b = append(b, `,"version":`...)
	b = appendJSONNumber(b, int64(v.Version))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of GroupChange.
func (v *GroupChange) AppendCanonical(b []byte) []byte {
	b = append(b, `{"group":`...)
	b = appendSymbol(b, v.Group.String())
	b = append(b, `,"id":`...)
	b = appendJSONString(b, v.ID)
	b = append(b, `,"non_refoulement":`...)
	b = strconv.AppendBool(b, v.NonRefoulement)
	b = append(b, `,"person_id":`...)
	b = appendJSONString(b, v.PersonID)
	b = append(b, `,"received_at":`...)
	b = append(b, '"')
	b = v.ReceivedAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"retracted":`...)
	b = strconv.AppendBool(b, v.Retracted)
	b = append(b, `,"valid_from":`...)
	b = append(b, '"')
	b = v.ValidFrom.Append(b)
	b = append(b, '"')
	b = append(b, `,"version":`...)
	b = appendJSONNumber(b, int64(v.Version))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of Handling.
func (v *Handling) AppendCanonical(b []byte) []byte {
	b = append(b, `{"at":`...)
	b = append(b, '"')
	b = v.At.Append(b)
	b = append(b, '"')
	b = append(b, `,"by_role":`...)
	b = appendJSONString(b, v.ByRole)
	b = append(b, `,"document_ref":`...)
	if v.DocumentRef.OK {
		b = appendJSONString(b, v.DocumentRef.V)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"handling_id":`...)
	b = appendJSONString(b, v.HandlingID)
	b = append(b, `,"id":`...)
	b = appendJSONString(b, v.ID)
	b = append(b, `,"kind":`...)
	b = appendSymbol(b, v.Kind.String())
	b = append(b, `,"outcome":`...)
	if v.Outcome.OK {
		b = appendSymbol(b, v.Outcome.V.String())
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"person_id":`...)
	b = appendJSONString(b, v.PersonID)
	b = append(b, `,"received_at":`...)
	b = append(b, '"')
	b = v.ReceivedAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"retracted":`...)
	b = strconv.AppendBool(b, v.Retracted)
	b = append(b, `,"revision":`...)
	b = appendJSONNumber(b, int64(v.Revision))
	b = append(b, `,"unit_id":`...)
	b = appendJSONString(b, v.UnitID)
	b = append(b, `,"version":`...)
	b = appendJSONNumber(b, int64(v.Version))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of Heartbeat.
func (v *Heartbeat) AppendCanonical(b []byte) []byte {
	b = append(b, `{"at":`...)
	b = append(b, '"')
	b = v.At.Append(b)
	b = append(b, '"')
	b = append(b, `,"centre_id":`...)
	if v.CentreID.OK {
		b = appendJSONString(b, v.CentreID.V)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"id":`...)
	b = appendJSONString(b, v.ID)
	b = append(b, `,"last_seq":`...)
	if v.LastSeq.OK {
		b = appendJSONNumber(b, int64(v.LastSeq.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"received_at":`...)
	b = append(b, '"')
	b = v.ReceivedAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"retracted":`...)
	b = strconv.AppendBool(b, v.Retracted)
	b = append(b, `,"source_epoch":`...)
	b = appendJSONNumber(b, int64(v.SourceEpoch))
	b = append(b, `,"source_id":`...)
	b = appendJSONString(b, v.SourceID)
	b = append(b, `,"version":`...)
	b = appendJSONNumber(b, int64(v.Version))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of Hold.
func (v *Hold) AppendCanonical(b []byte) []byte {
	b = append(b, `{"hold_id":`...)
	b = appendJSONString(b, v.HoldID)
	b = append(b, `,"id":`...)
	b = appendJSONString(b, v.ID)
	b = append(b, `,"kind":`...)
	b = appendSymbol(b, v.Kind.String())
	b = append(b, `,"person_id":`...)
	b = appendJSONString(b, v.PersonID)
	b = append(b, `,"received_at":`...)
	b = append(b, '"')
	b = v.ReceivedAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"retracted":`...)
	b = strconv.AppendBool(b, v.Retracted)
	b = append(b, `,"valid_from":`...)
	b = append(b, '"')
	b = v.ValidFrom.Append(b)
	b = append(b, '"')
	b = append(b, `,"valid_to":`...)
	if v.ValidTo.OK {
		b = append(b, '"')
		b = v.ValidTo.V.Append(b)
		b = append(b, '"')
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"version":`...)
	b = appendJSONNumber(b, int64(v.Version))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of IdentityLink.
func (v *IdentityLink) AppendCanonical(b []byte) []byte {
	b = append(b, `{"action":`...)
	b = appendSymbol(b, v.Action.String())
	b = append(b, `,"alias_person_id":`...)
	b = appendJSONString(b, v.AliasPersonID)
	b = append(b, `,"at":`...)
	b = append(b, '"')
	b = v.At.Append(b)
	b = append(b, '"')
	b = append(b, `,"id":`...)
	b = appendJSONString(b, v.ID)
	b = append(b, `,"person_id":`...)
	b = appendJSONString(b, v.PersonID)
	b = append(b, `,"received_at":`...)
	b = append(b, '"')
	b = v.ReceivedAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"retracted":`...)
	b = strconv.AppendBool(b, v.Retracted)
	b = append(b, `,"version":`...)
	b = appendJSONNumber(b, int64(v.Version))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of Incident.
func (v *Incident) AppendCanonical(b []byte) []byte {
	b = append(b, `{"centre_id":`...)
	b = appendJSONString(b, v.CentreID)
	b = append(b, `,"device_ids":`...)
	b = append(b, '[')
	for i := range v.DeviceIDs {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSONString(b, v.DeviceIDs[i])
	}
	b = append(b, ']')
	b = append(b, `,"forms_status":`...)
	b = appendSymbol(b, v.FormsStatus.String())
	b = append(b, `,"from":`...)
	b = append(b, '"')
	b = v.From.Append(b)
	b = append(b, '"')
	b = append(b, `,"id":`...)
	b = appendJSONString(b, v.ID)
	b = append(b, `,"incident_id":`...)
	b = appendJSONString(b, v.IncidentID)
	b = append(b, `,"kind":`...)
	b = appendSymbol(b, v.Kind.String())
	b = append(b, `,"origin":`...)
	b = appendSymbol(b, v.Origin.String())
	b = append(b, `,"received_at":`...)
	b = append(b, '"')
	b = v.ReceivedAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"retracted":`...)
	b = strconv.AppendBool(b, v.Retracted)
	b = append(b, `,"state":`...)
	b = appendSymbol(b, v.State.String())
	b = append(b, `,"to":`...)
	if v.To.OK {
		b = append(b, '"')
		b = v.To.V.Append(b)
		b = append(b, '"')
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"version":`...)
	b = appendJSONNumber(b, int64(v.Version))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of ManualEntry.
func (v *ManualEntry) AppendCanonical(b []byte) []byte {
	b = append(b, `{"apb":`...)
	if v.APB.OK {
		b = strconv.AppendBool(b, v.APB.V)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"centre_id":`...)
	b = appendJSONString(b, v.CentreID)
	b = append(b, `,"direction":`...)
	if v.Direction.OK {
		b = appendSymbol(b, v.Direction.V.String())
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"document_ref":`...)
	if v.DocumentRef.OK {
		b = appendJSONString(b, v.DocumentRef.V)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"form":`...)
	b = appendSymbol(b, v.Form.String())
	b = append(b, `,"id":`...)
	b = appendJSONString(b, v.ID)
	b = append(b, `,"local_time":`...)
	b = appendJSONString(b, v.LocalTime)
	b = append(b, `,"name_matches":`...)
	if v.NameMatches.OK {
		b = strconv.AppendBool(b, v.NameMatches.V)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"person_id":`...)
	if v.PersonID.OK {
		b = appendJSONString(b, v.PersonID.V)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"received_at":`...)
	b = append(b, '"')
	b = v.ReceivedAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"result":`...)
	if v.Result.OK {
		b = appendSymbol(b, v.Result.V.String())
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"retracted":`...)
	b = strconv.AppendBool(b, v.Retracted)
	b = append(b, `,"version":`...)
	b = appendJSONNumber(b, int64(v.Version))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of Notice.
func (v *Notice) AppendCanonical(b []byte) []byte {
	b = append(b, `{"centre_id":`...)
	b = appendJSONString(b, v.CentreID)
	b = append(b, `,"channel":`...)
	b = appendSymbol(b, v.Channel.String())
	b = append(b, `,"clarity":`...)
	b = appendSymbol(b, v.Clarity.String())
	b = append(b, `,"given_by":`...)
	b = appendSymbol(b, v.GivenBy.String())
	b = append(b, `,"id":`...)
	b = appendJSONString(b, v.ID)
	b = append(b, `,"local_time":`...)
	b = appendJSONString(b, v.LocalTime)
	b = append(b, `,"nights":`...)
	b = appendJSONNumber(b, int64(v.Nights))
	b = append(b, `,"person_id":`...)
	b = appendJSONString(b, v.PersonID)
	b = append(b, `,"range_from":`...)
	if v.RangeFrom.OK {
		b = appendJSONString(b, v.RangeFrom.V)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"range_to":`...)
	if v.RangeTo.OK {
		b = appendJSONString(b, v.RangeTo.V)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"received_at":`...)
	b = append(b, '"')
	b = v.ReceivedAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"recipient":`...)
	b = appendSymbol(b, v.Recipient.String())
	b = append(b, `,"retracted":`...)
	b = strconv.AppendBool(b, v.Retracted)
	b = append(b, `,"target_date":`...)
	if v.TargetDate.OK {
		b = append(b, '"')
		b = v.TargetDate.V.Append(b)
		b = append(b, '"')
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"version":`...)
	b = appendJSONNumber(b, int64(v.Version))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of ObligationChange.
func (v *ObligationChange) AppendCanonical(b []byte) []byte {
	b = append(b, `{"action":`...)
	b = appendSymbol(b, v.Action.String())
	b = append(b, `,"centre_id":`...)
	b = appendJSONString(b, v.CentreID)
	b = append(b, `,"decision_id":`...)
	b = appendJSONString(b, v.DecisionID)
	b = append(b, `,"id":`...)
	b = appendJSONString(b, v.ID)
	b = append(b, `,"kind":`...)
	b = appendSymbol(b, v.Kind.String())
	b = append(b, `,"legal_basis":`...)
	b = appendSymbol(b, v.LegalBasis.String())
	b = append(b, `,"person_id":`...)
	b = appendJSONString(b, v.PersonID)
	b = append(b, `,"places":`...)
	b = append(b, '[')
	for i := range v.Places {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendSymbol(b, v.Places[i].String())
	}
	b = append(b, ']')
	b = append(b, `,"received_at":`...)
	b = append(b, '"')
	b = v.ReceivedAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"retracted":`...)
	b = strconv.AppendBool(b, v.Retracted)
	b = append(b, `,"schedule":`...)
	if v.Schedule.OK {
		b = v.Schedule.V.AppendCanonical(b)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"served_at":`...)
	if v.ServedAt.OK {
		b = append(b, '"')
		b = v.ServedAt.V.Append(b)
		b = append(b, '"')
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"valid_from":`...)
	b = append(b, '"')
	b = v.ValidFrom.Append(b)
	b = append(b, '"')
	b = append(b, `,"valid_to":`...)
	if v.ValidTo.OK {
		b = append(b, '"')
		b = v.ValidTo.V.Append(b)
		b = append(b, '"')
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"version":`...)
	b = appendJSONNumber(b, int64(v.Version))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of Observation.
func (v *Observation) AppendCanonical(b []byte) []byte {
	b = append(b, `{"closed_at":`...)
	if v.ClosedAt.OK {
		b = append(b, '"')
		b = v.ClosedAt.V.Append(b)
		b = append(b, '"')
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"code":`...)
	b = appendSymbol(b, v.Code.String())
	b = append(b, `,"from":`...)
	b = append(b, '"')
	b = v.From.Append(b)
	b = append(b, '"')
	b = append(b, `,"id":`...)
	b = appendJSONString(b, v.ID)
	b = append(b, `,"person_id":`...)
	b = appendJSONString(b, v.PersonID)
	b = append(b, `,"state":`...)
	b = appendSymbol(b, v.State.String())
	b = append(b, `,"to":`...)
	if v.To.OK {
		b = append(b, '"')
		b = v.To.V.Append(b)
		b = append(b, '"')
	} else {
		b = append(b, "null"...)
	}
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of OutcomeMonth.
func (v *OutcomeMonth) AppendCanonical(b []byte) []byte {
	b = append(b, `{"month":`...)
	b = appendJSONString(b, v.Month)
	b = append(b, `,"open":`...)
	b = append(b, '[')
	for i := range v.Open {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.Open[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"person_id":`...)
	b = appendJSONString(b, v.PersonID)
	b = append(b, `,"units":`...)
	b = append(b, '[')
	for i := range v.Units {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.Units[i].AppendCanonical(b)
	}
	b = append(b, ']')
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of Permission.
func (v *Permission) AppendCanonical(b []byte) []byte {
	b = append(b, `{"decided_at":`...)
	b = append(b, '"')
	b = v.DecidedAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"id":`...)
	b = appendJSONString(b, v.ID)
	b = append(b, `,"permission_id":`...)
	b = appendJSONString(b, v.PermissionID)
	b = append(b, `,"person_id":`...)
	b = appendJSONString(b, v.PersonID)
	b = append(b, `,"received_at":`...)
	b = append(b, '"')
	b = v.ReceivedAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"report_effect":`...)
	b = appendSymbol(b, v.ReportEffect.String())
	b = append(b, `,"retracted":`...)
	b = strconv.AppendBool(b, v.Retracted)
	b = append(b, `,"served_at":`...)
	if v.ServedAt.OK {
		b = append(b, '"')
		b = v.ServedAt.V.Append(b)
		b = append(b, '"')
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"status":`...)
	b = appendSymbol(b, v.Status.String())
	b = append(b, `,"valid_from":`...)
	b = append(b, '"')
	b = v.ValidFrom.Append(b)
	b = append(b, '"')
	b = append(b, `,"valid_to":`...)
	b = append(b, '"')
	b = v.ValidTo.Append(b)
	b = append(b, '"')
	b = append(b, `,"version":`...)
	b = appendJSONNumber(b, int64(v.Version))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of PolicyActivation.
func (v *PolicyActivation) AppendCanonical(b []byte) []byte {
	b = append(b, `{"activated_at":`...)
	b = append(b, '"')
	b = v.ActivatedAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"by":`...)
	b = appendJSONString(b, v.By)
	b = append(b, `,"digest":`...)
	b = appendJSONString(b, v.Digest)
	b = append(b, `,"id":`...)
	b = appendJSONString(b, v.ID)
	b = append(b, `,"policy_version":`...)
	b = appendJSONString(b, v.PolicyVersion)
	b = append(b, `,"received_at":`...)
	b = append(b, '"')
	b = v.ReceivedAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"retracted":`...)
	b = strconv.AppendBool(b, v.Retracted)
	b = append(b, `,"text":`...)
	b = appendJSONString(b, v.Text)
	b = append(b, `,"version":`...)
	b = appendJSONNumber(b, int64(v.Version))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of Recall.
func (v *Recall) AppendCanonical(b []byte) []byte {
	b = append(b, `{"cause":`...)
	b = appendSymbol(b, v.Cause.String())
	b = append(b, `,"cause_id":`...)
	b = appendJSONString(b, v.CauseID)
	b = append(b, `,"centre_id":`...)
	if v.CentreID.OK {
		b = appendJSONString(b, v.CentreID.V)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"closed_at":`...)
	if v.ClosedAt.OK {
		b = append(b, '"')
		b = v.ClosedAt.V.Append(b)
		b = append(b, '"')
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"consumers":`...)
	b = append(b, '[')
	for i := range v.Consumers {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.Consumers[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"filed":`...)
	b = append(b, '[')
	for i := range v.Filed {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.Filed[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"filed_units":`...)
	b = appendJSONNumber(b, int64(v.FiledUnits))
	b = append(b, `,"opened_at":`...)
	b = append(b, '"')
	b = v.OpenedAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"units":`...)
	b = appendJSONNumber(b, int64(v.Units))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of Reconciliation.
func (v *Reconciliation) AppendCanonical(b []byte) []byte {
	b = append(b, `{"device_id":`...)
	b = appendJSONString(b, v.DeviceID)
	b = append(b, `,"digest":`...)
	if v.Digest.OK {
		b = appendJSONString(b, v.Digest.V)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"from":`...)
	b = append(b, '"')
	b = v.From.Append(b)
	b = append(b, '"')
	b = append(b, `,"id":`...)
	b = appendJSONString(b, v.ID)
	b = append(b, `,"received_at":`...)
	b = append(b, '"')
	b = v.ReceivedAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"retracted":`...)
	b = strconv.AppendBool(b, v.Retracted)
	b = append(b, `,"rows":`...)
	b = appendJSONNumber(b, int64(v.Rows))
	b = append(b, `,"to":`...)
	b = append(b, '"')
	b = v.To.Append(b)
	b = append(b, '"')
	b = append(b, `,"version":`...)
	b = appendJSONNumber(b, int64(v.Version))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of Resolution.
func (v *Resolution) AppendCanonical(b []byte) []byte {
	b = append(b, `{"at":`...)
	b = append(b, '"')
	b = v.At.Append(b)
	b = append(b, '"')
	b = append(b, `,"by":`...)
	b = appendJSONString(b, v.By)
	b = append(b, `,"id":`...)
	b = appendJSONString(b, v.ID)
	b = append(b, `,"offset":`...)
	b = appendJSONNumber(b, int64(v.Offset))
	b = append(b, `,"outcome":`...)
	b = appendSymbol(b, v.Outcome.String())
	b = append(b, `,"partition":`...)
	b = appendJSONNumber(b, int64(v.Partition))
	b = append(b, `,"received_at":`...)
	b = append(b, '"')
	b = v.ReceivedAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"retracted":`...)
	b = strconv.AppendBool(b, v.Retracted)
	b = append(b, `,"topic":`...)
	b = appendJSONString(b, v.Topic)
	b = append(b, `,"version":`...)
	b = appendJSONNumber(b, int64(v.Version))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of Settlement.
func (v *Settlement) AppendCanonical(b []byte) []byte {
	b = append(b, `{"centre_id":`...)
	b = appendJSONString(b, v.CentreID)
	b = append(b, `,"complete":`...)
	b = strconv.AppendBool(b, v.Complete)
	b = append(b, `,"id":`...)
	b = appendJSONString(b, v.ID)
	b = append(b, `,"local_date":`...)
	b = append(b, '"')
	b = v.LocalDate.Append(b)
	b = append(b, '"')
	b = append(b, `,"log_type":`...)
	b = appendSymbol(b, v.LogType.String())
	b = append(b, `,"received_at":`...)
	b = append(b, '"')
	b = v.ReceivedAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"retracted":`...)
	b = strconv.AppendBool(b, v.Retracted)
	b = append(b, `,"through":`...)
	if v.Through.OK {
		b = append(b, '"')
		b = v.Through.V.Append(b)
		b = append(b, '"')
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"version":`...)
	b = appendJSONNumber(b, int64(v.Version))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of SupervisionResult.
func (v *SupervisionResult) AppendCanonical(b []byte) []byte {
	b = append(b, `{"centre_id":`...)
	b = appendJSONString(b, v.CentreID)
	b = append(b, `,"from_date":`...)
	b = append(b, '"')
	b = v.FromDate.Append(b)
	b = append(b, '"')
	b = append(b, `,"id":`...)
	b = appendJSONString(b, v.ID)
	b = append(b, `,"received_at":`...)
	b = append(b, '"')
	b = v.ReceivedAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"remarks":`...)
	b = strconv.AppendBool(b, v.Remarks)
	b = append(b, `,"result_ref":`...)
	b = appendJSONString(b, v.ResultRef)
	b = append(b, `,"retracted":`...)
	b = strconv.AppendBool(b, v.Retracted)
	b = append(b, `,"to_date":`...)
	b = append(b, '"')
	b = v.ToDate.Append(b)
	b = append(b, '"')
	b = append(b, `,"version":`...)
	b = appendJSONNumber(b, int64(v.Version))
	return append(b, '}')
}

// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of Violation.
func (v *Violation) AppendCanonical(b []byte) []byte {
	b = append(b, `{"attachments":`...)
	b = append(b, '[')
	for i := range v.Attachments {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.Attachments[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"base_caveats":`...)
	b = append(b, '[')
	for i := range v.BaseCaveats {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSONString(b, v.BaseCaveats[i])
	}
	b = append(b, ']')
	b = append(b, `,"basis":`...)
	b = appendSymbol(b, v.Basis.String())
	b = append(b, `,"cause":`...)
	if v.Cause.OK {
		b = appendSymbol(b, v.Cause.V.String())
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"cause_id":`...)
	if v.CauseID.OK {
		b = appendJSONString(b, v.CauseID.V)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"caveats":`...)
	b = append(b, '[')
	for i := range v.Caveats {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSONString(b, v.Caveats[i])
	}
	b = append(b, ']')
	b = append(b, `,"centre_id":`...)
	b = appendJSONString(b, v.CentreID)
	b = append(b, `,"change_reason":`...)
	b = appendSymbol(b, v.ChangeReason.String())
	b = append(b, `,"contradiction":`...)
	b = append(b, '[')
	for i := range v.Contradiction {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.Contradiction[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"corroboration":`...)
	b = append(b, '[')
	for i := range v.Corroboration {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.Corroboration[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"digest":`...)
	b = appendJSONString(b, v.Digest)
	b = append(b, `,"engine_version":`...)
	b = appendJSONString(b, v.EngineVersion)
	b = append(b, `,"evaluated_at":`...)
	b = append(b, '"')
	b = v.EvaluatedAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"evidence":`...)
	b = append(b, '[')
	for i := range v.Evidence {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.Evidence[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"exclusions_checked":`...)
	b = append(b, '[')
	for i := range v.ExclusionsChecked {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.ExclusionsChecked[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"group":`...)
	b = appendSymbol(b, v.Group.String())
	b = append(b, `,"incidents":`...)
	b = append(b, '[')
	for i := range v.Incidents {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.Incidents[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"instant":`...)
	b = append(b, '"')
	b = v.Instant.Append(b)
	b = append(b, '"')
	b = append(b, `,"kind":`...)
	b = appendSymbol(b, v.Kind.String())
	b = append(b, `,"legal_basis":`...)
	b = appendSymbol(b, v.LegalBasis.String())
	b = append(b, `,"notices_considered":`...)
	b = append(b, '[')
	for i := range v.NoticesConsidered {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.NoticesConsidered[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"obligation_ids":`...)
	b = append(b, '[')
	for i := range v.ObligationIDs {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSONString(b, v.ObligationIDs[i])
	}
	b = append(b, ']')
	b = append(b, `,"pattern":`...)
	b = v.Pattern.AppendCanonical(b)
	b = append(b, `,"period_from":`...)
	b = append(b, '"')
	b = v.PeriodFrom.Append(b)
	b = append(b, '"')
	b = append(b, `,"period_to":`...)
	b = append(b, '"')
	b = v.PeriodTo.Append(b)
	b = append(b, '"')
	b = append(b, `,"permissions_considered":`...)
	b = append(b, '[')
	for i := range v.PermissionsConsidered {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.PermissionsConsidered[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"person_id":`...)
	b = appendJSONString(b, v.PersonID)
	b = append(b, `,"policy_digest":`...)
	b = appendJSONString(b, v.PolicyDigest)
	b = append(b, `,"policy_version":`...)
	b = appendJSONString(b, v.PolicyVersion)
	b = append(b, `,"previous_digest":`...)
	if v.PreviousDigest.OK {
		b = appendJSONString(b, v.PreviousDigest.V)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"revision":`...)
	b = appendJSONNumber(b, int64(v.Revision))
	b = append(b, `,"rules":`...)
	b = append(b, '[')
	for i := range v.Rules {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSONString(b, v.Rules[i])
	}
	b = append(b, ']')
	b = append(b, `,"settled":`...)
	b = strconv.AppendBool(b, v.Settled)
	b = append(b, `,"shortfall":`...)
	if v.Shortfall.OK {
		b = appendJSONNumber(b, int64(v.Shortfall.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"statement":`...)
	b = appendJSONString(b, v.Statement)
	b = append(b, `,"statement_da":`...)
	b = appendJSONString(b, v.StatementDa)
	b = append(b, `,"status":`...)
	b = appendSymbol(b, v.Status.String())
	b = append(b, `,"supervision":`...)
	b = append(b, '[')
	for i := range v.Supervision {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.Supervision[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"unit_date":`...)
	b = append(b, '"')
	b = v.UnitDate.Append(b)
	b = append(b, '"')
	b = append(b, `,"unit_id":`...)
	b = appendJSONString(b, v.UnitID)
	b = append(b, `,"withdrawn_outcome":`...)
	if v.WithdrawnOutcome.OK {
		b = appendSymbol(b, v.WithdrawnOutcome.V.String())
	} else {
		b = append(b, "null"...)
	}
	return append(b, '}')
}

// AppendCanonicalWithoutDigest appends the canonical JSON form without the field
// digest, the form that it is computed from (contract §3).
func (v *Violation) AppendCanonicalWithoutDigest(b []byte) []byte {
	b = append(b, `{"attachments":`...)
	b = append(b, '[')
	for i := range v.Attachments {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.Attachments[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"base_caveats":`...)
	b = append(b, '[')
	for i := range v.BaseCaveats {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSONString(b, v.BaseCaveats[i])
	}
	b = append(b, ']')
	b = append(b, `,"basis":`...)
	b = appendSymbol(b, v.Basis.String())
	b = append(b, `,"cause":`...)
	if v.Cause.OK {
		b = appendSymbol(b, v.Cause.V.String())
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"cause_id":`...)
	if v.CauseID.OK {
		b = appendJSONString(b, v.CauseID.V)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"caveats":`...)
	b = append(b, '[')
	for i := range v.Caveats {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSONString(b, v.Caveats[i])
	}
	b = append(b, ']')
	b = append(b, `,"centre_id":`...)
	b = appendJSONString(b, v.CentreID)
	b = append(b, `,"change_reason":`...)
	b = appendSymbol(b, v.ChangeReason.String())
	b = append(b, `,"contradiction":`...)
	b = append(b, '[')
	for i := range v.Contradiction {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.Contradiction[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"corroboration":`...)
	b = append(b, '[')
	for i := range v.Corroboration {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.Corroboration[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"engine_version":`...)
	b = appendJSONString(b, v.EngineVersion)
	b = append(b, `,"evaluated_at":`...)
	b = append(b, '"')
	b = v.EvaluatedAt.Append(b)
	b = append(b, '"')
	b = append(b, `,"evidence":`...)
	b = append(b, '[')
	for i := range v.Evidence {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.Evidence[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"exclusions_checked":`...)
	b = append(b, '[')
	for i := range v.ExclusionsChecked {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.ExclusionsChecked[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"group":`...)
	b = appendSymbol(b, v.Group.String())
	b = append(b, `,"incidents":`...)
	b = append(b, '[')
	for i := range v.Incidents {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.Incidents[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"instant":`...)
	b = append(b, '"')
	b = v.Instant.Append(b)
	b = append(b, '"')
	b = append(b, `,"kind":`...)
	b = appendSymbol(b, v.Kind.String())
	b = append(b, `,"legal_basis":`...)
	b = appendSymbol(b, v.LegalBasis.String())
	b = append(b, `,"notices_considered":`...)
	b = append(b, '[')
	for i := range v.NoticesConsidered {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.NoticesConsidered[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"obligation_ids":`...)
	b = append(b, '[')
	for i := range v.ObligationIDs {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSONString(b, v.ObligationIDs[i])
	}
	b = append(b, ']')
	b = append(b, `,"pattern":`...)
	b = v.Pattern.AppendCanonical(b)
	b = append(b, `,"period_from":`...)
	b = append(b, '"')
	b = v.PeriodFrom.Append(b)
	b = append(b, '"')
	b = append(b, `,"period_to":`...)
	b = append(b, '"')
	b = v.PeriodTo.Append(b)
	b = append(b, '"')
	b = append(b, `,"permissions_considered":`...)
	b = append(b, '[')
	for i := range v.PermissionsConsidered {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.PermissionsConsidered[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"person_id":`...)
	b = appendJSONString(b, v.PersonID)
	b = append(b, `,"policy_digest":`...)
	b = appendJSONString(b, v.PolicyDigest)
	b = append(b, `,"policy_version":`...)
	b = appendJSONString(b, v.PolicyVersion)
	b = append(b, `,"previous_digest":`...)
	if v.PreviousDigest.OK {
		b = appendJSONString(b, v.PreviousDigest.V)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"revision":`...)
	b = appendJSONNumber(b, int64(v.Revision))
	b = append(b, `,"rules":`...)
	b = append(b, '[')
	for i := range v.Rules {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSONString(b, v.Rules[i])
	}
	b = append(b, ']')
	b = append(b, `,"settled":`...)
	b = strconv.AppendBool(b, v.Settled)
	b = append(b, `,"shortfall":`...)
	if v.Shortfall.OK {
		b = appendJSONNumber(b, int64(v.Shortfall.V))
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"statement":`...)
	b = appendJSONString(b, v.Statement)
	b = append(b, `,"statement_da":`...)
	b = appendJSONString(b, v.StatementDa)
	b = append(b, `,"status":`...)
	b = appendSymbol(b, v.Status.String())
	b = append(b, `,"supervision":`...)
	b = append(b, '[')
	for i := range v.Supervision {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.Supervision[i].AppendCanonical(b)
	}
	b = append(b, ']')
	b = append(b, `,"unit_date":`...)
	b = append(b, '"')
	b = v.UnitDate.Append(b)
	b = append(b, '"')
	b = append(b, `,"unit_id":`...)
	b = appendJSONString(b, v.UnitID)
	b = append(b, `,"withdrawn_outcome":`...)
	if v.WithdrawnOutcome.OK {
		b = appendSymbol(b, v.WithdrawnOutcome.V.String())
	} else {
		b = append(b, "null"...)
	}
	return append(b, '}')
}
