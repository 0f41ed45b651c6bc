#!/bin/sh
# Fuzzes every fuzz target of the module, one after the other, for the time
# given (default 10s). A target that finds an input leaves it in testdata/fuzz.
set -eu
cd "$(dirname "$0")/.."
fuzztime=${1:-10s}
count=0
for dir in $(grep -rl --include='*_test.go' '^func Fuzz' cmd internal test 2>/dev/null | xargs -n1 dirname | sort -u); do
  for target in $(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$dir"/*_test.go); do
    echo "fuzz $dir $target"
    go test "./$dir" -run '^$' -fuzz "^$target\$" -fuzztime "$fuzztime"
    count=$((count + 1))
  done
done
echo "fuzzed $count targets for $fuzztime each"
[ "$count" -gt 0 ]
