// Package affected answers, when registrations are suspected to be lost, whom and what that may
// concern (REL-14): the persons whose duties or registrations lie in an interval at a centre, each of
// their units that rests on it, and who was told of them. It is pure, as package duty is.
//
//	Ask(What, World, at) (*Question, error)      the interval, and two other worlds
//	(*Question).Person(facts, told) (Share, bool)  what one person has to do with it
//	(*Totals).Add(Share)                         what the header says of all
//
// Two questions are put to the core for every unit: what the outcome would be if the incident or the
// exclusion had never been, and what it would be if nothing were known of the interval. Nothing is
// written anywhere and no outcome changes.
//
// Files:
//
//	question.go   what is asked, and the worlds in which it is answered
//	person.go     one person's share
//	told.go       who was told of a unit, and what came of it
//	header.go     what the first line says
package affected
