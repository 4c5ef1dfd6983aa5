# Targets for people and for CI alike; `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
# The first that runs and is new enough; a name on PATH may be a version manager's empty promise.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
VENV := .venv
RUN := $(VENV)/bin/python
# Processes that share the tests and one Elasticsearch; together they keep as many processors busy.
WORKERS ?= 2
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

# A stamp a set of packages, made last: an interrupted installation is done again.
$(VENV)/.created:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or newer is missing; install it, or set PYTHON=/path/to/python3.11."; exit 1; }
	@echo "[setup] making a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { echo "A virtual environment cannot be made; install python3-venv."; exit 1; }
	@touch $@

$(VENV)/.serving: $(VENV)/.created pyproject.toml constraints.txt
	@echo "[setup] installing what serving needs (about a minute)"
	@$(RUN) -m pip install --quiet --constraint constraints.txt --editable . || { echo "Packages could not be installed; check the network and run make again."; exit 1; }
	@touch $@

$(VENV)/.testing: $(VENV)/.serving
	@echo "[setup] installing what the tests need"
	@$(RUN) -m pip install --quiet --constraint constraints.txt --editable '.[dev,loadtest,recommend,chat]' || { echo "Packages could not be installed; check the network and run make again."; exit 1; }
	@touch $@

.PHONY: setup
setup: $(VENV)/.serving ## install everything for running

.PHONY: setup-dev
setup-dev: $(VENV)/.testing ## install everything for running and testing

.PHONY: demo
demo: setup ## set up everything and run the demo shop on http://localhost:8000
	@$(RUN) -m es up
	@$(RUN) -m ingest demo
	@$(RUN) -m ingest demo-desk
	@$(RUN) -m jobs schedule --once
	@$(RUN) -m app

.PHONY: serve
serve: setup ## run Elasticsearch and the API in the foreground, over whatever is indexed
	@$(RUN) -m app

.PHONY: stop
stop: ## stop the embedded Elasticsearch
	@$(RUN) -m es down

.PHONY: test
test: setup-dev ## set up everything and run the tests
	@# Tests that cut, slow and time real servers may fail on a busy machine: twice more, and each try is told.
	@$(RUN) -m pytest -q --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder --reruns 2 --reruns-delay 3

.PHONY: lint
lint: setup-dev ## style and types
	@$(RUN) -m ruff check .
	@$(RUN) -m mypy

.PHONY: relevance
relevance: setup-dev ## measure search on judged queries (needs the judged data)
	@$(RUN) -m evaluate relevance

.PHONY: bench
bench: setup-dev ## compare the API with raw Elasticsearch on 100,000 products
	@$(RUN) -m evaluate bench
	@$(RUN) -m evaluate vector-index
	@$(RUN) -m evaluate suggest

.PHONY: loadtest
loadtest: setup-dev ## users against a shop of its own, or HOST= (SHAPE=steady USERS=50 TIME=60s)
	@$(RUN) -m evaluate loadtest --shape "$(SHAPE)" --users "$(USERS)" --time "$(TIME)" --host "$(HOST)" --products "$(PRODUCTS)"

.PHONY: faults
faults: setup-dev ## a shop in trouble: what was acknowledged must hold (SEED=1 RUNS=20)
	@$(RUN) -m evaluate faults --seed $${SEED:-1} --runs $${RUNS:-20}
