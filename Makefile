# What people and CI run. VENV=/path/to/environment uses an environment that you have:
# its torch (any >= 2.8) is kept. DATA=/path/to/data has the data sets that benchmarks read.

VENV ?= .venv
DATA ?= data
# Each process of tests starts servers of its own, of 4 GiB together.
PROCESSES ?= 2
PYTHON ?= $(shell python3.11 -c 'import sys; print(sys.executable)' 2>/dev/null || command -v python3)

BIN := $(VENV)/bin
INSTALLED := $(VENV)/.factloom-installed
BENCHMARKS = $(filter-out figures release,$(patsubst benchmarks/%.py,%,$(shell grep -l '^if __name__' benchmarks/*.py)))

.DEFAULT_GOAL := help
.PHONY: help demo test test-matrix check bench figures up down secrets

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(INSTALLED) ## Ingest the samples for real and show the graph
	@$(BIN)/factloom demo

test: $(INSTALLED) ## Run all tests: unit, golden, integration (real servers), e2e
	@$(BIN)/python -m pytest --numprocesses $(PROCESSES) --dist loadfile --no-loadscope-reorder

test-matrix: $(INSTALLED) ## Repeat the integration tier on the newest servers (JDK >= 21)
	@.ci/test-matrix $(BIN)/python

check: $(INSTALLED) ## Lint, format, types, import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(INSTALLED) ## Run every benchmark, then render the figures
	@for name in $(BENCHMARKS); do $(BIN)/python -m benchmarks.$$name --data $(DATA) || exit 1; done
	@$(BIN)/python -m benchmarks.figures

figures: $(INSTALLED) ## Render docs/figures.md and the README's figures from benchmarks/results
	@$(BIN)/python -m benchmarks.figures

.PHONY: reference
reference: $(INSTALLED) ## Render docs/reference/commands.md from the commands themselves
	@$(BIN)/python -m typer flows.commands.cli utils docs --name factloom --title Commands --output docs/reference/commands.md

up: $(INSTALLED) ## Start the local graph server
	@$(BIN)/factloom up

down: $(INSTALLED) ## Stop the local graph server
	@$(BIN)/factloom down

secrets: $(INSTALLED) ## Make the secrets of the Compose stack
	@$(BIN)/factloom secrets

# Installs once; again only after a change of what is to be installed.
$(INSTALLED): pyproject.toml constraints.txt
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11")'
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[embedded,ray,dev]' -c constraints.txt
	@touch $@
