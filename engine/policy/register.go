package policy

import "tilsyn/engine/duty"

// Zone is the one time zone of the law; a centre cannot have another (TIM-01).
const Zone = "Europe/Copenhagen"

// Centre is one departure centre of the register (DEV-09, AMB-31).
type Centre struct {
	ID, Name string
	// StandInside says whether the reporting stand is inside the fence (DEV-03,
	// DEV-04).
	StandInside bool
	// From and To bound the local dates of its operation, both inclusive.
	From, To duty.Date
	// Source is who says so.
	Source string
}

// Device is one device of the register (DEV-01).
type Device struct {
	ID, Centre string
	Type       duty.DeviceType
	// PairedWith is the other reader of a sluice; empty for a device that
	// writes one row a passage (PAS-03).
	PairedWith string
	// Outer is true for the reader on the outside of a sluice.
	Outer bool
	// From and To bound the local dates on which it is authorised, inclusive.
	From, To duty.Date
	// Source is who says so.
	Source string
}

const registerSource = "contract §5"

func builtinCentres() []Centre {
	return []Centre{
		{"KH", "Udrejsecenter Kærshovedgård", true, FirstDate, LastDate, registerSource},
		{"SJ", "Udrejsecenter Sjælsmark", false, FirstDate, LastDate, registerSource},
	}
}

func builtinDevices() []Device {
	var out []Device
	for _, c := range []string{"KH", "SJ"} {
		add := func(suffix string, t duty.DeviceType, pair string, outer bool) {
			d := Device{ID: c + "-" + suffix, Centre: c, Type: t, Outer: outer, From: FirstDate, To: LastDate, Source: registerSource}
			if pair != "" {
				d.PairedWith = c + "-" + pair
			}
			out = append(out, d)
		}
		add("carousel", duty.DeviceTypeCarousel, "", false)
		add("carousel-outer", duty.DeviceTypeCarousel, "carousel-inner", true)
		add("carousel-inner", duty.DeviceTypeCarousel, "carousel-outer", false)
		add("barcode", duty.DeviceTypeBarcodeScanner, "", false)
		add("handheld", duty.DeviceTypeHandheld, "", false)
		add("stand", duty.DeviceTypeReportingStand, "", false)
		if c == "KH" {
			add("room", duty.DeviceTypeOfflineLock, "", false)
		}
	}
	return out
}

func (c Centre) plain() duty.Centre {
	from, to := instants(c.From, c.To)
	return duty.Centre{ID: c.ID, Name: c.Name, StandInside: c.StandInside, From: from, To: to}
}

func (d Device) plain() duty.Device {
	from, to := instants(d.From, d.To)
	return duty.Device{
		ID: d.ID, CentreID: d.Centre, Type: d.Type, PairedWith: d.PairedWith,
		Outer: d.Outer, From: from, To: to,
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
