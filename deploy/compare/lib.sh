# Settings and helpers of compare.sh.

ROUNDS=${ROUNDS:-3}
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

calc() { awk -v "a=${2:-0}" -v "b=${3:-0}" "BEGIN { printf \"%.4f\", $1 }"; }

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
server=
trap '[[ -z $server ]] || kill "$server" 2>/dev/null' EXIT

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

# alternate PEER OURS: calls both in turns ROUNDS times after one that does not count; sets peer, mine and ratio to medians.
# Both print one number, the larger the better.
alternate() {
  local round p m peers=() mines=() ratios=()
  for ((round = 0; round <= ROUNDS; round++)); do
    p=$($1) && m=$($2) || die 'a measurement failed'
    [[ -n $p && -n $m ]] || die "a measurement gave no number ($1: '$p', $2: '$m')"
    ((round == 0)) && continue
    peers+=("$p") mines+=("$m") ratios+=("$(calc 'b / a' "$p" "$m")")
    say "$1 $p, $2 $m"
  done
  peer=$(median "${peers[@]}") mine=$(median "${mines[@]}") ratio=$(median "${ratios[@]}")
}

# row NAME UNIT TARGET: prints the medians that alternate has set.
row() {
  awk -v name="$1" -v unit="$2" -v peer="$peer" -v mine="$mine" -v ratio="$ratio" -v target="$3" \
    'BEGIN { printf "%-58s %10.2f %10.2f %-9s %6.2fx  %s\n", name, peer, mine, unit, ratio, target == "" ? "" : (ratio >= target ? "met, >= " : "NOT met, >= ") target }'
}

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
