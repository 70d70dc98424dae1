# The commands a newcomer, a developer and the continuous integration run: the same ones.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BROWSER ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)

.PHONY: run test lint types format bench fuzz province coverage-study disclosure-study stuffing-study kiosk-loss lock translations clean

run: $(VENV)/ready ## Make everything that is missing, start the demo office, print its addresses.
	@$(BIN)/python -m survey_app.commands.start

test: $(VENV)/ready-dev programs ## Everything: unit tests, both databases, a real browser.
	@echo "== Tests (SQLite, PostgreSQL, chromium; some minutes)"
	@$(BIN)/pytest -n 4

lint: $(VENV)/ready-dev
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .

types: $(VENV)/ready-dev
	@$(BIN)/mypy

format: $(VENV)/ready-dev
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

bench: $(VENV)/ready-dev ## Ratios and seconds; nothing of it is asserted in a test.
	@$(BIN)/python -m tests.load
	@$(BIN)/python -m tests.load.statistics
	@$(BIN)/python -m tests.load.exports

province: $(VENV)/ready-dev ## A province's half-year at the desk: snapshot, pages, package.
	@$(BIN)/python -m tests.load.desk

fuzz: $(VENV)/ready-dev ## 20,000 hostile requests on the citizen's page; some minutes.
	@$(BIN)/python -m tests.load.fuzz 20000

coverage-study: $(VENV)/ready-dev ## How often intervals hold the true rate; some minutes.
	@$(BIN)/python -m tests.studies.coverage

disclosure-study: $(VENV)/ready-dev ## Whether an outsider finds a small number that hides; some minutes.
	@$(BIN)/python -m tests.studies.disclosure

stuffing-study: $(VENV)/ready-dev ## How many planted answers are found; two minutes.
	@$(BIN)/python -m tests.studies.stuffing

kiosk-loss: $(VENV)/ready-dev programs ## 10,000 visits at kiosks while everything fails, on both databases; up to two hours.
	@$(BIN)/python -m tests.load.kiosk_loss

translations: $(VENV)/ready-dev ## Collect new messages into the catalogues and compile them.
	@$(BIN)/python -m survey_app.translations

lock: $(VENV)/ready-dev ## Choose versions anew; needs uv.
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		requirements.in requirements-build.in --output-file requirements.txt
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		requirements-dev.in --output-file requirements-dev.txt

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

.PHONY: programs
programs:
	@sh tests/programs.sh

$(VENV)/bin/python:
	@echo "== Environment in $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/ready: requirements.txt pyproject.toml | $(VENV)/bin/python
	@echo "== Packages (once; later starts need no network)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/ready-dev: $(VENV)/ready requirements-dev.txt
	@echo "== Packages for the tests (once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.txt
	@touch $@
