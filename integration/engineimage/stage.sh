#!/usr/bin/env bash
# Makes a directory in which compile.sh has built the program into one that the last stage of the Dockerfile can be
# built from, without the first:
#
#   integration/engineimage/stage.sh WORK
set -euo pipefail
work=$1
mkdir -p "$work/etc/ssl/certs" "$work/out"
cp -L /etc/ssl/certs/ca-certificates.crt "$work/etc/ssl/certs/"
for made in tilsyn tilsyn.cdx.json data tmp; do
	mv "$work/$made" "$work/out/$made"
done
sed -n '/^FROM scratch$/,$p' "$(dirname "${BASH_SOURCE[0]}")/../../Dockerfile" | sed 's| --from=build||' >"$work/Dockerfile"
