#!/usr/bin/env bash
# Builds InfluxDB 2 from its Go module, once, into a cache folder outside the repository, and prints the binary's path.
# Needs Go and Rust (about 5 minutes on 2 cores from empty caches). The web UI is not in the binary; the API is complete.
set -euo pipefail
version=v2.7.12
cache=${XDG_CACHE_HOME:-$HOME/.cache}/stethos/influxd-$version
binary=$cache/influxd
if [ -x "$binary" ]; then echo "$binary"; exit 0; fi
for tool in go cargo; do
  command -v "$tool" >/dev/null || { echo "build-influxd: $tool is missing; install Go and Rust, or set INFLUXD to an influxd 2.7 binary" >&2; exit 1; }
done
mkdir -p "$cache"
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"
cat > go.mod <<'MOD'
module influxd-build
go 1.22
MOD
cat > tools.go <<'GO'
//go:build tools
package tools
import _ "github.com/influxdata/influxdb/v2/cmd/influxd"
GO
# The crates inside deny warnings, which newer compilers add to: cap them.
printf '#!/bin/sh\nexec "$@" --cap-lints warn\n' > rustc-wrapper
chmod +x rustc-wrapper
export GOFLAGS=-mod=mod RUSTUP_TOOLCHAIN=stable RUSTC_WRAPPER="$work/rustc-wrapper"
go get "github.com/influxdata/influxdb/v2@$version" >&2
# This shim compiles the Flux engine with cargo when Go asks for it through pkg-config.
go build -o pkg-config github.com/influxdata/pkg-config >&2
PKG_CONFIG="$work/pkg-config" go build -tags sqlite_foreign_keys,sqlite_json -ldflags '-s -w' \
  -o "$binary.new" github.com/influxdata/influxdb/v2/cmd/influxd >&2
mv "$binary.new" "$binary"
echo "$binary"
