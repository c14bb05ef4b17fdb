# Nabór: everything a newcomer runs. `make demo` needs only Python 3.11 to 3.13; nothing is installed globally.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test lint format slow libreoffice dovecot postgres outside project soak benchmark clean

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	touch $(STAMP)

$(VENV)/.dev: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $(VENV)/.dev

demo: $(STAMP)  ## one recruitment from Word forms to bills, in ./demo
	$(BIN)/nabor demo

test: $(VENV)/.dev  ## everything a change needs, under 5 minutes
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not slow and not libreoffice and not dovecot and not postgres_server"

slow: $(VENV)/.dev  ## real servers, workers and kills
	$(BIN)/python -m pytest -m "slow and not libreoffice and not dovecot and not postgres_server" tests/flows/server
	$(BIN)/python -m pytest -n 2 --dist loadgroup --ignore=tests/flows/server \
		-m "slow and not libreoffice and not dovecot and not postgres_server"

libreoffice: $(VENV)/.dev  ## needs LibreOffice
	$(BIN)/python -m pytest -m libreoffice

dovecot: $(VENV)/.dev  ## needs dovecot-imapd
	$(BIN)/python -m pytest -m dovecot

postgres: $(VENV)/.dev  ## needs a system PostgreSQL (NABOR_TEST_POSTGRES_BIN)
	$(BIN)/python -m pytest -m postgres_server

outside: $(VENV)/.dev  ## the three above at once, two at a time
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "libreoffice or dovecot or postgres_server"

lint: $(VENV)/.dev  ## style, formatting, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

project: $(VENV)/.dev  ## a project of many voivodships on PostgreSQL, 1,000 and 10,000 applications
	$(BIN)/python -m benchmarks.project 1000 10000 --at-most 1.5

soak: $(VENV)/.dev  ## large corpora, on demand
	$(BIN)/python -m benchmarks.soak
	$(BIN)/python -m benchmarks.fuzz
	$(BIN)/python -m benchmarks.project 1000 10000 100000 --at-most 1.5

benchmark: $(VENV)/.dev  ## readers of Word files side by side
	$(BIN)/python -m benchmarks.forms

clean:
	rm -rf $(VENV) demo build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
