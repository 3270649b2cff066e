# Everything one does with the project. A machine needs python3.11 or newer, and make.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.SUFFIXES:
.PHONY: help run demo test unit integration browser fips check fix bench export-large erasure-large lock clean \
	check-types check-rest \
	lane-browser lane-e2e lane-postgresql lane-postgresql-updates lane-sqlite lane-sqlite-updates

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Extras stay in the pins: with hashes, pip (before 24) takes "coverage" and "coverage[toml]" for two packages.
LOCK := $(BIN)/uv pip compile --universal --no-strip-extras --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make lock"

JOBS ?= 3
# Old makes (macOS has one) can't keep the lanes' outputs apart; they run all the same.
# Each database's tests are two lanes: in one, the last would run alone for minutes.
INTEGRATION_LANES := lane-sqlite lane-postgresql lane-sqlite-updates lane-postgresql-updates
LANES := --no-print-directory --keep-going --jobs=$(JOBS) $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

# What `check --deploy` judges: the settings as an installation with an https address has them.
AS_IN_PRODUCTION := PUBLIC_URL=https://updates.example.com DEBUG=0 \
	SECRET_KEY=a-key-of-this-check-only-0123456789-abcdefghijklmnopqrstuvwxyz \
	KEK=a-key-of-this-check-only-0123456789-abcdefg

help: ## Show what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: $(VENV)/.runtime node_modules/.installed ## Start the console (HOST= PORT= and docs/configuration.md)
	@$(BIN)/python manage.py console

demo: $(VENV)/.runtime ## Fill the running console with a team at work (in a second terminal)
	@$(BIN)/python -m demo.fill

# One lane is one pytest with servers of its own. Lanes wait for browsers, disks and locks for half of their
# time, so one more than there are cores is run at once; each lane's output comes when it's done. The longest
# are first, so that nothing is left over at the end that runs alone. The first two migrate a database each;
# others copy it, and would wait for it.
test: $(VENV)/.development node_modules/.installed ## Run all tests: unit, both databases, real Redis, browser
	@$(BIN)/python -m tools.softhsm
	@$(BIN)/python -m tools.chromium
	@$(BIN)/python -m tools.jq
	@echo "Everything at once, $(JOBS) at a time; what each says comes when it's done."
	@$(MAKE) $(LANES) lane-sqlite lane-postgresql lane-browser lane-e2e \
		lane-sqlite-updates lane-postgresql-updates unit

unit: $(VENV)/.development
	$(BIN)/python -m pytest tests/unit

integration: $(VENV)/.development node_modules/.installed
	@$(BIN)/python -m tools.softhsm
	@$(MAKE) $(LANES) $(INTEGRATION_LANES)

browser: $(VENV)/.development node_modules/.installed
	@$(BIN)/python -m tools.chromium
	@$(BIN)/python -m tools.jq
	@$(MAKE) $(LANES) lane-browser lane-e2e

fips: $(VENV)/.development ## Run the tests with a FIPS provider; build one first if there's none (docs/modules.md)
	@$(BIN)/python -m tools.fips_provider
	$(BIN)/python -m pytest tests/integration/releaseconsole/fips

lane-browser:
	$(BIN)/python -m pytest tests/browser

lane-e2e:
	$(BIN)/python -m pytest tests/e2e

lane-postgresql lane-sqlite: lane-%:
	$(BIN)/python -m pytest tests/integration --ignore=tests/integration/updates --database=$*

lane-postgresql-updates lane-sqlite-updates: lane-%-updates:
	$(BIN)/python -m pytest tests/integration/updates --database=$*

check: $(VENV)/.development node_modules/.installed ## Run every check that isn't a test
	@$(MAKE) $(LANES) check-types check-rest

check-types:
	$(BIN)/mypy .

check-rest:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/codespell
	$(BIN)/djlint templates --lint
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(AS_IN_PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

fix: $(VENV)/.development ## Format, and repair what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.development node_modules/.installed ## Measure, as ratios in one run
	@$(BIN)/python -m bench

export-large: $(VENV)/.development ## Export 250,000 entries of an audit log, and verify the pack
	@$(BIN)/python -m bench.export_large

erasure-large: $(VENV)/.development node_modules/.installed ## Erase one person from a large console at work, and search every byte
	@$(BIN)/python -m bench.erasure_large

lock: $(VENV)/.development ## Pin requirements*.in anew
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-dev.in -o requirements-dev.txt

clean: ## Remove everything that was made, except var/ (your data)
	rm -rf $(VENV) node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './var/*' -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt | $(VENV)/bin/python
	@echo "Installing what the console needs, once…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.development: requirements-dev.txt $(VENV)/.runtime
	@echo "Installing what checks and tests need, once…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

node_modules/.installed: package.json package-lock.json | $(VENV)/.runtime
	@$(BIN)/python -m tools.npm ci --silent
	@touch $@
