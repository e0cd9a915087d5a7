package stream

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/centres"
	"tilsyn/engine/stream/task"
	"tilsyn/state"
)

// metrics returns what /metrics shows: the counters of Stats, the state of each task, the state on
// disk, and Go's runtime. Names end in their unit; no label holds personal data.
func (e *engine) metrics() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	r.MustRegister(counters(e.cfg.Stats)...)
	r.MustRegister(exposition{e})
	return r
}

// counters returns the totals of Stats.
func counters(s *task.Stats) []prometheus.Collector {
	var out []prometheus.Collector
	for _, c := range []struct {
		name, help string
		read       func() int64
	}{
		{"input_records_total", "Records read of the input topics.", s.Records.Load},
		{"input_bytes_total", "Bytes of keys and values fetched for the tasks, recoveries included.", s.FetchedBytes.Load},
		{"parked_rows_total", "Card rows without a person, kept until one is known.", s.Parked.Load},
		{"moved_facts_total", "Versions of facts whose earlier ones lie under another key, or are not known; every task counts them.", s.Moved.Load},
		{"watch_looks_total", "Looks of the watch of the prefix, which one task owns: each is said to all tasks.", s.Looks.Load},
		{"contested_facts_total", "Facts that came under two keys with one id in one version; every task counts them.", s.Contested.Load},
		{"handed_over_total", "Facts given to tasks of other partitions whose persons they concern.", s.HandedOver.Load},
		{"dead_letters_total", "Records that could not be used. Each but an acknowledgement holds units back until it is sent again or resolved.", s.DeadLetters.Load},
		{"unstamped_records_total", "Records of person-keyed topics that carry their producer's time, without --trust-timestamps; each holds its person back until it is resolved.", s.Unstamped.Load},
		{"evaluations_total", "Verdicts on persons.", s.Evaluations.Load},
		{"case_summaries_total", "Case summaries written, one for each change of what counts of a person.", s.Summaries.Load},
		{"recalls_total", "Records written to the topic recalls, one for each change of a recall.", s.Recalls.Load},
		{"control_reports_total", "Records written to the topic control-reports, one for each change of a report.", s.Reports.Load},
		{"oversights_total", "Looks at the whole control system: its reports, and the accounts of all units.", s.Overseen.Load},
		{"held_back_units_total", "Units whose record was held back until everything up to it is read.", s.Held.Load},
		{"carried_verdicts_total", "Verdicts on the newer units alone, since those before stay as they are.", s.Carried.Load},
		{"routine_decisions_total", "Persons decided by their routine, without a verdict on their whole history.", s.Routine.Load},
		{"frozen_revisions_total", "Revisions not told since they may come of history that is gone (--history-floor).", s.Frozen.Load},
		{"refused_units_total", "Records that output validation refused or that are too large for a topic; any is a fault of the program.", s.Refused.Load},
		{"faults_total", "Verdicts that failed; any is a fault of the program, and nothing is told of the person.", s.Faults.Load},
		{"commits_total", "Kafka transactions committed.", s.Commits.Load},
		{"recoveries_total", "Starts and restarts of tasks.", s.Recoveries.Load},
		{"rebuilds_total", "States of tasks built again from the topics.", s.Rebuilds.Load},
		{"fenced_total", "Tasks that another instance took over while they ran here.", s.Fenced.Load},
		{"snapshots_taken_total", "Recoveries that began from a snapshot of another instance, or an older one.", s.Snapshots.Load},
		{"disk_full_total", "Cycles that found too little space on the disk.", s.DiskFull.Load},
	} {
		out = append(out, prometheus.NewCounterFunc(prometheus.CounterOpts{Namespace: namespace, Name: c.name, Help: c.help},
			func() float64 { return float64(c.read()) }))
	}
	return out
}

// namespace is the prefix of all metric names.
const namespace = "tilsyn"

// desc describes a metric of the namespace.
func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(namespace+"_"+name, help, labels, nil)
}

