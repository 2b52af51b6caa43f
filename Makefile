# make demo: try it on this computer.   make test: everything that shows it works.   make help: the rest.
PYTHON ?= python3
BIN = .venv/bin
SOURCES = bedside tests
PYTEST = $(BIN)/pytest --numprocesses auto --dist loadfile

.PHONY: help demo test fast lint texts simulate bench wheel deb install pi-test clean

help:
	@echo "make demo       run bedside on this computer, with a simulated button and room"
	@echo "make test       every check; names the tools that are missing"
	@echo "make fast       the quick tests alone"
	@echo "make texts      every text, for translators: bedside/locale/bedside.pot"
	@echo "make simulate   simulated nights with faults: NIGHTS=20000 SEED=1"
	@echo "make bench      speed and size, each beside its floor"
	@echo "make pi-test    on an emulated Pi: see tests/pi/README.md"
	@echo "make wheel      dist/bedside-*.whl"
	@echo "make deb        dist/bedside_*.deb for this computer; for a Raspberry Pi: ARCH=arm64"
	@echo "make install    the same, installed here: sudo make install"

.venv/python: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "bedside needs Python 3.11 or newer: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/demo: .venv/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary py-nanotts --editable '.[voice]' 2>/dev/null \
	  || echo "No speech engine for this computer from PyPI: espeak-ng speaks if it is there, else chimes and captions."
	@touch $@

.venv/dev: .venv/demo
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: .venv/demo
	@$(BIN)/bedside demo

lint: .venv/dev
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy

fast: .venv/dev
	$(PYTEST) -m "not slow"

test: lint
	$(PYTEST)

POT = bedside/locale/bedside.pot
# Without dates, versions and lines, so that it changes with the texts alone.
texts: .venv/dev
	$(BIN)/pybabel --quiet extract --mapping-file pyproject.toml --output-file $(POT).new --project bedside \
	  --add-comments Translators: --strip-comments --add-location file --sort-output --width 120 \
	  --header-comment "# Every text of bedside. docs/language.md tells how to translate it." .
	@grep -vE '^"(POT-Creation-Date|PO-Revision-Date|Generated-By)' $(POT).new > $(POT); rm $(POT).new

NIGHTS ?= 20000
SEED ?= 1
simulate: .venv/dev
	$(BIN)/python -m tests.simulation --nights $(NIGHTS) --seed $(SEED)

bench: .venv/dev
	$(BIN)/python -m tests.bench

pi-test: .venv/dev
	$(BIN)/python -m tests.pi

wheel: .venv/dev
	rm -f dist/*.whl
	$(BIN)/python -m build --wheel --quiet
	@ls dist/*.whl

# With wheels for the Python of Raspberry Pi OS bookworm and of trixie; for another: PYTHONS=3.12
deb: .venv/python
	@$(BIN)/python tools/deb.py $(ARCH:%=--arch %) $(PYTHONS:%=--python %)

install: deb
	apt-get install --yes --reinstall "$$(ls -t ./dist/bedside_*_$$(dpkg --print-architecture).deb | head -1)"

clean:
	rm -rf .venv dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
