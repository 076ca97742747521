# Commands of the project; `make` alone lists them. Needs Python 3.11 or newer, git and make.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
KB := starter.kb
DATA ?= ../shared/data
RESULTS := benchmarks/results
SPACE := $(subst ,, )
SCORECARD = runs/scorecard$(subst $(SPACE),,$(MODE))
TORCH := torch==2.13.0
# A process for each core, up to four, each with one thread; the tests of a file stay in one process.
SIDE_BY_SIDE := -n logical --maxprocesses 4 --dist loadfile

help:  ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## */  make \1\t/' | expand -t 20

install: $(INSTALLED)  ## Make .venv with the locked packages and this checkout

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"{sys.executable} is Python {sys.version.split()[0]}; wherefrom needs 3.11 or newer: make PYTHON=/path/to/python3.11")'
	@echo "Making $(VENV) with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV)

$(INSTALLED): requirements.lock pyproject.toml .ci/install | $(BIN)/python
	@.ci/install $(VENV)
	@touch $@

test: install  ## Run the test suite
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest $(SIDE_BY_SIDE)

test-wheel: install  ## Build the wheel and run the suite against it, outside the checkout
	OMP_NUM_THREADS=1 .ci/test-wheel $(VENV) $(SIDE_BY_SIDE) $(TESTS)

check: install  ## Check style, formatting and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

demo: install  ## Build the starter knowledge base and ask three questions
	@$(BIN)/wherefrom build $(KB) starter
	@for question in "Who painted the Mona Lisa?" "What is the capital of France?" "When did the French Revolution begin?"; do \
	  echo; $(BIN)/wherefrom ask $(KB) "$$question"; done

bench: install  ## Run every benchmark whose data is in DATA; results in benchmarks/results
	@$(BIN)/wherefrom build $(KB) starter
	@$(BIN)/python -m wherefrom.benchmarks.everything --data $(DATA) --kb $(KB) --out $(RESULTS)

scorecard: install  ## Run every evaluation in DATA, quickly (MODE=--full: in full); page, and README's table
	@$(BIN)/wherefrom build $(KB) starter
	@$(BIN)/wherefrom bench scorecard --data $(DATA) --kb $(KB) --out $(SCORECARD) $(MODE)
	@mkdir -p $(RESULTS)/scorecard
	@cp $(SCORECARD)/scorecard.json $(SCORECARD)/scorecard.md $(RESULTS)/scorecard
	@$(BIN)/python .ci/scorecard_table.py $(RESULTS)/scorecard/scorecard.md README.md

lock:  ## Resolve the dependencies anew and write requirements.lock
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
	$(PYTHON) -m venv "$$folder/venv"; \
	"$$folder/venv/bin/python" -m pip install --disable-pip-version-check --quiet --dry-run \
	  --ignore-installed --report "$$folder/report.json" '.[dev]' 'setuptools>=77' $(TORCH); \
	"$$folder/venv/bin/python" .ci/lock.py < "$$folder/report.json" > "$$folder/lock"; \
	mv "$$folder/lock" requirements.lock

clean:  ## Remove what the commands above made
	rm -rf $(VENV) $(KB) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info

.PHONY: help install test test-wheel check bench scorecard demo lock clean
