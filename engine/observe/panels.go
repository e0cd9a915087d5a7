package observe

// rows is what the dashboard shows, from what matters most.
var rows = []row{
	{"Is it running?", []graph{
		{"Ready", "1 for an instance that is ready, as /readyz says. Normal: 1 everywhere.", "none", []query{
			{`tilsyn_ready{$job}`, "{{instance}}"}}},
		{"Tasks without an owner that moves", "Tasks of the prefix that no instance moves on. Normal: 0, and " +
			"for seconds more while tasks move.", "none", []query{
			{`max(tilsyn_prefix_unproven_tasks{$job})`, "without"}, {`max(tilsyn_prefix_tasks{$job})`, "all"}}},
		{"Brokers do not answer", "How long a request has been waiting for the brokers. Normal: 0.", "s", []query{
			{`tilsyn_brokers_silent_seconds{$job}`, "{{instance}}"}}},
		{"Tasks live", "Tasks that have recovered, by instance; together all of the prefix.", "none", []query{
			{`sum by (instance) (tilsyn_task_live{$job})`, "{{instance}}"}}},
		{"Recoveries and rebuilds", "Tasks begun again, states built again and tasks taken over, in an hour. Normal: " +
			"only after a start.", "none", []query{
			{`sum(increase(tilsyn_recoveries_total{$job}[1h]))`, "recoveries"},
			{`sum(increase(tilsyn_rebuilds_total{$job}[1h]))`, "rebuilds"},
			{`sum(increase(tilsyn_snapshots_taken_total{$job}[1h]))`, "from a snapshot"},
			{`sum(increase(tilsyn_fenced_total{$job}[1h]))`, "taken over"}}},
		{"Faults of the program", "Verdicts that failed and records that were refused since the start. Normal: 0.",
			"none", []query{{`sum(tilsyn_faults_total{$job})`, "verdicts"},
				{`sum(tilsyn_refused_units_total{$job})`, "records"}}},
	}},
	{"Is it up to date?", []graph{
		{"Behind the clock", "How far caught_up, up to which somebody may be accused, is behind the clock, of the task " +
			"that is furthest behind; and how far the watch has vouched. Normal: a few seconds.", "s", []query{
			{`max by (instance) (tilsyn_task_caught_up_age_seconds{$job})`, "caught up, {{instance}}"},
			{`max by (instance) (tilsyn_task_coverage_age_seconds{$job})`, "watch, {{instance}}"}}},
		{"Backlog", "Records written and not read, by topic. Normal: it falls to 0 again and again.", "none", []query{
			{`sum by (topic) (tilsyn_task_lag_records{$job})`, "{{topic}}"}}},
		{"What clears", "Persons about whom a fact waits that may clear them, and walks after facts of centres. Normal: " +
			"0 but for moments.", "none", []query{{`sum(tilsyn_task_urgent_persons{$job})`, "persons"},
			{`sum(tilsyn_task_pending_sweeps{$job})`, "walks"}}},
		{"Due", "Persons who are due to be judged. Normal: peaks at 23:00, midnight and 06:00.", "none", []query{
			{`sum(tilsyn_task_due_persons{$job})`, "due"}}},
		{"Due since", "How long the person who is due longest has been.", "s", []query{
			{`max(tilsyn_task_due_age_seconds{$job})`, "longest"}}},
		{"Accusing stopped", "Tasks that accuse nobody since topics or ids are not as they must be; transactions that " +
			"hang. Normal: 0.", "none", []query{{`sum(tilsyn_task_stands{$job})`, "tasks"},
			{`max(tilsyn_hanging_transactions{$job})`, "hanging transactions"}}},
	}},
	{"What is told", []graph{
		{"Revisions", "Told in an hour, by duty and status.", "none", []query{
			{`sum by (kind, status) (increase(tilsyn_revisions_total{$job}[1h]))`, "{{kind}} {{status}}"}}},
		{"Units held back", "Units of which nothing is told now, by what they wait for.", "none", []query{
			{`sum by (by) (tilsyn_units_held{$job})`, "{{by}}"}}},
		{"Silent feeds", "1 for a feed that sends no heartbeats: nobody whom it covers is accused.", "none", []query{
			{`max by (source, centre) (tilsyn_feed_silent{$job})`, "{{source}} {{centre}}"}}},
		{"Recalls", "Recalls that are open, and units that a consumer has not acknowledged in time. Normal overdue: 0.",
			"none", []query{{`max(tilsyn_recalls_open{$job})`, "open"},
				{`max(tilsyn_recall_units_overdue{$job})`, "units overdue"}}},
		{"Accounts", "Units that are nowhere and duties that nobody controls. Normal: 0.", "none", []query{
			{`max(tilsyn_units_nowhere{$job})`, "units nowhere"},
			{`max(tilsyn_duties_uncontrolled{$job})`, "duties uncontrolled"}}},
		{"Policies", "How many instances judge by each policy. Normal: all by one.", "none", []query{
			{`count by (version) (tilsyn_policy_active{$job})`, "{{version}}"}}},
	}},
	{"What comes in", []graph{
		{"Records", "Records read a second.", "cps", []query{
			{`sum(rate(tilsyn_input_records_total{$job}[5m]))`, "records"}}},
		{"Dead letters", "Records that nobody can read: open, and all. Normal open: 0.", "none", []query{
			{`sum by (state) (tilsyn_dead_letters{$job})`, "{{state}}"}}},
		{"Producers' mistakes", "In an hour: facts under two persons, versions without earlier ones, producers' times, " +
			"rows without a person.", "none", []query{
			{`max(increase(tilsyn_contested_facts_total{$job}[1h]))`, "contested"},
			{`max(increase(tilsyn_moved_facts_total{$job}[1h]))`, "moved"},
			{`sum(increase(tilsyn_unstamped_records_total{$job}[1h]))`, "unstamped"},
			{`sum(increase(tilsyn_parked_rows_total{$job}[1h]))`, "without a person"}}},
	}},
	{"What it costs", []graph{
		{"Transactions", "Half and 99 in 100 Kafka transactions end within this time. Normal: below a second.", "s", []query{
			{`histogram_quantile(0.5, sum by (le) (rate(tilsyn_transaction_seconds_bucket{$job}[5m])))`, "half"},
			{`histogram_quantile(0.99, sum by (le) (rate(tilsyn_transaction_seconds_bucket{$job}[5m])))`, "99 %"}}},
		{"Cycles", "Half and 99 in 100 cycles with work end within this time.", "s", []query{
			{`histogram_quantile(0.5, sum by (le) (rate(tilsyn_cycle_seconds_bucket{$job}[5m])))`, "half"},
			{`histogram_quantile(0.99, sum by (le) (rate(tilsyn_cycle_seconds_bucket{$job}[5m])))`, "99 %"}}},
		{"Verdicts", "Verdicts a second, those on newer units alone, and nights decided without one.", "cps", []query{
			{`sum(rate(tilsyn_evaluations_total{$job}[5m]))`, "verdicts"},
			{`sum(rate(tilsyn_carried_verdicts_total{$job}[5m]))`, "newer units alone"},
			{`sum(rate(tilsyn_routine_decisions_total{$job}[5m]))`, "by routine"}}},
		{"Memory", "Memory of the process.", "bytes", []query{
			{`process_resident_memory_bytes{$job}`, "{{instance}}"}}},
		{"Processor", "Cores in use.", "none", []query{{`rate(process_cpu_seconds_total{$job}[5m])`, "{{instance}}"}}},
		{"Disk", "Free space, the space that must stay free, and what the state takes.", "bytes", []query{
			{`tilsyn_state_disk_free_bytes{$job}`, "free, {{instance}}"},
			{`tilsyn_state_disk_reserve_bytes{$job}`, "reserve, {{instance}}"},
			{`sum by (instance) (tilsyn_state_bytes{$job})`, "state, {{instance}}"}}},
	}},
}
