# Eight clients at once: prompts that have nothing in common, and prompts that begin with the same 512 tokens. Prompt and generated tokens per second.
clients=8
generate=32
clients_case() { # NAME SHARED OWN TARGET
  local file shared=$2 own=$3
  file=$(weights int8)
  # Each call shares nothing with the one before.
  peer_clients() {
    local seed=$RANDOM start i pids=() prefix=
    ((shared == 0)) || prefix=$(tokens "$shared" "$seed"),
    start=$(now)
    for ((i = 1; i <= clients; i++)); do
      complete "$prefix$(tokens "$own" $((seed * 100 + i)))" "$generate" >/dev/null &
      pids+=($!)
    done
    wait "${pids[@]}"
    calc "$clients * ($shared + $own + $generate) / (b - a)" "$start" "$(now)"
  }
  our_clients() {
    ours "$file" --requests "$clients" --shared-tokens "$shared" --own-tokens "$own" --decode-tokens "$generate" | field total_tokens_per_second
  }
  server_start "$file" -np "$clients" -c $((clients * 1024))
  alternate peer_clients our_clients
  server_stop
  row "$1" tokens/s "$4"
}
clients_case '8 clients, unrelated prompts of 128, int8 against Q8_0' 0 128 1.0
clients_case '8 clients sharing 512 tokens + 32 each, int8 against Q8_0' 512 32 1.5
