# The verbs of this project. `make demo` and `make test` work on a fresh machine with Python 3.11.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
.DEFAULT_GOAL := help

help: ## what can be done
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

$(VENV)/.runtime: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --require-hashes -r requirements.lock
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q patrol spiders pipelines dashboards
	touch $@

# The shipped rules and an empty register, made once for this machine: a demo starts ten seconds earlier.
$(VENV)/share/patrol: $(VENV)/.runtime $(wildcard config/rules/*/*.yml config/lexicons/*.yml pipelines/*.py patrol/register/migrations/*.py)
	mkdir -p $@
	$(BIN)/python -m patrol.demo.warm $@
	touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.lock
	$(BIN)/pip install -q --require-hashes -r requirements-dev.lock
	touch $@

install: $(VENV)/.runtime $(VENV)/share/patrol ## install into .venv from the lock

demo: install ## install, start, and show the workbench with synthetic boards
	$(BIN)/patrol demo

system: ## what the tests need from Debian, installed when root
	@sh tests/system.sh

elastic: $(VENV)/.dev system ## build the Elasticsearch of the tests from published jars
	$(BIN)/python -m tests.elastic.node

test: $(VENV)/.dev $(VENV)/share/patrol system elastic ## install what the tests need, run all of them
	@sh tests/all.sh

sweep: $(VENV)/.dev system elastic ## the slow fault sweeps, nightly
	$(BIN)/pytest -m sweep --timeout 3600 --hypothesis-profile searching
	$(BIN)/pytest -m "not sweep" --hypothesis-profile searching tests/ledger tests/pipelines tests/spiders

screens: $(VENV)/.dev system ## every page in both languages and widths, as pictures in tests/screens; goes on where it stood
	@sh tests/screens.sh

check: $(VENV)/.dev ## lint, types, contracts, translations, configuration
	@sh tests/check.sh

bench: $(VENV)/.dev ## measure, and write docs/measurements.json
	$(BIN)/patrol bench --all

lock: ## resolve the dependencies anew: hashes, no addresses
	uv pip compile -q --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links --python-version 3.11 pyproject.toml -o requirements.lock
	uv pip compile -q --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links --python-version 3.11 --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

.PHONY: help install demo system elastic test sweep screens check bench lock
