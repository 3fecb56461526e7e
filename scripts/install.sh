#!/usr/bin/env bash
# Installs the packages of scripts/packages.txt that are missing. Needs root or sudo only when something is.
set -euo pipefail
cd "$(dirname "$0")/.."

mapfile -t wanted < <(grep -vE '^\s*(#|$)' scripts/packages.txt)
# A package that another one provides is there: NodeSource's nodejs brings npm, and refuses Debian's beside it.
present=$(dpkg-query -W -f='${db:Status-Status} ${Package}, ${Provides}\n' 2>/dev/null |
  sed -n 's/^installed //p' | tr ',' '\n' | awk 'NF { print $1 }' || true)
missing=()
for package in "${wanted[@]}"; do
  grep -qxF "$package" <<<"$present" || missing+=("$package")
done
if [[ ${#missing[@]} -eq 0 ]]; then
  exit 0
fi

echo "Installing: ${missing[*]}"
if ! command -v apt-get >/dev/null; then
  echo "error: this is not Debian; install what corresponds to: ${missing[*]}" >&2
  exit 10
fi
as_root=()
if [[ $(id -u) -ne 0 ]]; then
  if ! command -v sudo >/dev/null; then
    echo "error: packages are missing and this is neither root nor is there sudo." >&2
    echo "  hint: as root, run: apt-get install ${missing[*]}" >&2
    exit 10
  fi
  as_root=(sudo)
fi
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
