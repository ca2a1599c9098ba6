#!/usr/bin/env bash
# Runs the same weights in llama.cpp and in Glassbox, in turns, and prints ratios.
#   compare.sh [CASE…]    decode prefill clients image regions memory neighbour check; all of them without a name
# Settings come from the environment; README.md lists them.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=lib.sh
source "$here/lib.sh"
# shellcheck source=turns.sh
source "$here/turns.sh"

cases=("$@")
[[ ${#cases[@]} -gt 0 ]] || cases=(check decode prefill clients image regions memory neighbour)
for name in "${cases[@]}"; do
  [[ -f $here/cases/$name.sh ]] || die "no case '$name'; there are: $(cd "$here/cases" && echo *.sh | sed 's/\.sh//g')"
done

print_head
for name in "${cases[@]}"; do
  # shellcheck source=/dev/null
  source "$here/cases/$name.sh"
done
