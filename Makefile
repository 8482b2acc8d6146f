# Needs only Python 3.11+ and make. PYTHON=python3.12 make demo picks another interpreter.
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# The pinned versions are complete and hashed, so pip need not resolve them; what is never imported is never compiled.
INSTALL := $(BIN)/python -m pip install -qq --no-deps --no-input --no-compile

.PHONY: demo test check eval bench docs lock clean

demo: .venv/run
	$(BIN)/citebot demo

test: .venv/dev
	$(BIN)/python -m pytest

check: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

eval: .venv/run
	$(BIN)/citebot eval

bench: .venv/dev
	$(BIN)/python -m evals.bench
	$(BIN)/python -m tests.slack.bench

# The help texts in docs/cli.md; a test compares them.
docs: .venv/run
	$(BIN)/python -m bot.cli.reference > docs/cli.md

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: PYTHON=python3.12 make ...")'
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python's venv module is needed (Debian: apt install python3-venv)."; exit 1; }

.venv/run: requirements.txt pyproject.toml | .venv/bin/python
	@echo "Installing the pinned packages into .venv, about a minute ..."
	@$(INSTALL) --require-hashes -r requirements.txt
	@$(INSTALL) --no-build-isolation -e .
	@touch $@

.venv/dev: .venv/run requirements-dev.txt
	@echo "Installing the tools for tests and checks ..."
	@$(INSTALL) --require-hashes -r requirements-dev.txt
	@touch $@

# Pins anew what pyproject.toml asks for; needs uv.
LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header
lock:
	$(LOCK) --group build pyproject.toml -o requirements.txt
	$(LOCK) --group build --group dev pyproject.toml -c requirements.txt -o requirements-dev.txt

clean:
	rm -rf .venv dist build reports data
