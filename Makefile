# `make run` serves the portal, `make test` proves it. Everything lives in .venv and instance/.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header

.PHONY: run test check browser audit lock clean
.NOTPARALLEL:

run: $(VENV)/.runtime
	@$(BIN)/flask --app wsgi prepare
	@exec $(BIN)/gunicorn -c gunicorn.conf.py wsgi:app

test: check browser
	$(BIN)/python -m pytest --database sqlite
	$(BIN)/python -m pytest --database postgres

check: $(VENV)/.development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint app/templates --lint --quiet

browser: $(VENV)/.development
	@$(BIN)/python -m tests.support.browser --install

# The Nu HTML checker over every page; needs Java, and its jar: `npm pack vnu-jar` somewhere, unpack, VNU=…/vnu.jar.
audit: $(VENV)/.development
	@test -f "$(VNU)" || { echo "make audit VNU=/path/to/vnu.jar (npm pack vnu-jar carries one)" >&2; exit 1; }
	$(BIN)/python -m pytest tests/site/test_vnu.py --vnu "$(VNU)"

# `make lock UPGRADE=--upgrade` moves everything that requirements*.in leaves free.
lock: $(VENV)/.development
	$(LOCK) $(UPGRADE) requirements.in -o requirements.txt
	$(LOCK) $(UPGRADE) requirements-dev.in -o requirements-dev.txt

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis test-results
	find app migrations tests bench -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

# The stamps stand inside .venv, so they go when it goes; installing again what is installed costs a second.
$(VENV)/.runtime: requirements.txt | $(BIN)/python
	@$(call whole_venv)
	@echo "Installing what the portal runs on …"
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.development: requirements-dev.txt $(VENV)/.runtime
	@echo "Installing what the checks and tests need …"
	@$(PIP) -r requirements-dev.txt
	@touch $@

# An interpreter that was upgraded away leaves a dangling link, which counts as missing here.
$(BIN)/python:
	@$(call new_venv)

# Ctrl-C while the environment was being made leaves one without pip.
whole_venv = $(BIN)/python -m pip --version >/dev/null 2>&1 || { $(new_venv); }

define new_venv
command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed: apt install python3 python3-venv" >&2; exit 1; }; \
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	|| { echo "Python 3.11 or newer is needed, $(PYTHON) is $$($(PYTHON) -V 2>&1): make run PYTHON=python3.11" >&2; exit 1; }; \
$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
	|| { echo "Python's venv module is missing: apt install python3-venv" >&2; exit 1; }; \
$(PYTHON) -m venv --clear $(VENV)
endef
