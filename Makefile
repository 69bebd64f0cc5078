# make demo   the built-in case, after its own set-up
# make test   every check, after its own set-up
# make check-long   what takes long or is drawn anew each time: run before a release
# make words  the catalogue of the pages' words, after a template changed
# make chromium   the browser that the tests of the page use; make test does it too
# make screens   pictures of the pages into docs/screens
# make pages   how fast the pages are, into docs/speed.md: only on a machine that does nothing else
# make vignettes   the form for clinicians, into out/vignettes
# make bench  measured accuracy and speed into docs/accuracy.md (needs photos, see bench/README.md)
# make peers  also installs fibermorph, apart from the rest, for make bench to compare with
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: demo test format lint types contracts unit chromium screens pages check-long bench peers vignettes clean

demo: $(VENV)/core
	$(BIN)/hairwise demo --out out/demo

test: format lint types contracts unit

format: $(VENV)/dev
	$(BIN)/ruff format --check src tests bench

lint: $(VENV)/dev
	$(BIN)/ruff check src tests bench

types: $(VENV)/dev
	$(BIN)/mypy

contracts: $(VENV)/dev
	$(BIN)/lint-imports

# each worker has a processor: more threads of OpenBLAS than that wait for each other
unit: $(VENV)/dev chromium
	OPENBLAS_NUM_THREADS=1 $(BIN)/pytest -n auto

chromium:
	@sh tests/browser/chromium.sh

screens: $(VENV)/dev chromium
	$(BIN)/python bench/screens.py

pages: $(VENV)/dev chromium
	$(BIN)/python bench/pages.py

check-long: $(VENV)/audit
	HYPOTHESIS_PROFILE=anew $(BIN)/pytest -n auto tests/care tests/records
	$(BIN)/python bench/audit.py

bench: $(VENV)/bench
	$(BIN)/python bench/run.py

peers: $(VENV)/bench $(VENV)/fibermorph/made

words: $(VENV)/core
	$(BIN)/python -m hairwise.web.words

vignettes: $(VENV)/core
	$(BIN)/python bench/vignette_form.py

$(VENV)/python:
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/core: pyproject.toml constraints.txt | $(VENV)/python
	$(PIP) --editable .
	touch $@

$(VENV)/dev: pyproject.toml constraints.txt | $(VENV)/python
	$(PIP) --editable '.[dev]'
	touch $@ $(VENV)/core

$(VENV)/bench: pyproject.toml constraints.txt | $(VENV)/python
	$(PIP) --editable '.[dev,bench]'
	touch $@ $(VENV)/core $(VENV)/dev

$(VENV)/audit: pyproject.toml constraints.txt | $(VENV)/python
	$(PIP) --editable '.[dev,audit]'
	touch $@ $(VENV)/core $(VENV)/dev

# fibermorph 1.0.1 wants numpy below 2 and Python below 3.13: it cannot share an environment with hairwise
$(VENV)/fibermorph/made: bench/requirements-fibermorph.txt | $(VENV)/python
	$(PYTHON) -m venv $(VENV)/fibermorph
	$(VENV)/fibermorph/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	touch $@

clean:
	rm -rf $(VENV) out
