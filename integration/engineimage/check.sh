#!/usr/bin/env bash
# Runs the image of the program as the Dockerfile says that it is run: as an
# ordinary user, with a read-only root file system and a volume for its data.
#
#   integration/engineimage/check.sh IMAGE
#
# It must print its help, have its bill of materials, run an engine with an embedded broker
# until that is ready and Docker calls it healthy, end cleanly when told to, and find what it left.
set -euo pipefail
image=$1
name=tilsyn-check-$$
trap 'docker rm -f "$name" >/dev/null 2>&1; docker volume rm "$name" >/dev/null 2>&1' EXIT

docker run --rm --read-only "$image" --help | grep '^Usage: tilsyn' >/dev/null
docker create --name "$name" "$image" >/dev/null
docker cp "$name:/tilsyn.cdx.json" - | tar -xO | grep '"bomFormat": "CycloneDX"' >/dev/null
docker rm "$name" >/dev/null
docker create --name "$name" --health-interval 1s --read-only --tmpfs /tmp -v "$name:/data" "$image" \
	run --embedded /data/broker --listen 0.0.0.0:8080 >/dev/null
for start in first second; do
	docker start "$name" >/dev/null
	since=$(docker inspect -f '{{.State.StartedAt}}' "$name")
	for _ in $(seq 60); do
		docker logs --since "$since" "$name" 2>&1 | grep 'every task has recovered' >/dev/null && break
		sleep 0.5
	done
	docker logs --since "$since" "$name" 2>&1 | grep 'every task has recovered' >/dev/null || { docker logs "$name"; exit 1; }
	for _ in $(seq 120); do
		health=$(docker inspect -f '{{.State.Health.Status}}' "$name")
		[ "$health" = starting ] || break
		sleep 0.5
	done
	[ "$health" = healthy ] || { echo "its health is $health"; docker inspect -f '{{json .State.Health}}' "$name"; exit 1; }
	user=$(docker top "$name" -eo pid,uid | awk 'END { print $2 }')
	[ "$user" = 65532 ] || { echo "it runs as user $user"; exit 1; }
	docker stop -t 20 "$name" >/dev/null
	status=$(docker inspect -f '{{.State.ExitCode}}' "$name")
	[ "$status" = 0 ] || { echo "exit status $status at the end of the $start run"; docker logs "$name"; exit 1; }
done
docker logs "$name" 2>&1 | grep -c 'created the topics' | grep -qx 1 || { echo 'the second run did not find what the first left'; exit 1; }
echo "the image runs: help, an engine twice on one volume, healthy, as user 65532, read-only"