// The metrics that are not plain counters.
var (
	descRevisions    = desc("revisions_total", "Revisions told, by duty and status.", "kind", "status")
	descPolicies     = desc("policies_refused_total", "Policy activations whose text or digest could not be used.")
	descCycles       = desc("cycle_seconds", "Cycles in which something was done, from their start to the checkpoint.")
	descTransactions = desc("transaction_seconds", "Kafka transactions from their begin to a definite end, or to failure.")
	descReady        = desc("ready", "1 where /readyz says so, else 0.")
	descHeld         = desc("units_held", "Units that are held back now, by what: "+
		"bad_record (a dead letter or a fact that makes no sense), watch, place, "+
		"logs, feed (one is silent). Of persons judged since the start.", "by")
	descLetters = desc("dead_letters", "Dead letters that the tasks of this instance answer for: total, "+
		"and open, which were neither sent again, so that they could be read, nor named by a Resolution.", "state")
	descRecallsOpen = desc("recalls_open", "Recalls that are open, in the instance that writes the topic "+
		"recalls; 0 in others.")
	descRecallsOverdue = desc("recall_units_overdue", "Units taken back that a consumer has not acknowledged "+
		"within recall.overdue, once for each such consumer; 0 in instances that do not write the topic recalls.")
	descNowhere = desc("units_nowhere", "Units that were due and neither in the ledger nor told, in two looks one "+
		"after the other; of the instance that has the task of partition 0.")
	descUnjudged = desc("duties_uncontrolled", "Duties that bind somebody at a centre and of which nothing was "+
		"judged in a month, likewise.")
	descHanging = desc("hanging_transactions", "Input partitions on which one transaction has been "+
		"open for more than 75 s, so that nothing behind it is read.")
	descSilence = desc("brokers_silent_seconds",
		"How long a request has been waiting for brokers that do not answer as they should; 0 where none is.")
	descPrefixTasks = desc("prefix_tasks", "Tasks of the topic prefix, whoever has them.")
	descUnproven    = desc("prefix_unproven_tasks", "Tasks of the topic prefix of which it is not proven "+
		"that exactly one instance has them and commits; their persons may be judged by nobody.")
	descGeneration = desc("group_generation", "Generation of the consumer group; it rises with every rebalance.")

	descCommitAge = desc("prefix_task_commit_age_seconds", "How long ago a task of the topic prefix was "+
		"last seen to commit, whoever has it; missing as long as it was not.", "task")

	descLive       = desc("task_live", "1 for a task that has recovered, 0 for one that has not.", "task")
	descLagRecords = desc("task_lag_records", "Records written to a topic and not read yet by the task.", "task", "topic")
	descLagSeconds = desc("task_lag_seconds", "Age of the newest record read of a topic of which there are more; "+
		"0 where all is read.", "task", "topic")
	descCaughtUp = desc("task_caught_up_age_seconds",
		"How far caught_up, up to which everything is read and may accuse, is behind the task's clock.", "task")
	descCovered = desc("task_coverage_age_seconds", "How far that up to which the owner of the watch vouches for "+
		"what was registered is behind the task's clock; beyond it nobody is accused.", "task")
	descPersons = desc("task_persons", "Persons that the task has in memory.", "task")
	descAhead   = desc("task_clock_ahead_seconds", "How far the machine's clock is ahead of the brokers' time, "+
		"negative where behind; nobody is accused before both.", "task")
	descDue    = desc("task_due_persons", "Persons in memory that are due to be judged.", "task")
	descDueAge = desc("task_due_age_seconds", "How long the person that is due longest has been; 0 for none.", "task")
	descStands = desc("task_stands", "1 where nobody is accused since topics, or whose time their records carry, "+
		"are not what they were, or since ids of a producer are not unique; /readyz says why.", "task")
	descUrgent = desc("task_urgent_persons",
		"Persons of whom something was told and about whom a fact waits to be judged.", "task")
	descSweeps = desc("task_pending_sweeps", "Walks over persons after facts of centres that are not over.", "task")

	descState = desc("state_bytes", "What the state takes of the disk: lsm are tables, "+
		"log what is not in tables yet, vlog large values.", "part")
	descPuts     = desc("state_puts_total", "Keys given to the store of the state to set or delete.")
	descPutBytes = desc("state_put_bytes_total", "Bytes of these keys and their values, as they are given to the store.")
	descFree     = desc("state_disk_free_bytes", "Free space where the state is.")
	descReserve  = desc("state_disk_reserve_bytes", "Free space below which nothing is written.")
)

// exposition collects the metrics that are computed when asked for.
type exposition struct{ e *engine }

// Describe implements prometheus.Collector.
func (x exposition) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		descHeld, descLetters, descRevisions, descPolicies, descCycles, descTransactions, descReady, descSilence,
		descGeneration, descHanging, descPrefixTasks, descUnproven, descCommitAge, descLive, descLagRecords,
		descLagSeconds, descCaughtUp, descCovered, descAhead, descStands,
		descPersons, descDue, descDueAge, descUrgent, descSweeps,
		descState, descPuts, descPutBytes, descFree, descReserve, descPolicy, descFeedSilent,
		descRecallsOpen, descRecallsOverdue, descNowhere, descUnjudged,
	} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (x exposition) Collect(ch chan<- prometheus.Metric) {
	e := x.e
	s := e.cfg.Stats
	for k := int(duty.KindStay); k < task.Kinds; k++ {
		for st := int(duty.StatusIndicated); st < task.Statuses; st++ {
			ch <- prometheus.MustNewConstMetric(descRevisions, prometheus.CounterValue, float64(s.Revisions[k][st].Load()),
				duty.Kind(k).String(), duty.Status(st).String())
		}
	}
	for d, h := range map[*prometheus.Desc]*task.Histogram{descCycles: &s.Cycles, descTransactions: &s.Transactions} {
		count, sum, below := h.Totals()
		ch <- prometheus.MustNewConstHistogram(d, count, sum, below)
	}
	gauge(ch, descHanging, float64(s.Hanging.Load()))
	gauge(ch, descNowhere, float64(s.Nowhere.Load()))
	gauge(ch, descUnjudged, float64(s.Unjudged.Load()))
	gauge(ch, descRecallsOpen, float64(s.RecallsOpen.Load()))
	gauge(ch, descRecallsOverdue, float64(s.RecallsOverdue.Load()))
	e.collectHeld(ch)
	ready := e.readiness()
	gauge(ch, descReady, oneIf(ready.Ready))
	collectPrefix(ch, ready.AllTasks)
	gauge(ch, descSilence, e.silence().Seconds())
	if a := e.now.Load(); a != nil {
		gauge(ch, descGeneration, float64(a.Generation))
	}
	_, tasks := e.status.read()
	for i := range tasks {
		tasks[i].collect(ch)
	}
	if parts := e.shown.Load(); parts != nil {
		p := parts.reader.Picture().InForce(e.present()).Policy
		collectPolicy(ch, p)
		e.status.collectFeeds(ch)
		ch <- prometheus.MustNewConstMetric(descPolicies, prometheus.CounterValue, float64(parts.reader.Refused.Load()))
		collectState(ch, parts.db)
	}
}

