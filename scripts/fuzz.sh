#!/usr/bin/env bash
# Runs every fuzz target of the asan build for FUZZ_SECONDS, starting from the files of tests/corpus/TARGET if there are.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${FUZZ_SECONDS:-20}

mkdir -p build
cmake --preset asan >build/asan.configure.log 2>&1 || { cat build/asan.configure.log; exit 1; }
mapfile -t targets < <(git ls-files 'src/**_fuzz.cc' ':!src/frontends' ':!src/ir' ':!src/passes' |
  xargs -r -n 1 basename -s .cc)
cmake --build --preset asan --parallel "${JOBS:-$(nproc)}" --target "${targets[@]}"
for target in "${targets[@]}"; do
  corpus=build/corpus/$target
  mkdir -p "$corpus"
  seeds=()
  [[ -d tests/corpus/$target ]] && seeds=("tests/corpus/$target")
  echo "$target: $seconds s"
  if ! "build/asan/$target" -max_total_time="$seconds" -max_len=65536 -rss_limit_mb=4096 -artifact_prefix="$corpus/" \
    "$corpus" "${seeds[@]}" >"build/$target.log" 2>&1; then
    tail -n 40 "build/$target.log"
    exit 1
  fi
done
