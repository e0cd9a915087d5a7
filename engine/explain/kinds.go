package explain

// factKind is a kind of fact with whom to ask for it.
type factKind struct {
	what, whatDa string
	whom, whomDa string
}

// Whom to ask.
const (
	guard, guardDa       = "the guard at the gate", "portvagten"
	operator, operatorDa = "the operator of the centre", "indkvarteringsoperatøren"
	agency, agencyDa     = "the Return Agency", "Hjemrejsestyrelsen"
	police, policeDa     = "the police", "politiet"
	supplier             = "the operator, with the supplier of the system"
	supplierDa           = "indkvarteringsoperatøren og systemets leverandør"
)

// The kinds of facts that may clear or lower a unit.
var (
	rowIn = &factKind{
		"a row of the gate: the card goes in",
		"en række fra porten: kortet går ind",
		supplier, supplierDa,
	}
	rowOut = &factKind{
		"a row of the gate: the card goes out",
		"en række fra porten: kortet går ud",
		supplier, supplierDa,
	}
	standRow = &factKind{
		"a row of the reporting stand",
		"en række fra meldepligtstanderen",
		supplier, supplierDa,
	}
	outagePending = &factKind{
		"an outage at the centre over the unit, its forms not complete",
		"et driftsstop på centret i tidsrummet, hvis formularer ikke er komplette",
		operator, operatorDa,
	}
	outageComplete = &factKind{
		"an outage at the centre over the unit, its forms complete",
		"et driftsstop på centret i tidsrummet, hvis formularer er komplette",
		operator, operatorDa,
	}
	excluded = &factKind{
		"a declaration that the data of that date are excluded",
		"en erklæring om, at datoens data er udelukket",
		agency, agencyDa,
	}
	noticeClear = &factKind{
		"the resident's own, clear notice to the operator",
		"beboerens egen, klare underretning af operatøren",
		guard + " or " + operator, guardDa + " eller " + operatorDa,
	}
	noticeUnclear = &factKind{
		"an own notice to the operator that is not clear",
		"en egen underretning af operatøren, som er uklar",
		guard + " or " + operator, guardDa + " eller " + operatorDa,
	}
	noticeElsewhere = &factKind{
		"an own, clear notice to the Return Agency",
		"en egen, klar underretning af Hjemrejsestyrelsen",
		agency, agencyDa,
	}
	guardForm = &factKind{
		"an entry on the guard's form of an outage: in",
		"en indgang på portvagtens nedbrudsformular",
		guard, guardDa,
	}
	byHand = &factKind{
		"a passage that staff registered by hand: in (APB = no)",
		"en indgang, som personalet har registreret (APB = nej)",
		operator, operatorDa,
	}
	barcodeLine = &factKind{
		"a line of the barcode log: in",
		"en linje i stregkodeloggen: ind",
		guard, guardDa,
	}
	temporaryLine = &factKind{
		"a line of the temporary registration: in",
		"en linje i den midlertidige registrering: ind",
		agency, agencyDa,
	}
	roomCheck = &factKind{
		"a room check that found the person present",
		"en værelseskontrol, der fandt personen til stede",
		operator, operatorDa,
	}
	observed = &factKind{
		"an observation form that notes the person as present",
		"et observationsskema, der noterer personen som til stede",
		guard, guardDa,
	}
	agencyForm = &factKind{
		"a report on the Agency's form of an outage",
		"en melding på styrelsens nedbrudsformular",
		agency, agencyDa,
	}
	policeReport = &factKind{
		"a report to the police",
		"en melding til politiet",
		police, policeDa,
	}
	unlocked = &factKind{
		"an entry of the assisted-passage log: a row that the unit rests on only unlocked the card",
		"en linje i loggen over personaleafhjulpne passager: en række, som indikationen hviler på, låste kun kortet op",
		operator, operatorDa,
	}
	barcodeMarker = &factKind{
		"the marker that the barcode log of a row's date is complete, without that row",
		"markeringen af, at stregkodeloggen for en rækkes dato er komplet, uden den række",
		operator, operatorDa,
	}
	leave = &factKind{
		"a permission that covers the whole unit",
		"en tilladelse, der dækker hele tidsrummet",
		agency, agencyDa,
	}
	custody = &factKind{
		"custody or imprisonment during the unit",
		"frihedsberøvelse i tidsrummet",
		police, policeDa,
	}
	hospital = &factKind{
		"a stay in hospital during the unit",
		"indlæggelse i tidsrummet",
		operator, operatorDa,
	}
	gone = &factKind{
		"an assessment that the person had left Denmark for good by then",
		"en vurdering af, at personen da var udrejst varigt",
		agency + " and " + police, agencyDa + " og " + policeDa,
	}
	annulled = &factKind{
		"that a decision which the unit rests on is annulled",
		"at en afgørelse, som indikationen hviler på, er annulleret",
		agency, agencyDa,
	}
	takenBack = &factKind{
		"that a registration which the unit rests on is taken back by its source",
		"at en registrering, som indikationen hviler på, er trukket tilbage af kilden",
		supplier, supplierDa,
	}
)
