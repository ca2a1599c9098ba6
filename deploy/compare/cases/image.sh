# 576 rows of an image and 64 tokens of text; llama.cpp reads 640 tokens of text.
image_case() { # NAME TARGET OPTION…
  local file target=$2 options=("${@:3}")
  file=$(weights int8)
  peer_prompt() { peer_bench "$file" 640 0; }
  our_image() { ours "$file" --shared-tokens 4 --image-rows 576 --own-tokens 60 --decode-tokens 2 "${options[@]}" | field prefill_tokens_per_second; }
  alternate peer_prompt our_image
  row "$1" tokens/s "$target"
}
image_case 'image prompt, not pruned, int8 against Q8_0' ''
image_case "image prompt, pruned $PRUNE, int8 against Q8_0" 1.5 --prune "$PRUNE"
