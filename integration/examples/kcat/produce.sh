#!/usr/bin/env bash
# Sends facts with kcat, one JSON object a line on standard input: {"topic": "card-events", "value": {...}}
#
#   produce.sh HOST:PORT PREFIX SCHEMAS EPOCH < ../facts.jsonl
#
# PYTHON names a Python with fastavro (default python3). kcat cannot set a record's time: it is fit for topics with the
# brokers' time, as in production, and not for a backfill (contract 2).
set -euo pipefail
brokers=$1 prefix=$2 schemas=$3 epoch=$4
here=$(dirname "${BASH_SOURCE[0]}")
facts=$(cat)
# Values are binary, so the delimiters must be something that no value holds: chance.
delimiter=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
# Heartbeats last: each promises that everything before it was produced.
for topic in $(sed -n 's/^{"topic": *"\([a-z-]*\)".*/\1/p' <<<"$facts" | grep -v '^heartbeats$' | sort -u) heartbeats; do
	"${PYTHON:-python3}" "$here/encode.py" "$schemas" "$topic" "$epoch" "K$delimiter" "D$delimiter" <<<"$facts" |
		kcat -P -b "$brokers" -t "$prefix$topic" -K "K$delimiter" -D "D$delimiter" -E \
			-X partitioner=murmur2_random -X acks=all -X enable.idempotence=true
done
