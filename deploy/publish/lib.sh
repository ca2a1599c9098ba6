# Steps of publish.sh.

dotnet=${GLASSBOX_DOTNET:-dotnet}
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en

say() { printf 'glassbox publish: %s\n' "$*" >&2; }
die() { say "$@"; exit 1; }

find_linker() {
  linker=$(command -v clang || command -v gcc || true)
  local missing=()
  [[ -n $linker ]] || missing+=(clang)
  command -v ld >/dev/null && command -v objcopy >/dev/null || missing+=(binutils)
  compgen -G '/usr/include/zlib.h' >/dev/null || missing+=(zlib1g-dev)
  [[ ${#missing[@]} -eq 0 ]] || die "a linker is missing; install it with: sudo apt-get install -y ${missing[*]}"
  linker=${linker##*/}
}

# Own folders for everything that is written: a native build disturbs neither the usual one nor its lock files.
settings() {
  printf '%s\n' -nologo -v q --tl:off -nodeReuse:false -p:UseSharedCompilation=false --artifacts-path "$work/$framework" \
    -r linux-x64 -p:GlassboxFramework="$framework" \
    -p:PublishAot=true -p:CppCompilerAndLinker="$linker" -p:UseSizeOptimizedLinq=true
}

# The newest framework whose native compiler the package feed has.
find_framework() {
  local candidates=("${framework:-net10.0}") log arguments
  [[ -n $framework ]] || candidates+=(net9.0)
  for framework in "${candidates[@]}"; do
    mapfile -t arguments < <(settings)
    log=$("$dotnet" restore "$root/src/Inference.Cli" "${arguments[@]}" 2>&1) && return
    say "$framework: $(grep -om1 -e 'NU[0-9]*: .*' <<<"$log" || tail -n 1 <<<"$log")"
  done
  die 'no native compiler is on the package feed'
}

# native PROJECT OUT [PROPERTY…]: whole-program warnings of our own code are errors. The one of a package (IL2104) is Google.Protobuf's writer
# of JSON, which nothing here calls.
native() {
  local project=$1 target=$2 arguments log; shift 2
  mapfile -t arguments < <(settings)
  rm -rf "$target" "$work/$framework/obj/$(basename "$(compgen -G "$project/*.csproj")" .csproj)/release_linux-x64/native"
  log=$("$dotnet" publish "$project" -c Release -o "$target" "${arguments[@]}" -p:NoWarn=IL2104%3BCS1591 -p:DebugType=none -p:GenerateDocumentationFile=false "$@" 2>&1) \
    || { printf '%s\n' "$log" >&2; die 'the native build failed'; }
}

# assemble FILE LEVEL…: the launcher, the images on page borders, the table that the launcher reads.
assemble() {
  local file=$1 level table='glassbox-images-1'; shift
  cp "$work/launcher/glassbox-launcher" "$file.new"
  for level in "$@"; do
    truncate -s %4096 "$file.new"
    table+=$'\n'"$level $(stat -c %s "$file.new") $(stat -c %s "$work/$level/glassbox")"
    cat "$work/$level/glassbox" >>"$file.new"
  done
  printf '%-512s' "$table" >>"$file.new"
  chmod +x "$file.new"
  mv "$file.new" "$file"
}

# verify FILE LEVEL…: every image that runs here says what it uses and answers as the usual build does.
verify() {
  local file=$1 level answer expected picture description; shift
  picture=$(find "$root/weights/demo/scenes/images" -type f | sort | head -n 1)
  local question=(generate --image "$picture" --prompt 'Describe the image.' --max-tokens 32 --json)
  expected=$(GLASSBOX_HOME=$root "$dotnet" "$root/src/Inference.Cli/bin/Release/net10.0/glassbox.dll" "${question[@]}" | tokens)
  [[ -n $expected ]] || die 'the usual build gives no answer to compare with'
  for level in "$@"; do
    if ! description=$(GLASSBOX_HOME=$root GLASSBOX_INSTRUCTION_SET=$level "$file" info --json 2>&1); then
      [[ $description == *'this processor does not have'* ]] || die "$level: $description"
      say "$level: not run, this processor does not have it"
      continue
    fi
    description=$(grep -o '"backend":"[^"]*"' <<<"$description")
    answer=$(GLASSBOX_HOME=$root GLASSBOX_INSTRUCTION_SET=$level "$file" "${question[@]}" | tokens)
    [[ $answer == "$expected" ]] || die "$level: tokens $answer found, the usual build gives $expected"
    say "$level: $description, same answer as the usual build"
  done
}

tokens() { grep -o '"token_ids":\[[^]]*\]'; }
