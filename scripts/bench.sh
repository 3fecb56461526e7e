#!/usr/bin/env bash
# Measures what docs/performance.md records: training steps of network A on several networks, and kernels of rep3. Prints tables.
# bench.sh [SOTTO] (default build/release/sotto)
set -euo pipefail
cd "$(dirname "$0")/.."
sotto=${1:-build/release/sotto}

row() {
  python3 -c '
import json, sys
r = json.load(sys.stdin)
print("| {} | {:.4f} | {} | {:.3f} | {} | {:.3f} |".format(sys.argv[1], r["median_seconds_per_batch"], r["rounds_per_batch"],
      r["bytes_all_per_batch"] / 1e6, r["predicted_rounds"], r["predicted_bytes"] / 1e6))' "$1"
}
echo "| network A, SGD, batch 128 | s/step (median) | rounds | MB, all | rounds predicted | MB predicted |"
echo "|---|---|---|---|---|---|"
for network in lan wan 100:20; do
  batches=10
  [[ $network == lan ]] && batches=200
  "$sotto" bench training --model a --optimizer sgd --network $network --batches $batches --json 2>/dev/null | row "$network"
done

kernel() {
  "$sotto" bench kernel --protocol rep3 --op "$1" --elements "$2" --json 2>/dev/null | python3 -c '
import json, sys
r = json.load(sys.stdin)
n = int(sys.argv[2])
print("| {} | {:,} | {:.4f} | {} | {:.2f} | {:.1f} |".format(sys.argv[1], n, r["seconds"], r["rounds"], r["bytes_all"] / n,
      r["bytes_all"] / 1e6))' "$1" "$2"
}
echo
echo "| kernel | elements | s | rounds | bytes per element, all | MB, all |"
echo "|---|---|---|---|---|---|"
for op in multiply multiply_relu relu sign compare; do kernel $op 1000000; done
for op in exp reciprocal divide log softmax max argmax; do kernel $op 100000; done
kernel matmul 1000000
