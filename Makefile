# Every target does what it needs first; a fresh machine needs Python 3.11+, make and the package registries.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.stamp
KILLS  ?= 300
SIZES  ?= 10000,200000
# Tests that run at once: most wait for real programs, so there may be more of them than processors.
AT_ONCE ?= 3

.PHONY: help install install-dev demo test soak bench bench-archive lint lock docs clean

help:
	@echo "make install   the program and its command in $(VENV)"
	@echo "make demo      sample council, sample mail through the real SMTP port, what became of it"
	@echo "make test      everything: system packages for tests, linters, type checks, tests"
	@echo "make soak      kill it KILLS=$(KILLS) times while mail flows, on SQLite and on PostgreSQL; takes an hour"
	@echo "make bench     the same load through Vestry and through Postfix, side by side; what DKIM, signatures and checks cost"
	@echo "make bench-archive  the archive at SIZES=$(SIZES) messages: putting mail in, room, 50 queries, beside notmuch"
	@echo "make lint      ruff, mypy, import-linter"
	@echo "make lock      resolve the locked versions anew"
	@echo "make docs      write the generated reference pages"

$(STAMP)-venv:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Vestry needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	touch $@

$(STAMP)-run: $(STAMP)-venv requirements/run.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(STAMP)-dev: $(STAMP)-run requirements/dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	touch $@

install: $(STAMP)-run

install-dev: $(STAMP)-dev

demo: install
	$(BIN)/vestry demo --once

lint: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: install-dev
	tests/system-packages
	$(MAKE) --no-print-directory lint
	$(BIN)/python -m pytest -n $(AT_ONCE) --dist loadfile --no-loadscope-reorder --durations=25

soak: install-dev
	tests/system-packages
	$(BIN)/python -m tests.soak.crash --database sqlite --kills $(KILLS)
	$(BIN)/python -m tests.soak.crash --database postgresql --kills $(KILLS)

bench: install-dev
	tests/system-packages
	$(BIN)/python -m tests.bench.road
	$(BIN)/python -m tests.bench.bench_dkim
	$(BIN)/python -m tests.bench.bench_block
	$(BIN)/python -m tests.bench.bench_checks
	$(BIN)/python -m tests.bench.bench_content

bench-archive: install-dev
	tests/system-packages
	$(BIN)/python -m tests.bench.archive --sizes $(SIZES)

lock: install-dev
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" --group build -o requirements/run.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" --group build --group dev -c requirements/run.lock -o requirements/dev.lock pyproject.toml

docs: install-dev
	$(BIN)/python -m docs.generate

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache
