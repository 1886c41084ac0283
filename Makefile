# Every task of a developer in one place: `make help`.
# Variables: run takes LISTEN and DATA, test takes ARGS for cargo test.

TARGET := $(or $(CARGO_TARGET_DIR),target)

.PHONY: help run test test-documents bench bench-estimate fmt lint clean

help: ## show this table
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## build and start the demonstration; LISTEN=127.0.0.1:9000 DATA=folder
	cargo build --locked
	"$(TARGET)/debug/sipas" demo $(if $(LISTEN),--listen "$(LISTEN)") $(if $(DATA),--data "$(DATA)")

test: ## install what tests need, run all of them; ARGS="--test layers" for some
	tests/setup/install.sh
	tests/setup/with-postgres.sh cargo test --workspace --locked $(ARGS)

test-documents: ## check printed documents alone: reports, Word files, slides
	tests/setup/install.sh
	cargo test --locked --test documents

bench: ## measure requests a second, the time of an estimate and of an export
	cargo bench --locked --bench web
	cargo bench --locked --bench estimate
	cargo bench --locked --bench designer
	cargo bench --locked --bench reports
	cargo bench --locked --bench export
	cargo bench --locked --bench documents

bench-estimate: ## measure the estimation engine beside polars; ROWS=1000000,5000000
	$(if $(ROWS),ROWS="$(ROWS)") cargo bench --locked --bench estimate_table

fmt: ## format the source
	cargo fmt --all

lint: ## format check, clippy and documentation, warnings denied
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items --locked

clean: ## remove everything that was built
	cargo clean
