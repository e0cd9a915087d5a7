package evidence

import (
	"slices"
	"strings"

	"tilsyn/engine/duty"
)

// Attachment is one item of EVD-14 as it is in a package.
type Attachment struct {
	Item    int    `json:"item"`
	Title   string `json:"title"`
	TitleDa string `json:"title_da"`
	// State is PRESENT, NONE_FOUND, NOT_APPLICABLE, NOT_YET_RECEIVED, or NAMED for a document that is named with its hash
	// and is not in the package.
	State string   `json:"state"`
	Refs  []string `json:"refs"`
	// In are the files of the package that hold it.
	In []string `json:"in"`
	// Elsewhere are references whose facts are not in the package, such as exclusions that the policy has.
	Elsewhere []string `json:"elsewhere"`
}

// items are the titles of EVD-14 and where each lies: % is the directory of the unit.
var items = [20]struct{ en, da, in string }{
	{"Note of 11 March 2024 on the use of AMS data", "Notat af 11. marts 2024 om brug af AMS-data", ""},
	{"Registrations", "Registreringer", "rows.jsonl %certificate.json"},
	{"Card history", "Korthistorik", "facts.jsonl"},
	{"Assisted-passage log", "Log over personaleafhjulpne passager", "rows.jsonl"},
	{"Barcode log", "Stregkodelog", "rows.jsonl"},
	{"Outage forms", "Nedbrudsformularer", "rows.jsonl"},
	{"Incidents at the centre", "Hændelser på centret", "facts.jsonl"},
	{"Exclusion periods checked", "Kontrollerede udelukkelsesperioder", "facts.jsonl"},
	{"Results of supervision", "Tilsynsresultater", "facts.jsonl"},
	{"Guard observation forms", "Portvagtens observationsskemaer", "rows.jsonl"},
	{"Presence checks", "Tilstedeværelseskontroller", "rows.jsonl"},
	{"Notices considered", "Vurderede underretninger", "facts.jsonl %certificate.json"},
	{"Permissions", "Tilladelser", "facts.jsonl %certificate.json"},
	{"Decision on the duty", "Afgørelse om pligten", "facts.jsonl"},
	{"Temporary manual registration", "Midlertidig manuel registrering", "rows.jsonl"},
	{"Departure question", "Spørgsmål om udrejse", "facts.jsonl"},
	{"Statement that offline data were not used", "Erklæring om, at offlinedata ikke er brugt", "%record.json"},
	{"Caveats in plain words", "Forbehold i klart sprog", "cover.html"},
	{"Rules, policy, engine, revisions", "Regler, politik, program, revisioner", "%record.json %revisions.jsonl " +
		"policy/"},
	{"Pattern, corroboration, contradiction", "Mønster, støttende og modstridende forhold", "%record.json"},
}

// Attachments are the twenty items of a unit. note is the file of the note in the package, empty where it is named
// alone; facts are the lines that are in the package.
func (u *Unit) Attachments(note string, facts []string) []Attachment {
	ids := map[string]bool{}
	for _, l := range facts {
		for _, field := range []string{`"id":"`, `"decision_id":"`, `"permission_id":"`, `"incident_id":"`,
			`"exclusion_id":"`, `"result_ref":"`} {
			if id, ok := between(l, field); ok {
				ids[id] = true
			}
		}
	}
	out := []Attachment{}
	for i := range u.Record.Attachments {
		x := &u.Record.Attachments[i]
		if x.Item < 1 || int(x.Item) > len(items) {
			continue
		}
		t := &items[x.Item-1]
		n := Attachment{Item: int(x.Item), Title: t.en, TitleDa: t.da, State: x.State.String(), Refs: u.named(x),
			In: []string{}, Elsewhere: []string{}}
		if x.State == duty.AttachmentStateReferenced {
			n.State = "PRESENT"
			for _, f := range strings.Fields(t.in) {
				n.In = append(n.In, strings.Replace(f, "%", u.Dir(), 1))
			}
			n.placed(note, ids)
		}
		out = append(out, n)
	}
	return out
}

// Dir is the directory of the unit in a package.
func (u *Unit) Dir() string { return "units/" + u.Name() + "/" }

// named are the references of an item; where the record points to one of its own lists, the ids in it.
func (u *Unit) named(x *duty.Attachment) []string {
	v := u.Record
	var out []string
	for _, r := range x.Refs {
		switch r {
		case "evidence":
			for i := range v.Evidence {
				out = append(out, v.Evidence[i].ID)
			}
		case "incidents":
			for i := range v.Incidents {
				out = append(out, v.Incidents[i].IncidentID)
			}
		case "exclusions_checked":
			for i := range v.ExclusionsChecked {
				out = append(out, v.ExclusionsChecked[i].ExclusionID)
			}
		case "supervision":
			for i := range v.Supervision {
				out = append(out, v.Supervision[i].ResultRef)
			}
		case "notices_considered":
			for i := range v.NoticesConsidered {
				out = append(out, v.NoticesConsidered[i].ID)
			}
		case "permissions_considered":
			for i := range v.PermissionsConsidered {
				out = append(out, v.PermissionsConsidered[i].ID)
			}
		default:
			out = append(out, r)
		}
	}
	return orNone(out)
}

// placed says where an item lies, and which of its references are not in the package.
func (n *Attachment) placed(note string, ids map[string]bool) {
	switch {
	case n.Item == 1 && note == "":
		n.State = "NAMED"
	case n.Item == 1:
		n.In = []string{note}
	case n.Item >= 17:
	default:
		for _, r := range n.Refs {
			switch preloaded := strings.HasPrefix(r, "EXC-01-"); {
			case ids[r] || r == "departure question open":
			case preloaded && !slices.Contains(n.In, "policy/"):
				n.In = append(n.In, "policy/")
			case !preloaded:
				n.Elsewhere = append(n.Elsewhere, r)
			}
		}
		if len(n.Elsewhere) == len(n.Refs) {
			n.State, n.In = "NAMED", []string{}
		}
	}
}

// between returns the text of a JSON string that follows a mark, up to the next quote.
func between(text, mark string) (string, bool) {
	_, rest, ok := strings.Cut(text, mark)
	if !ok {
		return "", false
	}
	id, _, ok := strings.Cut(rest, `"`)
	return id, ok
}
