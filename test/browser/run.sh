#!/bin/sh
# Runs what drives a real browser: test [FILE…], screenshots, serve, or measure URL.
# $RASTRO is the program (default bin/rastro). Skips with a reason where there is
# no Node.js or no Chromium.
set -eu
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
RASTRO=${RASTRO:-$root/bin/rastro}
CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || true)}
export RASTRO CHROMIUM

skip() {
  echo "SKIP browser: $1"
  exit 0
}

reason=$(sh "$root/ui/tools/node.sh")
[ -z "$reason" ] || skip "$reason"
[ -n "$CHROMIUM" ] || skip "no Chromium on this machine (apt-get install chromium)"
if ! node "$root/ui/tools/installed.mjs" .; then
  npm ci --no-audit --no-fund || { npm ping >/dev/null 2>&1 && exit 1; skip "no registry of packages can be reached"; }
fi

if [ "${1:-test}" != measure ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' INT TERM
  (cd "$root" && go run ./test/corpora/unpack "$work/corpora")
  export WORK="$work"
fi
node main.mjs "$@"
