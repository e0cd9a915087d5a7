#!/bin/sh
# What the first stage of the Dockerfile leaves, in a directory:
#
#   integration/engineimage/compile.sh OUT
#
#   tilsyn            the program, static: of the same sources and Go the same bytes, wherever it is built
#   tilsyn.cdx.json   what is in it (CycloneDX): every module with version and hash, and the program's own hash
#   data, tmp         directories of the image
#
# Needs Go and the Go module proxy. CYCLONEDX_GOMOD names the tool that makes the bill of materials, where it is
# built already.
set -eu
out=$1
cd "$(dirname "$0")/../.."
export CGO_ENABLED=0 GOFLAGS=
mkdir -p "$out/data" "$out/tmp"
chmod 1777 "$out/tmp"
go build -trimpath -buildvcs=false -ldflags='-s -w' -o "$out/tilsyn" .
version=$("$out/tilsyn" version | sed 's/^tilsyn \([^ ,]*\).*/\1/')
set -- bin -json -noserial -notimestamp -version "$version" -output "$out/tilsyn.cdx.json" "$out/tilsyn"
if [ -n "${CYCLONEDX_GOMOD:-}" ]; then
	"$CYCLONEDX_GOMOD" "$@"
else
	go run -trimpath github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0 "$@"
fi
