# Needs only Python 3.11+ and make. PYTHON=python3.12 make demo picks another interpreter.
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test check eval bench lock clean

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

bench: .venv/run
	$(BIN)/python -m evals.bench

# The pinned versions are complete, so pip need not resolve: --no-deps.
.venv/run: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --no-deps --require-hashes -r requirements.txt
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	touch $@

.venv/dev: .venv/run requirements-dev.txt
	$(BIN)/python -m pip install -q --no-deps --require-hashes -r requirements-dev.txt
	touch $@

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --group build pyproject.toml -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --group build --group dev pyproject.toml -c requirements.txt -o requirements-dev.txt

clean:
	rm -rf .venv dist build reports data
