// Package console serves the pages on which an officer, a guard and an operator do their day's work:
// the work list, persons and their nights, the desk that replaces paper, centres and the engine. Every
// page has a twin in JSON, described in /api/openapi.json.
//
// It guarantees that
//
//   - what a page says of a unit is the core's verdict or what the topics say was told; nothing here judges;
//   - an entry is an ordinary fact on its input topic, shown before it is sent; a second click sends the
//     same bytes again, which is one fact (DAT-03);
//   - nothing is written while a field is wrong, and the message stands at the field;
//   - no form asks for the place or the reason of an absence (NTC-19);
//   - every look at a person and every entry is a line on the audit topic, with who, when and what, before
//     the page is shown or the fact is sent; no line of a log names a person;
//   - the engine waits for no page: pages read a projection of their own, a reader has limits on how much
//     and how fast, and what fails here stops no verdict;
//   - a page needs nothing from elsewhere, and works without JavaScript.
//
// Files:
//
//	console.go   what it is made of; serve.go how a request is answered, limit.go how many are
//	view.go      a page and its twin; openapi.go their description
//	audit.go     the lines on the audit topic; write.go facts on their topics
//	words.go    Danish and English; what codes mean is in package glossary
//	worklist.go, clearing.go  the work list, and what would clear its units
//	accounts.go, accountant.go  where every unit is that is due, kept as records change
//	person.go, month.go  a person; unit.go one night or report
//	desk.go, receipt.go, fields.go, entry.go, correct.go  filling in a form, and what comes of it
//	forms.go, forms_paper.go, forms_office.go, forms_unit.go, forms_centre.go, forms_control.go  the forms
//	centre.go    a centre; traffic.go, chart.go its traffic; exclusion.go what two people decide
//	engine.go    the engine; waits.go what it waits for, in Danish
//	templates, static  what pages look like (Common Design System, licences beside the files)
package console
