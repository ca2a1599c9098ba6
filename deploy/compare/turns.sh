# Decode of both engines in short turns: while one generates the other stands still (SIGSTOP), so that what else the machine does meanwhile meets both alike.

TURNS=${TURNS:-24}
TURN_TOKENS=${TURN_TOKENS:-16}

# await FILE PATTERN: reads lines of an open file until one matches.
await() {
  local line
  while IFS= read -r line <&"$1"; do
    [[ $line == *$2* ]] && return
  done
  die "a benchmark ended before '$2'"
}

# go_on GROUP FILE PATTERN: lets a benchmark run until it writes a line that matches, or without a pattern to its end.
go_on() {
  kill -CONT -- "-$1"
  if [[ -n $3 ]]; then
    await "$2" "$3"
    kill -STOP -- "-$1"
  else
    wait "$1" || die 'a benchmark failed'
  fi
}

# numbers FILE NAME: the array of that name in one-line JSON, one number a line, without the first.
numbers() { sed -n "s/.*\"$2\": *\[\([^]]*\)\].*/\1/p" "$1" | tr ',' '\n' | tail -n +2; }

# take_turns FILE: sets peers and mines to the tokens a second of each turn. Each engine loads alone, and its first round does not count.
# llama-bench says that a round begins when its clock runs already, so what it stood still is taken from that round; ours says so before the prompt, of which no
# part counts.
take_turns() {
  local rounds=$((TURNS + 1)) turn stopped=0 stops=() samples
  mkfifo "$WORK/peer.fifo" "$WORK/mine.fifo"
  setsid "$LLAMA_BENCH" -m "$1" -t "$THREADS" -p 0 -n "$TURN_TOKENS" -r "$rounds" -o jsonl --progress >"$WORK/peer.json" 2>"$WORK/peer.fifo" &
  peer_group=$!
  exec 7<"$WORK/peer.fifo"
  await 7 'generation run 2/'
  kill -STOP -- "-$peer_group"
  stopped=$(now)
  setsid "$GLASSBOX" bench workload --model "$1" --threads "$THREADS" --own-tokens 8 --decode-tokens $((TURN_TOKENS + 1)) --rounds "$rounds" --json \
    >"$WORK/mine.json" 2>"$WORK/mine.fifo" &
  mine_group=$!
  exec 8<"$WORK/mine.fifo"
  await 8 'round 2 of'
  kill -STOP -- "-$mine_group"
  for ((turn = 2; turn <= rounds; turn++)); do
    stops+=("$(calc 'b - a' "$stopped" "$(now)")")
    go_on "$peer_group" 7 "$( ((turn == rounds)) || echo "generation run $((turn + 1))/")"
    stopped=$(now)
    go_on "$mine_group" 8 "$( ((turn == rounds)) || echo "round $((turn + 1)) of")"
  done
  exec 7<&- 8<&-
  rm "$WORK/peer.fifo" "$WORK/mine.fifo"
  peer_group= mine_group=
  mapfile -t samples < <(numbers "$WORK/peer.json" samples_ns)
  mapfile -t mines < <(numbers "$WORK/mine.json" decode_rounds)
  [[ ${#samples[@]} == "$TURNS" && ${#mines[@]} == "$TURNS" ]] || die "$TURNS turns were expected, found ${#samples[@]} and ${#mines[@]}"
  peers=()
  for turn in "${!samples[@]}"; do
    peers+=("$(calc "$TURN_TOKENS / (a / 1e9 - b)" "${samples[turn]}" "${stops[turn]}")")
  done
}

# quartiles NUMBER…
quartiles() { printf '%s\n' "$@" | sort -g | awk '{ v[NR] = $1 } END { printf "%.2f to %.2f", v[int((NR + 3) / 4)], v[int((3 * NR + 3) / 4)] }'; }

# turns_row NAME TARGET: what take_turns has found, as a row of medians; the ratio is that of adjacent turns.
turns_row() {
  local ratios=() turn
  for turn in "${!peers[@]}"; do
    ratios+=("$(calc 'b / a' "${peers[turn]}" "${mines[turn]}")")
  done
  peer=$(median "${peers[@]}") mine=$(median "${mines[@]}") ratio=$(median "${ratios[@]}") disturbed=0
  row "$1" tokens/s "$2"
  printf '%-58s %s\n' '' "$TURNS pairs of turns; half of their ratios: $(quartiles "${ratios[@]}")"
}
