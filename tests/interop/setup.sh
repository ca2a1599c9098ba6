#!/usr/bin/env bash
# Installs what the foreign gRPC clients need: grpc-js from npm, grpcio from Debian.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

as_root() { if [[ $(id -u) -eq 0 ]]; then "$@"; else sudo -n "$@"; fi; }

apt_install() { as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null; }

install() { apt_install "$@" 2>/dev/null || { as_root apt-get update -qq >/dev/null && apt_install "$@"; }; }

command -v npm >/dev/null || install nodejs npm
/usr/bin/python3 -c 'import grpc, google.protobuf' 2>/dev/null || install python3 python3-grpcio python3-protobuf
cd grpc-js
[[ -d node_modules/@grpc/grpc-js && node_modules -nt package-lock.json ]] || npm ci --silent --no-audit --no-fund
