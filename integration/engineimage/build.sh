#!/usr/bin/env bash
# Builds the image of the program as the Dockerfile says, where its base can be
# had; else only the last stage, around a binary that is built here:
#
#   integration/engineimage/build.sh IMAGE
#
# Needs a Docker engine and, for the second way, Go. The last line says which way
# it was.
set -euo pipefail
image=$1
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export DOCKER_BUILDKIT=0
base=$(sed -n 's/^FROM \(.*\) AS build$/\1/p' Dockerfile)
if docker image inspect "$base" >/dev/null 2>&1 || docker pull -q "$base" >/dev/null 2>&1; then
	docker build -q -t "$image" .
	echo "built as the Dockerfile says, from $base"
	exit
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
integration/engineimage/compile.sh "$work" && integration/engineimage/stage.sh "$work"
docker build -q -t "$image" "$work"
echo "NOT CHECKED: $base cannot be pulled here; the last stage of the Dockerfile was built around a binary made here"
