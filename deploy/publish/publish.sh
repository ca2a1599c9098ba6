#!/usr/bin/env bash
# Makes Glassbox one file of native code: nothing but system libraries is needed where it runs.
#   glassbox publish [--out DIR] [--levels x86-64-v4,x86-64-v3] [--framework net10.0|net9.0]
# The file holds one image for each level of the x86-64 psABI; a small launcher in front runs the best one that the processor has.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$(readlink -f "$here/../..")
# shellcheck source=lib.sh
source "$here/lib.sh"

out=$root/publish
levels=x86-64-v4,x86-64-v3
framework=
while [[ $# -gt 0 ]]; do
  case $1 in
    --out) out=${2:?--out needs a folder}; shift 2 ;;
    --levels) levels=${2:?--levels needs names}; shift 2 ;;
    --framework) framework=${2:?--framework needs a name}; shift 2 ;;
    *) say "found '$1'; allowed: --out DIR, --levels L,…, --framework F"; exit 2 ;;
  esac
done
[[ $(uname -sm) == 'Linux x86_64' ]] || die 'native builds are made on Linux on x86-64, for the same'
find_linker
work=${TMPDIR:-/tmp}/glassbox-publish.$UID
mkdir -p "$work"
find_framework

IFS=, read -ra names <<<"$levels"
for level in "${names[@]}"; do
  [[ $level =~ ^x86-64-v[234]$ ]] || { say "--levels: found '$level'; allowed: x86-64-v2, x86-64-v3, x86-64-v4"; exit 2; }
  say "compiling for $level with $framework: some minutes…"
  native "$root/src/Inference.Cli" "$work/$level" -p:IlcInstructionSet="${level/x86-64/x86-x64}"
done
native "$here/launcher" "$work/launcher"

mkdir -p "$out"
assemble "$out/glassbox" "${names[@]}"
verify "$out/glassbox" "${names[@]}"
say "$out/glassbox: $(($(stat -c %s "$out/glassbox") >> 20)) MiB"
