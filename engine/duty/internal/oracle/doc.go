// Package oracle is a second, deliberately dumb evaluator of the rules of the
// three duties, for the tests of engine/duty only. It was written from the
// specification alone and shares no logic with the core: no interval algebra,
// no caches that need invalidation, its own calendar (the time zone database),
// its own readings. It asks "what is the position at instant t" by scanning all
// observations, at every instant at which an input or a rule can change and one
// millisecond to each side.
//
// Files: clock.go local time; paper.go wall-clock texts; canon.go ties;
// versions.go which version counts; valid.go what makes no sense; identity.go
// who is one person; world.go everything known at T; rows.go, moves.go cards and
// passages; position.go, doubtful.go where somebody was; decisions.go, duties.go duties in
// force; places.go the register; leave.go permissions; notices.go messages;
// runs.go, silence.go the departure question; stay.go, notify.go, report.go the
// duties; conflicts.go one version of several persons; caveats.go, papers.go doubts;
// proof.go proof and holds; watch.go what the watch says; oracle.go the whole.
//
// Where the specification leaves two readings the milder one was taken and the
// place says so with "Choice:".
package oracle
