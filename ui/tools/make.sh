#!/bin/sh
# Builds the interface, or checks it: types, tests, that ui/dist is what the
# sources give, and the weight of the first screen. Needs Node.js 20.19 or newer;
# a check on a machine without it is skipped with a reason.
# Usage: make.sh build|check
set -eu
cd "$(dirname "$0")/.."

without() { # what to do without Node.js; $1 is the reason
  [ "$1" = "" ] && return 0
  [ "$what" = check ] && { echo "SKIP ui: $1"; exit 0; }
  echo "building the interface: $1" >&2
  exit 1
}

install() {
  node tools/installed.mjs . && return 0
  npm ci --no-audit --no-fund || { npm ping >/dev/null 2>&1 && exit 1; without "no registry of packages can be reached"; }
}

what=${1:?build or check}
without "$(sh tools/node.sh)"
install
case $what in
build)
  npx tsc --noEmit
  npx vite build
  node tools/budget.mjs dist
  ;;
check)
  npx tsc --noEmit
  npm test --silent
  built=$(mktemp -d)
  trap 'rm -rf "$built"' EXIT
  npx vite build --logLevel warn --outDir "$built" --emptyOutDir
  diff -rq "$built" dist || { echo "ui/dist is not what the sources give: run make ui and commit it" >&2; exit 1; }
  node tools/budget.mjs dist
  ;;
*)
  echo "make.sh build|check" >&2
  exit 2
  ;;
esac