// shown are the parts of a running engine that metrics read.
type shown struct {
	db     *state.DB
	reader *centres.CentreReader
}

// gauge sends the value of a gauge.
func gauge(ch chan<- prometheus.Metric, d *prometheus.Desc, v float64, labels ...string) {
	ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
}

// oneIf returns 1 for true and 0 for false.
func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// collectPrefix sends the metrics of all tasks of the prefix, once this instance is a member.
func collectPrefix(ch chan<- prometheus.Metric, all []PrefixTask) {
	if len(all) == 0 {
		return
	}
	unproven := 0
	for _, t := range all {
		if t.WaitsFor != "" {
			unproven++
		}
		if t.CommitAge != nil {
			gauge(ch, descCommitAge, *t.CommitAge, strconv.Itoa(int(t.Task)))
		}
	}
	gauge(ch, descPrefixTasks, float64(len(all)))
	gauge(ch, descUnproven, float64(unproven))
}

// collect sends the metrics of one task. Unknown values are left out.
func (t *numbered) collect(ch chan<- prometheus.Metric) {
	task := strconv.Itoa(int(t.task))
	gauge(ch, descLive, oneIf(t.Live), task)
	r := t.Report
	if !t.Live || r == nil {
		return
	}
	for topic, l := range r.Lags {
		gauge(ch, descLagRecords, float64(l.Records), task, topic)
		gauge(ch, descLagSeconds, l.Seconds, task, topic)
	}
	if r.CaughtUp > duty.Beginning {
		gauge(ch, descCaughtUp, float64(r.Clock-r.CaughtUp)/1000, task)
	}
	if r.Covered > duty.Beginning {
		gauge(ch, descCovered, float64(max(0, r.Clock-r.Covered))/1000, task)
	}
	if r.AheadKnown {
		gauge(ch, descAhead, float64(r.Ahead)/1000, task)
	}
	gauge(ch, descStands, oneIf(r.Stands != ""), task)
	age := 0.0
	if r.NextDue < r.CaughtUp {
		age = min(float64(r.CaughtUp-r.NextDue), float64(r.CaughtUp)) / 1000
	}
	gauge(ch, descDueAge, age, task)
	gauge(ch, descPersons, float64(r.Persons), task)
	gauge(ch, descDue, float64(r.Due), task)
	gauge(ch, descUrgent, float64(r.Urgent), task)
	gauge(ch, descSweeps, float64(r.Sweeps), task)
}

// collectState sends the metrics of the store.
func collectState(ch chan<- prometheus.Metric, db *state.DB) {
	lsm, logs, vlog := db.Size()
	gauge(ch, descState, float64(lsm), "lsm")
	gauge(ch, descState, float64(logs), "log")
	gauge(ch, descState, float64(vlog), "vlog")
	puts, bytes := db.Puts()
	ch <- prometheus.MustNewConstMetric(descPuts, prometheus.CounterValue, float64(puts))
	ch <- prometheus.MustNewConstMetric(descPutBytes, prometheus.CounterValue, float64(bytes))
	free, reserve, err := db.Free()
	if err == nil {
		gauge(ch, descFree, float64(free))
	}
	gauge(ch, descReserve, float64(reserve))
}

// collectHeld sends the metrics of dead letters and of what holds units back.
func (e *engine) collectHeld(ch chan<- prometheus.Metric) {
	for i, name := range task.HeldNames {
		gauge(ch, descHeld, float64(e.cfg.Stats.HeldBack[i].Load()), name)
	}
	d := e.status.deadLetters()
	gauge(ch, descLetters, float64(d.Open), "open")
	gauge(ch, descLetters, float64(d.Total), "total")
}
