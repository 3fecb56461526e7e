#!/usr/bin/env bash
# clang-tidy on the sources that differ from the main branch (or from the last commit, on the main branch).
set -euo pipefail
cd "$(dirname "$0")/.."
base=${1:-main}
if [[ $(git rev-parse HEAD) == $(git rev-parse "$base" 2>/dev/null) ]]; then
  base=HEAD~1
fi
mapfile -t changed < <({ git diff --name-only --diff-filter=d "$base"; git ls-files --others --exclude-standard; } |
  grep -E '\.cc$' | sort -u)
if [[ ${#changed[@]} -eq 0 ]]; then
  echo "nothing has changed"
  exit 0
fi
clang-tidy-19 --quiet -p build/release "${changed[@]}"
