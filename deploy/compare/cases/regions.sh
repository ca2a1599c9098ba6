# 16 questions about one image of 576 rows, 64 tokens of text and 32 of answer each, against 16 requests to llama-server that share 580 tokens: one after
# the other, where its prompt cache holds the shared part, and eight at a time. Requests per second.
regions=16
answer=32
regions_file=$(weights int8)
our_regions() {
  calc "$regions / a" "$(ours "$regions_file" --requests "$regions" --shared-tokens 4 --image-rows 576 --own-tokens 60 --decode-tokens "$answer" | field seconds)"
}
peer_regions() { # AT_ONCE
  local seed=$RANDOM start i prefix pids=()
  prefix=$(tokens 580 "$seed")
  start=$(now)
  for ((i = 1; i <= regions; i++)); do
    complete "$prefix,$(tokens 60 $((seed * 100 + i)))" "$answer" >/dev/null &
    pids+=($!)
    if ((i % $1 == 0)); then
      wait "${pids[@]}"
      pids=()
    fi
  done
  calc "$regions / (b - a)" "$start" "$(now)"
}
peer_in_turn() { peer_regions 1; }
peer_at_once() { peer_regions 8; }
server_start "$regions_file" -np 1 -c 2048
alternate peer_in_turn our_regions
server_stop
row '16 regions of an image against 16 requests in turn' requests/s 2.0
server_start "$regions_file" -np 8 -c 8192
alternate peer_at_once our_regions
server_stop
row '16 regions of an image against 16 requests, 8 at once' requests/s 2.0
