# One prompt is read.
prefill_case() { # OURS PEER TOKENS TARGET
  local our_file peer_file length=$3
  our_file=$(weights "$1")
  peer_file=$(weights "$2")
  peer_prefill() { peer_bench "$peer_file" "$length" 0; }
  our_prefill() { ours "$our_file" --own-tokens "$length" --decode-tokens 2 | field prefill_tokens_per_second; }
  alternate peer_prefill our_prefill
  row "prefill $3, $1 against $2" tokens/s "$4"
}
for length in 512 2048; do
  target=$([[ $length == 512 ]] && echo 0.8 || true)
  prefill_case bf16 f16 "$length" "$target"
  prefill_case bf16 bf16 "$length" ''
  target=$([[ $length == 512 ]] && echo 1.0 || true)
  prefill_case int8 int8 "$length" "$target"
done
