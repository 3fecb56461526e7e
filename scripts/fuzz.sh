#!/usr/bin/env bash
# Runs every fuzz target for FUZZ_SECONDS, JOBS of them at a time, starting from the files of tests/corpus/TARGET if there are: those of the runtime from
# the asan build, the model reader's beside the release.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${FUZZ_SECONDS:-20}
jobs=${JOBS:-$(nproc)}

configure() {
  cmake --preset "$1" >"build/$1.configure.log" 2>&1 || { cat "build/$1.configure.log"; exit 1; }
}

# fuzz PRESET TARGET SEEDS...
fuzz() {
  local preset=$1 target=$2 corpus=build/corpus/$2 length=65536
  shift 2
  [[ $preset == release ]] && length=64  # a few edits to a program
  mkdir -p "$corpus"
  echo "$target: $seconds s"
  if ! "build/$preset/$target" -max_total_time="$seconds" -max_len="$length" -rss_limit_mb=4096 -artifact_prefix="$corpus/" \
    "$corpus" "$@" >"build/$target.log" 2>&1; then
    tail -n 40 "build/$target.log"
    exit 1
  fi
}

mkdir -p build
configure asan
mapfile -t targets < <(git ls-files 'src/**_fuzz.cc' ':!src/frontends' ':!src/ir' ':!src/passes' |
  xargs -r -n 1 basename -s .cc)
cmake --build --preset asan --parallel "$jobs" --target "${targets[@]}"
configure release
cmake --build --preset release --parallel "$jobs" --target read_fuzz
running=0 failed=0
for target in "${targets[@]}" read_fuzz; do
  if ((running == jobs)); then
    wait -n || failed=1
    running=$((running - 1))
  fi
  seeds=() preset=asan
  [[ $target == read_fuzz ]] && preset=release
  [[ -d tests/corpus/$target ]] && seeds=("tests/corpus/$target")
  fuzz "$preset" "$target" "${seeds[@]}" &
  running=$((running + 1))
done
for ((; running > 0; running--)); do wait -n || failed=1; done
exit "$failed"
