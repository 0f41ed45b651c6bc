#!/bin/sh
# Fuzzes every fuzz target of the module for the time given (default 10s); the
# parsers, which read what strangers write, for the second one (default 30s). As
# many targets run at a time as there are processors, each on one of them, while
# the next package is built. A target that finds an input leaves it in
# testdata/fuzz.
set -eu
cd "$(dirname "$0")/.."
fuzztime=${1:-10s}
parsertime=${2:-30s}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cache=$(go env GOCACHE)/fuzz

cat >"$work/one" <<'END'
# $1: folder of the package, $2: target, $3: time, $4: program, $5: cache
log=$4.$2.log
module=$(cd "$1" && go list)
if ! (cd "$1" && "$4" -test.run '^$' -test.fuzz "^$2\$" -test.fuzztime "$3" -test.fuzzminimizetime 5x \
  -test.parallel 1 -test.fuzzcachedir "$5/$module") >"$log" 2>&1; then
  # The fuzzer reports its own end as a failure when it comes at a bad moment;
  # a find is always written to a file.
  if grep -q 'Failing input written' "$log" || ! grep -q 'context deadline exceeded' "$log"; then
    echo "fuzz $1 $2: FAILED"
    cat "$log"
    exit 255 # xargs starts no more
  fi
fi
echo "fuzz $1 $2: $(grep '^fuzz: elapsed' "$log" | tail -n 1 | cut -d, -f2-)"
echo "$2" >>"$4.done"
END

number=0
for dir in $(grep -rl --include='*_test.go' '^func Fuzz' cmd internal test | xargs -n1 dirname | sort -u); do
  number=$((number + 1))
  case $dir in
  internal/parse/*) time=$parsertime ;;
  *) time=$fuzztime ;;
  esac
  if ! go test -c -fuzz . -ldflags='-s -w' -o "$work/$number" "./$dir" >&2; then
    echo "$dir" >"$work/unbuilt"
    break
  fi
  for target in $(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$dir"/*_test.go); do
    echo "$target" >>"$work/targets"
    echo "$dir $target $time $work/$number $cache"
  done
done | xargs -n 5 -P "$(getconf _NPROCESSORS_ONLN)" sh "$work/one"
[ ! -e "$work/unbuilt" ]
count=$(cat "$work"/*.done | wc -l)
echo "fuzzed $count targets for $fuzztime each, parsers for $parsertime"
[ "$count" -gt 0 ] && [ "$count" -eq "$(wc -l <"$work/targets")" ]
