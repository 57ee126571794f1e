# What people and CI run. VENV=/path/to/environment uses an environment that you have:
# its torch (any >= 2.8) is kept. DATA=/path/to/data has the data sets that benchmarks read.

VENV ?= .venv
DATA ?= data
# Each process of tests starts servers of its own, of 4 GiB together, and waits for much of its time:
# three of them suit two cores and 12 GiB.
PROCESSES ?= 3
PYTHON ?= $(shell python3.11 -c 'import sys; print(sys.executable)' 2>/dev/null || command -v python3)

BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest
AT_ONCE := --numprocesses $(PROCESSES) --dist loadfile --no-loadscope-reorder
INSTALLED := $(VENV)/.factloom-installed
BENCHMARKS = $(filter-out training.release code.suite,$(subst /,.,$(patsubst benchmarks/%.py,%,$(shell grep -l '^if __name__' benchmarks/*/*.py))))

# Every process that a test starts would compile all modules again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test test-unit test-slow test-graph test-servers test-e2e test-long test-matrix coverage \
	check format bench figures up down secrets

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(INSTALLED) ## Ingest the samples for real and show the graph
	@$(BIN)/factloom demo

test: $(INSTALLED) ## Run what CI runs: unit, golden, integration (real servers), e2e
	@$(PYTEST) -m "not long" $(AT_ONCE)

test-unit: $(INSTALLED) ## Run the tests that need neither a server nor a trained model
	@$(PYTEST) tests/unit tests/golden -m "not long and not slow" --hypothesis-profile quick

test-slow: $(INSTALLED) ## Run the unit tests that train, load or draw, or start a process
	@$(PYTEST) tests/unit -m "slow and not long" $(AT_ONCE)

test-graph: $(INSTALLED) ## Run the graph's tests, on the embedded server alone
	@$(PYTEST) tests/unit/graph tests/integration/graph -m "not neo4j and not long"

test-servers: $(INSTALLED) ## Run the tests on real Neo4j, Elasticsearch and Prefect
	@$(PYTEST) tests/integration -m "not long" $(AT_ONCE)

test-e2e: $(INSTALLED) ## Run the program as people do
	@$(PYTEST) tests/e2e -m "not long" $(AT_ONCE)

test-long: $(INSTALLED) ## Run what CI has a share of: histories, properties on many examples
	@$(PYTEST) -m long --hypothesis-profile long $(AT_ONCE)
	@$(PYTEST) tests/unit tests/golden --hypothesis-profile long --numprocesses $(PROCESSES)

test-matrix: $(INSTALLED) ## Repeat the integration tier on the newest servers (JDK >= 21)
	@.ci/test-matrix $(BIN)/python

coverage: $(INSTALLED) ## Measure the branches that unit and graph tests take, folder by folder
	@$(BIN)/python -m coverage run -m pytest tests/unit tests/golden tests/integration/graph \
		-m "not neo4j and not long"
	@for folder in graph corpus extractor flows config; do \
		$(BIN)/python -m coverage report --include="$$folder/*"; done

check: $(INSTALLED) ## Lint, format, types, import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(INSTALLED) ## Bring the code into the form that is checked
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(INSTALLED) ## Run every benchmark, then render the figures
	@for name in $(BENCHMARKS); do $(BIN)/python -m benchmarks.$$name --data $(DATA) || exit 1; done
	@$(BIN)/python -m benchmarks.figures

figures: $(INSTALLED) ## Render docs/figures.md and the README's figures from benchmarks/results
	@$(BIN)/python -m benchmarks.figures

.PHONY: reference
reference: $(INSTALLED) ## Render docs/reference/commands.md from the commands themselves
	@$(BIN)/python -m typer flows.cli.app utils docs --name factloom --title Commands --output docs/reference/commands.md

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
