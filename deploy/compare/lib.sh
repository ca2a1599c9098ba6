# Settings and helpers of compare.sh.

ROUNDS=${ROUNDS:-3}
QUIET=${QUIET:-0.05}
WARM_UP=${WARM_UP:-1}
ATTEMPTS=${ATTEMPTS:-$((3 * ROUNDS))}
THREADS=${THREADS:-2}
SHAPE=${SHAPE:-llama:hidden=2048,layers=22,heads=32,kv=4,ffn=5632,vocab=32000}
PRUNE=${PRUNE:-5:.5,11:.25,16:.125}
WORK=${WORK:-${TMPDIR:-/tmp}/glassbox-compare}
PORT=${PORT:-18080}
GLASSBOX=${GLASSBOX:-$here/../../glassbox}
LLAMA_BENCH=${LLAMA_BENCH:-$(command -v llama-bench || true)}
LLAMA_SERVER=${LLAMA_SERVER:-$(command -v llama-server || true)}
mkdir -p "$WORK"

die() { printf 'compare: %s\n' "$*" >&2; exit 1; }
say() { printf 'compare: %s\n' "$*" >&2; }
[[ -x $LLAMA_BENCH ]] || die 'llama-bench is not on PATH; set LLAMA_BENCH (README.md says how to build it)'
[[ -x $LLAMA_SERVER ]] || die 'llama-server is not on PATH; set LLAMA_SERVER (README.md says how to build it)'

# What a vocabulary of random weights holds, for prompts that both sides can take.
vocabulary=$(sed -n 's/.*vocab=\([0-9]*\).*/\1/p' <<<"$SHAPE")

# field NAME: a number out of one-line JSON on standard input.
field() { sed -n "s/.*\"$1\": *\([-0-9.eE+]*\).*/\1/p" | head -1; }

calc() { awk -v "a=${2:-0}" -v "b=${3:-0}" "BEGIN { printf \"%.4f\", ($1) }"; }

