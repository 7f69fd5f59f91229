# Each target installs what it needs and says what it cannot install: see Scripts/deps.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help deps build release serve demo test lint format unit tsan asan fuzz bench clean

JOBS ?= $(shell nproc)
SWIFT_FLAGS := --explicit-target-dependency-import-check error -j $(JOBS)
TEST_FLAGS := --disable-xctest $(SWIFT_FLAGS)
SOURCES := Core Tests Package.swift $(wildcard Plugins examples)

# The suites that have threads, sockets or C memory in them; the sanitizers run on these.
SANITIZED := LogTests|ServerTests|IdentityTests|^ClientTests|EventLoopTests|TLSTests|TransportTests|CryptoTests|HTTPTests|HTTPClientTests|StorageTests|PluginHostTests
FUZZERS := JSON Config HTTP Identity
FUZZ_SECONDS ?= 60

export GANTRY_PYTHON := $(CURDIR)/.build/venv/bin/python

help: ## show the targets
	@awk -F':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## install what build and tests need
	@Scripts/deps test

build: ## debug build of the command
	@Scripts/deps build
	swift build $(SWIFT_FLAGS) --product gantry

release: ## optimised build; the command is .build/release/gantry
	@Scripts/deps build
	swift build $(SWIFT_FLAGS) -c release --static-swift-stdlib --product gantry

serve: release ## run the server on config.json
	.build/release/gantry serve --config config.json

demo: build ## build, start a server, ask it for its status, stop it
	@Scripts/demo .build/debug/gantry

test: lint unit tsan asan ## the gate: lint, unit and integration tests, sanitizers, short fuzzing, demo
	@$(MAKE) --no-print-directory fuzz FUZZ_SECONDS=5
	@$(MAKE) --no-print-directory demo

lint: ## check the format
	@Scripts/deps test
	swift format lint --strict --parallel --recursive $(SOURCES)

format: ## rewrite the sources in the house format
	@Scripts/deps build
	swift format --in-place --parallel --recursive $(SOURCES)

unit: ## every test, once
	@Scripts/deps test
	swift build $(SWIFT_FLAGS) --build-tests
	swift test $(TEST_FLAGS) --no-parallel --skip-build

tsan: ## the threaded suites under the thread sanitizer
	@Scripts/deps test
	TSAN_OPTIONS='suppressions=$(CURDIR)/Tests/Sanitizers/thread.supp' \
		swift test $(TEST_FLAGS) --no-parallel --sanitize=thread --scratch-path .build-tsan --filter '$(SANITIZED)'

asan: ## the same suites under the address and leak sanitizers
	@Scripts/deps test
	LSAN_OPTIONS='suppressions=$(CURDIR)/Tests/Sanitizers/leak.supp' \
		swift test $(TEST_FLAGS) --no-parallel --sanitize=address --scratch-path .build-asan --filter '$(SANITIZED)'

fuzz: ## fuzz every decoder that sees the network, FUZZ_SECONDS each
	@Scripts/deps build
	@Scripts/fuzz $(FUZZ_SECONDS) $(FUZZERS)

bench: ## measure, and rewrite the tables of docs/benchmarks.md
	@Scripts/deps bench
	@Scripts/bench

clean: ## remove everything that was built
	rm -rf .build .build-tsan .build-asan .build-fuzz
