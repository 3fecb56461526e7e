#!/usr/bin/env bash
# run_vertical.sh SOTTO DATA: a regression on a table split by columns, private beside scikit-learn (scripts/vertical.py).
# 77: skipped, for the reason that is said.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
sotto=$1 data=$2
if ! /usr/bin/python3 -c 'import sklearn' 2>/dev/null; then
  echo "skipped: there is no python3-sklearn; scripts/install.sh installs it"
  exit 77
fi
exec "$here/scripts/vertical.py" "$sotto" "$data" --check
