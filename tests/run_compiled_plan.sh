#!/usr/bin/env bash
# run_compiled_plan.sh SOTTO PLAN: two training steps of the plan among three processes; the rounds and bytes that were measured
# must be those predicted (the executor itself refuses any others, operation by operation).
set -euo pipefail
sotto=$1 plan=$2
if [[ ! -f $plan ]]; then
  echo "skipped: there is no $plan; scripts/test.sh makes it with the release build's compiler"
  exit 77
fi
"$sotto" bench training --plan "$plan" --batches 2 --json | tee /dev/stderr | python3 -c '
import json, sys
report = json.load(sys.stdin)
assert report["rounds_per_batch"] == report["predicted_rounds"] <= 45, report
assert report["bytes_all_per_batch"] == report["predicted_bytes"] <= 9_000_000, report
'
