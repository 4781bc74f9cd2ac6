# Every task of the project. `make` alone lists them.
PYTHON ?= python3
UV ?= uv
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
# Empty files that say "installed": the runtime is enough to run Virksom, the tools come on top of it.
RUNTIME := $(VENV)/.runtime-installed
TOOLS := $(VENV)/.tools-installed
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help install install-dev demo test check bench lock clean
.DELETE_ON_ERROR:

help: ## List the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

install: $(RUNTIME) ## Make .venv with what running Virksom needs
install-dev: $(TOOLS) ## Add what testing and checking need

# Recipes use `exec` so that Ctrl-C and SIGTERM reach the program itself, not a shell around it.
demo: $(RUNTIME) ## Run the whole programme in one process, with SQLite (ARGS=… is passed on)
	@exec $(BIN)/virksom demo $(ARGS)

test: $(TOOLS) ## Run all tests against a real RabbitMQ and PostgreSQL (ARGS='-k grant')
	@exec $(BIN)/python -m tests.servers -- $(BIN)/python -m pytest $(ARGS)

check: $(TOOLS) ## Check format, style, types and the direction of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(TOOLS) ## Measure ours beside a peer, on real servers (ARGS=…)
	@exec $(BIN)/python -m tests.servers -- $(BIN)/python -m benchmarks $(ARGS)

lock: ## Renew requirements*.txt from pyproject.toml (UPGRADE=1 for newer versions)
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: pip install uv, or say UV=path/to/uv" >&2; exit 1; }
	$(COMPILE) -o requirements.txt
	$(COMPILE) --extra dev -c requirements.txt -o requirements-dev.txt

# No index and no paths in the files: where packages come from is each machine's own business.
COMPILE = $(UV) pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
	$(if $(UPGRADE),--upgrade)

clean: ## Remove .venv, caches and build leftovers (var/, the demo's data, stays)
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "Virksom needs Python 3.11 or newer, and there is no $(PYTHON) here: say PYTHON=path/to/python" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Virksom needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1): say PYTHON=path/to/python" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null \
		|| { echo "$(PYTHON) cannot make virtual environments: on Debian and Ubuntu, apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The project itself goes in without isolation and without dependencies: nothing is fetched for it.
$(RUNTIME): requirements.txt pyproject.toml | $(BIN)/python
	$(INSTALL) --require-hashes -r requirements.txt
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(TOOLS): requirements-dev.txt $(RUNTIME)
	$(INSTALL) --require-hashes -r requirements-dev.txt
	@touch $@
