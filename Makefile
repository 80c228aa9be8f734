# Two commands: `make demo` runs the main job on a fresh machine, `make test` everything CI runs.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DEMO   := data/demo

.PHONY: demo test lint unit notebooks lab samples bench lock docs clean

demo: $(VENV)/.demo
	$(BIN)/certanalytics demo --folder $(DEMO) --out reports/out

test: lint unit notebooks

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Files in their order: by the number of their tests, the few and slow ones would be left for one processor at the end.
unit: $(VENV)/.test
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

# nbval runs every notebook from top to bottom in a fresh kernel on a demo estate of its own.
notebooks: $(VENV)/.test
	$(BIN)/certanalytics demo --folder build/nbval --no-report
	CERTANALYTICS_ESTATE=$(CURDIR)/build/nbval/estate.duckdb $(BIN)/python -m pytest --nbval-lax -n auto --dist loadfile -W default notebooks

# Scan the project's own loopback servers with the real tools and write data/samples.
lab: $(VENV)/.test
	$(BIN)/python -m tests.lab --day $$(date -u +%F)

# Write anew only the samples that follow from the lab's certificates.
samples: $(VENV)/.test
	$(BIN)/python -m tests.lab --derive data/samples

# The tables of sources in README and docs, and what came out of the shared samples.
docs: $(VENV)/.test
	$(BIN)/python tests/printed.py

bench: $(VENV)/.test
	$(BIN)/python benchmarks/start_up.py
	$(BIN)/python benchmarks/signatures.py
	$(BIN)/python benchmarks/readers.py
	$(BIN)/python benchmarks/memory.py
	$(BIN)/python benchmarks/decoder.py
	$(BIN)/python benchmarks/decoder_equality.py
	$(BIN)/python benchmarks/ct_pipeline.py
	$(BIN)/python benchmarks/batch_gcd.py
	$(BIN)/python benchmarks/questions.py

# Pins with hashes and without any address; run after changing the dependencies in pyproject.toml.
lock: $(VENV)/.test
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra reports --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements.txt
	$(BIN)/uv pip compile pyproject.toml --extra reports --extra keys --extra spark --group test --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet --constraints requirements.txt --output-file requirements-test.txt

clean:
	rm -rf build dist $(DEMO) reports/out

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("certanalytics needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

$(VENV)/.test: requirements-test.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@ $(VENV)/.demo
