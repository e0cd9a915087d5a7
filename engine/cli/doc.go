// Package cli is the command line of tilsyn (contract §4): flags, environment,
// configuration file, messages and exit statuses. It wires the other packages
// together and decides nothing about data.
//
// Flags win over the environment (TILSYN_ and the flag in capitals, dashes as
// underscores), the environment over the file of --config, that over defaults.
//
// Exit statuses: 0 success; 1 it ran and found a difference or failed; 2 wrong
// usage or unreadable input; 3 gave up waiting for a broker.
//
// Results go to standard output, everything else to standard error. Progress
// bars appear on a terminal only. Person, card and payload never appear in a
// message or a log line.
//
// One file per command; cli.go is the frame, commands.go the list of commands, config.go the configuration file,
// exit.go errors and statuses, log.go the one logger, progress.go the bars,
// kafka.go what all commands that talk to Kafka share, kafkalogin.go how they log in.
package cli
