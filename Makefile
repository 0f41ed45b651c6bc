# Rastro. `make help` lists the targets.
GO      ?= go
BIN     := bin/rastro
FUZZTIME ?= 10s
PARSERTIME ?= 30s
# Without cgo the program is static and runs on any Linux. Only the race
# detector needs cgo, and only its target sets it.
export CGO_ENABLED = 0

.DEFAULT_GOAL := help
.PHONY: help build clients ui ui-check demo test lint unit race e2e score torture torture-long test-browser screenshots fuzz bench bench-100m generate clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build bin/rastro
	$(GO) build -trimpath -ldflags='-s -w' -o $(BIN) ./cmd/rastro

ui: ## build the interface into ui/dist, which build embeds (needs Node.js)
	@ui/tools/make.sh build

ui-check: ## types and tests of the interface, that ui/dist is up to date, weight of the first screen
	@ui/tools/make.sh check

demo: build ## build, then run a throw-away server fed by simulated mail traffic
	$(BIN) demo

test: lint ui-check unit race e2e score test-browser torture ## everything: vet, staticcheck, house, interface, unit, golden, race, e2e, score, browser, torture

lint: ## gofmt, go vet, staticcheck and the rules of the house
	@unformatted=$$(gofmt -l cmd internal test); if [ -n "$$unformatted" ]; then echo "not formatted (run gofmt -w):"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	$(GO) test ./internal/house

unit: ## unit, golden and contract tests
	$(GO) test ./cmd/... ./internal/...

race: ## the same under the race detector (needs a C compiler)
	@if command -v cc >/dev/null 2>&1; then CGO_ENABLED=1 $(GO) test -race -short ./cmd/... ./internal/...; \
	else echo "SKIP race: no C compiler (cc) on this machine"; fi

# Runs tests with -v and shows what was skipped and why, what failed, and the
# verdicts. $(1): arguments of go test.
define verbosely
	@mkdir -p bin; RASTRO=$(abspath $(BIN)) RASTRO_CLIENTS=$(abspath bin/clients) $(GO) test -count=1 -v $(1) >bin/test.log 2>&1; code=$$?; \
	if [ $$code -ne 0 ]; then cat bin/test.log; else grep -E '^ *--- SKIP|SKIP[ :]|^ok|lines written' bin/test.log; fi; exit $$code
endef

clients: ## the official Go clients of Elasticsearch, for e2e (minutes, the first time)
	@test/clients/go/build.sh $(abspath bin/clients)

e2e: build clients ## the program as a whole, with real servers where they are installed
	$(call verbosely,./test/e2e/...)

score: build ## compare journeys and logins with what really happened; fails below the marks
	@RASTRO=$(abspath $(BIN)) $(GO) run ./test/score

FAULTS = 'Fault|EveryOperationFails|PowerCut|FullDisk|WriteFailures|Kill|Torn|Damage|Crash'

torture: build ## 50 kill -9 under load and rotation, a disk that fills up, faults in every write
	$(call verbosely,-run $(FAULTS) ./internal/disk/... ./internal/journal ./internal/segment ./internal/store/local)
	$(call verbosely,-timeout 20m ./test/torture -kills 50)

torture-long: build ## the nightly form: 200 kill -9
	$(call verbosely,-timeout 90m ./test/torture -kills 200)

test-browser: build ## a real Chromium uses the interface of a server with the corpora
	@RASTRO=$(abspath $(BIN)) test/browser/run.sh test

screenshots: build ## pictures of every screen into screenshots/
	@RASTRO=$(abspath $(BIN)) test/browser/run.sh screenshots

fuzz: ## fuzz every target for FUZZTIME (10s), the parsers for PARSERTIME (30s)
	@./test/fuzz.sh $(FUZZTIME) $(PARSERTIME)

bench: build ## measure on 10 million lines, beside VictoriaLogs, and write docs/performance.md
	RASTRO=$(abspath $(BIN)) $(GO) run ./test/load

bench-100m: build ## measure once on 100 million lines (30 GB of disk) and write that section
	RASTRO=$(abspath $(BIN)) $(GO) run ./test/load -large

generate: build ## write the generated documents again
	$(GO) run ./test/generate

clean: ## remove what was built
	rm -rf bin bench-data screenshots
