#!/bin/sh
# Builds the official Go clients of Elasticsearch into a folder (default
# bin/clients). They are large; nobody measures them, so that they are built
# without optimisation, which takes a third less.
set -eu
cd "$(dirname "$0")"
mkdir -p "${1:-../../../bin/clients}"
into=$(cd "${1:-../../../bin/clients}" && pwd)
CGO_ENABLED=0 go build -gcflags=all='-N -l -dwarf=false' -ldflags='-s -w' -o "$into/" ./client8 ./client9 ||
  echo "SKIP the official Go clients: they cannot be built here"
