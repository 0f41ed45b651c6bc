#!/bin/sh
# Fuzzes every fuzz target of the module, one after the other, for the time
# given (default 10s); the parsers, which read what strangers write, for the
# second one (default 30s). A target that finds an input leaves it in
# testdata/fuzz.
set -eu
cd "$(dirname "$0")/.."
fuzztime=${1:-10s}
parsertime=${2:-30s}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
count=0
for dir in $(grep -rl --include='*_test.go' '^func Fuzz' cmd internal test | xargs -n1 dirname | sort -u); do
  case $dir in
  internal/parse/*) time=$parsertime ;;
  *) time=$fuzztime ;;
  esac
  for target in $(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$dir"/*_test.go); do
    echo "fuzz $dir $target"
    if ! go test "./$dir" -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 5x >"$log" 2>&1; then
      # The fuzzer reports its own end as a failure when it comes at a bad
      # moment; a find is always written to a file.
      if grep -q 'Failing input written' "$log" || ! grep -q 'context deadline exceeded' "$log"; then
        cat "$log"
        exit 1
      fi
    fi
    tail -n 1 "$log"
    count=$((count + 1))
  done
done
echo "fuzzed $count targets for $fuzztime each, parsers for $parsertime"
[ "$count" -gt 0 ]
