# Resident memory over bytes of weights and of the keys and values of 2,048 tokens.
for format in bf16 int8 int4; do
  share=$(ours "$(weights $format)" --own-tokens 2016 --decode-tokens 32 | field resident_share)
  awk -v name="resident memory over weights and KV, $format" -v share="$share" \
    'BEGIN { printf "%-58s %10s %10.2f %-9s %7s %s\n", name, "", share, "", "", (share <= 1.10 ? "met, <= " : "NOT met, <= ") "1.10" }'
done
