# One sequence generates: the speed of reading the weights.
decode_case() {
  local file
  file=$(weights "$1")
  peer_decode() { peer_bench "$file" 0 64; }
  our_decode() { ours "$file" --own-tokens 8 --decode-tokens 65 | field decode_tokens_per_second; }
  alternate peer_decode our_decode
  row "decode, batch 1, $1 against $2" tokens/s 1.0
}
decode_case bf16 BF16
decode_case int8 Q8_0
decode_case int4 Q4_0
