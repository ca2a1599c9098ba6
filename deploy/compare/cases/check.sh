# Both engines read the same numbers: greedy tokens of a small random model in float32, after a text of bytes.
check_file=$WORK/check.gguf
check_prompt='Both engines read the same numbers.'
"$GLASSBOX" export gguf --random llama:hidden=256,layers=4,heads=8,kv=2,ffn=640,vocab=1000 --weights f32 --out "$check_file" >/dev/null
check_ids=$(printf '"%s"\n' "$check_prompt" | "$GLASSBOX" tokenize --tokenizer "$check_file" | sed -n 's/.*"ids_with_special":\[\([0-9,]*\)\].*/\1/p')
check_ours=$("$GLASSBOX" trace --model "$check_file" --raw --prompt "$check_prompt" --max-tokens 24 --out "$WORK/check.safetensors" --json 2>/dev/null \
  | sed -n 's/.*"token_ids":\[\([0-9,]*\)\].*/\1/p')
server_start "$check_file" -c 512 -np 1 -ctk f32 -ctv f32 -fa off
check_peer=$(complete "$check_ids" 24 | sed -n 's/.*"tokens":\[\([0-9,]*\)\].*/\1/p')
server_stop
if [[ -n $check_ours && $check_ours == "$check_peer" ]]; then
  printf '%-58s %s\n' 'greedy tokens of a small model, f32' 'same'
else
  printf '%-58s %s\n' 'greedy tokens of a small model, f32' "DIFFERENT: $check_peer against $check_ours"
fi
