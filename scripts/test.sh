#!/usr/bin/env bash
# All tests: the release build, then the sanitizer builds, which leave out the compiler. The last line is ctest's verdict
# on the release build; any failure anywhere fails the script.
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=${JOBS:-$(nproc)}
scripts/install.sh

build() {
  cmake --preset "$1" >"build/$1.configure.log" 2>&1 || { cat "build/$1.configure.log"; exit 1; }
  cmake --build --preset "$1" --parallel "$jobs"
}

mkdir -p build
build release
mkdir -p build/release/plans
build/release/sotto compile examples/mnist_a.mlir --train sgd --rows 256 --test-rows 128 \
  -o build/release/plans/mnist_a.plan >/dev/null
ctest --preset release --parallel "$jobs" | tee build/release.tests.log
for sanitizer in asan tsan; do
  echo "--- $sanitizer"
  build "$sanitizer"
  ctest --preset "$sanitizer" --parallel "$jobs" --output-log "build/$sanitizer.tests.log" | tail -n 15
done
FUZZ_SECONDS=${FUZZ_SECONDS:-5} scripts/fuzz.sh
echo "--- release"
grep -E '^[0-9]+% tests passed' build/release.tests.log
