# Another program keeps one core busy: what is left of the idle speed.
neighbour_file=$(weights int8)
with_neighbour() {
  taskset -c 0 sh -c 'while :; do :; done' &
  local busy=$! value
  value=$("$@")
  kill "$busy"
  wait "$busy" 2>/dev/null || true
  echo "$value"
}
peer_decode() { peer_bench "$neighbour_file" 0 32; }
our_decode() { ours "$neighbour_file" --own-tokens 8 --decode-tokens 33 | field decode_tokens_per_second; }
peer_prefill() { peer_bench "$neighbour_file" 512 0; }
our_prefill() { ours "$neighbour_file" --own-tokens 512 --decode-tokens 2 | field prefill_tokens_per_second; }
for kind in decode prefill; do
  peer_share() { calc 'b / a' "$(peer_$kind)" "$(with_neighbour peer_$kind)"; }
  our_share() { calc 'b / a' "$(our_$kind)" "$(with_neighbour our_$kind)"; }
  alternate peer_share our_share
  awk -v name="share of idle speed beside a busy core, $kind, int8" -v peer="$peer" -v mine="$mine" \
    'BEGIN { printf "%-58s %10.2f %10.2f %-9s %7s %s", name, peer, mine, "", "", (mine >= 0.45 ? "met, >= " : "NOT met, >= ") "0.45" }'
  note_disturbance
done
