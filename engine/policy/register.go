package policy

import "tilsyn/engine/duty"

// Zone is the one time zone of the law; a centre cannot have another (TIM-01).
const Zone = "Europe/Copenhagen"

// Centre is one place of the register (DEV-09, AMB-31, RD-46).
type Centre struct {
	ID, Name string
	Kind     duty.PlaceKind
	// Stand is the side of the fence on which reports are made (DEV-03, DEV-04).
	Stand Side
	// From and To bound the local dates of its operation, both inclusive.
	From, To duty.Date
	// Source is who says so.
	Source string
}

// Side is a side of the fence.
type Side uint8

// Sides of the fence; the zero value is none.
const (
	NoSide Side = iota
	Inside
	Outside
)

// String returns the name in a policy file; "-" where there is no side.
func (s Side) String() string {
	switch s {
	case Inside:
		return "INSIDE"
	case Outside:
		return "OUTSIDE"
	}
	return "-"
}

// kinds of place, in the order of the contract (RD-46).
var placeKinds = []duty.PlaceKind{duty.PlaceDepartureCentre, duty.PlaceAsylumCentre,
	duty.PlacePoliceStation, duty.PlaceOther}

// Device is one device of the register (DEV-01).
type Device struct {
	ID, Centre string
	Type       duty.DeviceType
	// PairedWith is the other reader of a sluice; empty for a device that
	// writes one row a passage (PAS-03).
	PairedWith string
	// Outer is true for the reader on the outside of a sluice.
	Outer bool
	// Reports is true for a device whose rows are of kind REPORT (RD-45).
	Reports bool
	// SupervisedFrom is the first local date on which its silence counts; 0: whenever its
	// first heartbeat came (W-55).
	SupervisedFrom duty.Date
	// From and To bound the local dates on which it is authorised, inclusive.
	From, To duty.Date
	// Source is who says so.
	Source string
}

const registerSource = "contract §5"

func builtinCentres() []Centre {
	return []Centre{
		{"KH", "Udrejsecenter Kærshovedgård", duty.PlaceDepartureCentre, Inside, FirstDate, LastDate, registerSource},
		{"SJ", "Udrejsecenter Sjælsmark", duty.PlaceDepartureCentre, Outside, FirstDate, LastDate, registerSource},
		{"POLICE", "Police", duty.PlacePoliceStation, NoSide, FirstDate, LastDate, registerSource},
	}
}

// handheldAtKH is the first day of the month after the one from which the
// hand-held scanner at KH is stated, its day not being given (DEV-05, AMB-17).
var handheldAtKH = duty.DateOf(2023, 2, 1)

const handheldSource = "000 §3.2; AMB-17; RD-45"

func builtinDevices() []Device {
	var out []Device
	for _, c := range []string{"KH", "SJ"} {
		add := func(suffix string, t duty.DeviceType, pair string, outer, reports bool) *Device {
			d := Device{ID: c + "-" + suffix, Centre: c, Type: t, Outer: outer, Reports: reports, From: FirstDate,
				To: LastDate, Source: registerSource}
			if pair != "" {
				d.PairedWith = c + "-" + pair
			}
			out = append(out, d)
			return &out[len(out)-1]
		}
		add("carousel", duty.DeviceTypeCarousel, "", false, false)
		add("carousel-outer", duty.DeviceTypeCarousel, "carousel-inner", true, false)
		add("carousel-inner", duty.DeviceTypeCarousel, "carousel-outer", false, false)
		add("barcode", duty.DeviceTypeBarcodeScanner, "", false, false)
		hand := add("handheld", duty.DeviceTypeHandheld, "", false, false)
		if c == "KH" {
			hand.From, hand.Source = handheldAtKH, handheldSource
		}
		add("stand", duty.DeviceTypeReportingStand, "", false, true)
		add("report-barcode", duty.DeviceTypeBarcodeScanner, "", false, true)
		if c == "KH" {
			add("room", duty.DeviceTypeOfflineLock, "", false, false)
		}
	}
	return out
}

func (c Centre) plain() duty.Centre {
	from, to := instants(c.From, c.To)
	return duty.Centre{ID: c.ID, Name: c.Name, Kind: c.Kind, StandInside: c.Stand == Inside,
		NoStand: c.Stand == NoSide, From: from, To: to}
}

func (d Device) plain() duty.Device {
	from, to := instants(d.From, d.To)
	supervised := duty.Beginning
	if d.SupervisedFrom != 0 {
		supervised = d.SupervisedFrom.Start()
	}
	return duty.Device{
		SupervisedFrom: supervised,
		ID:             d.ID, CentreID: d.Centre, Type: d.Type, PairedWith: d.PairedWith,
		Outer: d.Outer, Reports: d.Reports, From: from, To: to,
	}
}

// instants turns inclusive dates into a half-open interval.
func instants(from, to duty.Date) (duty.Instant, duty.Instant) {
	a, b := duty.Beginning, duty.Forever
	if from > FirstDate {
		a = from.Start()
	}
	if to < LastDate {
		b = (to + 1).Start()
	}
	return a, b
}
