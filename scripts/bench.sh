#!/usr/bin/env bash
# Measures what docs/performance.md records: training steps of networks A to D on LAN and WAN, and kernels of rep3. Prints tables.
# bench.sh [SOTTO] (default build/release/sotto)
set -euo pipefail
cd "$(dirname "$0")/.."
sotto=${1:-build/release/sotto}

row() {
  python3 -c '
import json, sys
r = json.load(sys.stdin)
assert r["rounds_per_batch"] == r["predicted_rounds"] and r["bytes_all_per_batch"] == r["predicted_bytes"], r
print("| {} | {} | {} | {:.4f} | {} | {:.3f} |".format(*sys.argv[1:], r["median_seconds_per_batch"], r["rounds_per_batch"],
      r["bytes_all_per_batch"] / 1e6))' "$@"
}
# SOTTO_BENCH_ROWS="a:sgd d:adam" and SOTTO_BENCH_NETWORKS="lan" measure a part of the table.
rows=${SOTTO_BENCH_ROWS:-a:sgd a:adam a:amsgrad b:sgd b:adam b:amsgrad c:sgd c:adam c:amsgrad d:sgd d:adam d:amsgrad}
networks=${SOTTO_BENCH_NETWORKS:-lan wan}
echo "One step at batch 128; rounds and bytes are as predicted, or this stops."
echo
echo "| network | optimizer | link | s/step (median) | rounds | MB, all |"
echo "|---|---|---|---|---|---|"
for pair in $rows; do
  for network in $networks; do
    batches=5
    if [[ $network == lan ]]; then
      case $pair in
        a:sgd) batches=200 ;;
        a:* | d:*) batches=50 ;;
        *) batches=12 ;;
      esac
    fi
    "$sotto" bench training --model "${pair%%:*}" --optimizer "${pair##*:}" --network "$network" --batches $batches --json \
      2>/dev/null | row "${pair%%:*}" "${pair##*:}" "$network"
  done
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
