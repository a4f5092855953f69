# One interface for people and CI. `make help` lists the verbs.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup demo model test chaos lint bench peers check deny clean

help: ## list the verbs
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

setup: ## install what building needs (a C compiler for the embedded SQLite); can be run twice
	@./.ci/setup

demo: setup ## run the fictional shop through the real worker and show what was decided
	@echo "building whimbrel (the first time takes some minutes) ..."
	@cargo build --quiet --bin whimbrel
	@./target/debug/whimbrel demo

model: ## bring all-MiniLM-L6-v2 into models/ for better embeddings, and check it; can be run twice
	@./.ci/model

test: setup ## run every test
	@./.ci/test

chaos: setup ## kill, stop and break everything for some minutes, and count what was lost; CHAOS="--seed=7" plays another one
	@cargo build --quiet --release --workspace --bin whimbrel
	@cargo test --quiet --release --workspace --test chaos -- $(CHAOS)

lint: setup ## formatting, clippy and docs, warnings denied
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --all-features --quiet -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --all-features --no-deps --quiet

bench: setup ## print the figures of docs/PERFORMANCE.md
	cargo bench -p tests --quiet

peers: setup ## measure what a Python shop would use beside ours, in one run
	cargo bench -p tests --quiet --bench broker
	cargo bench -p tests --quiet --bench scaled
	cargo bench -p tests --quiet --bench peers

check: lint test ## all that CI asks for

deny: ## licences, bans and advisories, when cargo-deny is installed
	cargo deny check

clean: ## remove what was built
	cargo clean
