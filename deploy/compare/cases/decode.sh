# One sequence generates: the speed of reading the weights.
decode_case() {
  take_turns "$(weights "$1")"
  turns_row "decode, batch 1, $1 against $2" 1.0
}
decode_case bf16 BF16
decode_case int8 Q8_0
decode_case int4 Q4_0