# median NUMBER…
median() {
  printf '%s\n' "$@" | sort -g | awk '{ v[NR] = $1 } END { printf "%.4f", (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}

# weights FORMAT: the file of random weights in that format, written once.
weights() {
  local key file
  key=$(cksum <<<"$SHAPE" | cut -d' ' -f1)
  file=$WORK/$key-$1.gguf
  if [[ ! -f $file ]]; then
    say "writing $file"
    "$GLASSBOX" export gguf --random "$SHAPE" --weights "$1" --out "$file" >&2
  fi
  echo "$file"
}

# ours FILE OPTION…: one workload, one line of JSON.
ours() { "$GLASSBOX" bench workload --model "$1" --threads "$THREADS" --json "${@:2}" 2>/dev/null; }

# peer_bench FILE PROMPT GENERATE: tokens per second of llama-bench, which reads the prompt or generates.
peer_bench() { "$LLAMA_BENCH" -m "$1" -t "$THREADS" -p "$2" -n "$3" -r 1 -o jsonl 2>/dev/null | field avg_ts; }

now() { date +%s.%N; }

# server_start FILE OPTION…: llama-server with two threads until server_stop.
server_start() {
  "$LLAMA_SERVER" -m "$1" -t "$THREADS" -tb "$THREADS" --host 127.0.0.1 --port "$PORT" "${@:2}" >"$WORK/server.log" 2>&1 &
  server=$!
  local i
  for ((i = 0; i < 600; i++)); do
    curl -sf "http://127.0.0.1:$PORT/health" >/dev/null && return
    kill -0 "$server" 2>/dev/null || die "llama-server ended; see $WORK/server.log"
    sleep 0.1
  done
  die "llama-server is not ready after a minute; see $WORK/server.log"
}

server_stop() {
  kill "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  server=
}
server= peer_group= mine_group=
# Whatever still runs or stands still ends with the script.
end() {
  local group
  [[ -z $server ]] || kill "$server" 2>/dev/null
  for group in $peer_group $mine_group; do
    kill -KILL -- "-$group" 2>/dev/null
  done
  rm -f "$WORK/peer.fifo" "$WORK/mine.fifo"
}
trap end EXIT

# tokens COUNT SEED: random token ids, none of them special, comma between them.
tokens() {
  awk -v n="$1" -v seed="$2" -v vocabulary="$vocabulary" \
    'BEGIN { srand(seed); for (i = 0; i < n; i++) printf "%s%d", i ? "," : "", 200 + int(rand() * (vocabulary - 200)) }'
}

# complete IDS GENERATE: one greedy completion of llama-server; its JSON.
complete() {
  curl -sf "http://127.0.0.1:$PORT/completion" -d \
    "{\"prompt\":[$1],\"n_predict\":$2,\"temperature\":0,\"ignore_eos\":true,\"return_tokens\":true,\"cache_prompt\":true}" \
    || die "llama-server refused a request; see $WORK/server.log"
}

# busy: processor ticks of the whole machine that were not idle, and of what this script has started.
busy() {
  local all own=0 pid fields
  all=$(awk '/^cpu / { print $2 + $3 + $4 + $7 + $8 + $9 }' /proc/stat)
  for pid in $$ $server; do
    fields=$(<"/proc/$pid/stat")
    # shellcheck disable=SC2086 # words: from the state on, user and system time of a process and of children it waited for are 12 to 15
    set -- ${fields##*) }
    own=$((own + ${12} + ${13} + ${14} + ${15}))
  done
  echo "$all $own"
}

# measure FUNCTION: sets value to what it prints and others to the share of the machine that other programs took meanwhile. What it calls
# sees its variables: their names are its own.
measure() {
  local measure_all measure_own measure_start measure_end all_after own_after
  read -r measure_all measure_own < <(busy)
  measure_start=$(now)
  value=$($1) || die "a measurement failed: $1"
  [[ -n $value ]] || die "a measurement gave no number: $1"
  measure_end=$(now)
  read -r all_after own_after < <(busy)
  others=$(awk -v a="$((all_after - measure_all - own_after + measure_own))" -v s="$measure_start" -v e="$measure_end" \
    -v hz="$(getconf CLK_TCK)" -v n="$(nproc)" 'BEGIN { printf "%.3f", a < 0 ? 0 : a / hz / n / (e - s) }')
}

# alternate PEER OURS: calls both in turns ROUNDS times, after WARM_UP times that do not count; sets peer, mine and ratio to medians.
# Both print one number, the larger the better. A round in which other programs took more than QUIET of the machine is run again, up to
# ATTEMPTS rounds in all; disturbed counts those that had to be used all the same.
alternate() {
  local turn=$((-WARM_UP)) kept=0 p m quiet peers=() mines=() ratios=()
  disturbed=0
  while ((kept < ROUNDS)); do
    measure "$1" && p=$value quiet=$others
    measure "$2" && m=$value
    ((turn++ < 0)) && continue
    quiet=$(calc 'a > b ? a : b' "$quiet" "$others")
    say "$1 $p, $2 $m, others took $quiet"
    if [[ $(calc 'a > b' "$quiet" "$QUIET") == 1* ]]; then
      ((turn + ROUNDS - kept <= ATTEMPTS)) && continue
      disturbed=$((disturbed + 1))
    fi
    kept=$((kept + 1)) peers+=("$p") mines+=("$m") ratios+=("$(calc 'b / a' "$p" "$m")")
  done
  peer=$(median "${peers[@]}") mine=$(median "${mines[@]}") ratio=$(median "${ratios[@]}")
}

# row NAME UNIT TARGET: prints the medians that alternate has set.
row() {
  awk -v name="$1" -v unit="$2" -v peer="$peer" -v mine="$mine" -v ratio="$ratio" -v target="$3" \
    'BEGIN { printf "%-58s %10.2f %10.2f %-9s %6.2fx  %s", name, peer, mine, unit, ratio, target == "" ? "" : (ratio >= target ? "met, >= " : "NOT met, >= ") target }'
  note_disturbance
}

# note_disturbance: ends a row, and says how many of its rounds were not quiet.
note_disturbance() { printf '%s\n' "$( ((disturbed == 0)) || echo "  ($disturbed of $ROUNDS rounds beside other programs)")"; }

print_head() {
  local file
  file=$(weights bf16)
  server_start "$file" -c 512 -v
  printf 'cpu        %s\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg)"
  printf 'llama.cpp  %s\n' "$(grep -m1 -o 'CPU : .*' "$WORK/server.log" || echo 'features not printed')"
  server_stop
  printf 'glassbox   %s\n' "$("$GLASSBOX" info --threads "$THREADS" 2>/dev/null | sed -n 's/^backend *//p')"
  printf 'weights    random, %s\n' "$SHAPE"
  printf 'medians of %s rounds in turns, %s threads each; the ratio is Glassbox over llama.cpp\n\n' "$ROUNDS" "$THREADS"
  printf '%-58s %10s %10s\n' '' llama.cpp glassbox
}
