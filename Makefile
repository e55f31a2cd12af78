# ticktap. `make demo` shows it, `make test` tests it; the rest is for those who work on it.

.PHONY: help demo demo-web catalogues check test lint types firmware uf2 emulated bench soak campaign mutants interop servers
.PHONY: docs docs-keep hardware hardware-keep kernel
.PHONY: wheel release bare-root locked prove man interop-page verifiers-page names screen-picture clean
PYTHON ?= python3
BIN := .venv/bin

help:
	@echo "make demo       a virtual token: enrol from a QR picture, press, see the code verified"
	@echo "make demo-web   the web pages with four people and a virtual token, at http://127.0.0.1:8417"
	@echo "make check      format, lint, types and the unit tests, in under a minute; installs nothing with apt"
	@echo "make test       lint, types and every test"
	@echo "make firmware   dist/CIRCUITPY: what to copy onto the board"
	@echo "make uf2        CircuitPython for the emulated chip, from its site, if there is none"
	@echo "make emulated   the built drive on real CircuitPython, on an emulated RP2040"
	@echo "make bench      speed and memory, measured"
	@echo "make soak       24 hours on real CircuitPython and ten years on the simulator, at random"
	@echo "make campaign   the attacks of docs/campaigns.md in full, with figures (about an hour)"
	@echo "make mutants    defects put into the code on purpose: which of them no test notices (an hour or more)"
	@echo "make kernel     the built drive on the emulated chip, plugged into a real Linux kernel in QEMU"
	@echo "make interop    sign-in at servers of others; installs and runs them (a machine for tests)"
	@echo "make docs       dist/site: the documents as a site, its links and pictures checked"
	@echo "make hardware   dist/hardware: board and case, made and checked; installs KiCad and CadQuery"
	@echo "make release    dist/release: what is released, made, installed and checked (docs/releasing.md)"
	@echo "make bare-root  the release's package on a bare Debian 12 and 13, from debootstrap (needs root)"
	@echo "make prove      the built drive on each CircuitPython at hand; dist/release/proven.json says which"
	@echo "make man        dist/man: the manual page ticktap(1), from the commands' own words"
	@echo "make wheel      dist/*.whl: the host tool, with the firmware inside"

# -- what the targets need

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "ticktap needs Python 3.11 or newer; set PYTHON=... to one."; exit 1; }
	@tools/system-packages venv
	$(PYTHON) -m venv .venv

.venv/.runtime: pyproject.toml tools/drive-libraries.txt | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -r tools/drive-libraries.txt
	@touch $@

.venv/.dev: .venv/.runtime
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

.venv/.bench: .venv/.dev tools/bench/device-libraries.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -r tools/bench/device-libraries.txt
	@touch $@

build/peers/.installed: tools/bench/peers.txt | .venv/bin/python
	@tools/system-packages peers
	$(PYTHON) -m venv build/peers
	build/peers/bin/pip install --quiet --disable-pip-version-check -r tools/bench/peers.txt
	@touch $@

tests/node/node_modules/.installed: tests/node/package-lock.json
	@tools/system-packages node
	npm ci --prefix tests/node --silent --no-audit --no-fund
	@touch $@

build/cad/.installed: hardware/requirements.txt | .venv/bin/python
	$(PYTHON) -m venv build/cad
	build/cad/bin/pip install --quiet --disable-pip-version-check -r hardware/requirements.txt
	@touch $@

build/docs/.installed: docs/site/requirements.txt | .venv/bin/python
	@rm -rf $(@D)
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

build/release/.installed: tools/releasing/requirements.txt | .venv/bin/python
	@rm -rf $(@D)
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

build/interop/%/.installed: tests/interop/%.txt | .venv/bin/python
	@rm -rf $(@D)
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

# -- what people call

demo: .venv/.runtime
	@$(BIN)/python tools/demo.py

demo-web: .venv/.runtime firmware
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[web]'
	@$(BIN)/ticktap serve --demo

catalogues: .venv/.dev
	@$(BIN)/python tools/catalogues.py

check: .venv/.dev
	@$(MAKE) --no-print-directory lint types
	$(BIN)/python -m pytest -q -n 2 tests/unit

test: .venv/.dev tests/node/node_modules/.installed
	@tools/system-packages
	@$(MAKE) --no-print-directory lint types firmware
	$(BIN)/python -m pytest -n 3 --dist loadfile --ignore tests/interop --ignore tests/kernel --ignore tests/bare_root

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.dev
	$(BIN)/mypy
	$(BIN)/mypy --config-file tools/mypy-firmware.ini

firmware: .venv/.runtime
	@$(BIN)/python -m ticktap.drive.build firmware dist/CIRCUITPY

uf2: .venv/.dev
	@UF2="$(UF2)" SHA256="$(SHA256)" PYTHONPATH=tests $(BIN)/python -m emulated.get_uf2

emulated: .venv/.dev tests/node/node_modules/.installed firmware
	$(BIN)/python -m pytest -n 2 --dist loadfile --everywhere \
	    tests/emulated tests/conformance tests/soak tests/drive tests/device/test_token_store_file.py

kernel: .venv/.dev tests/node/node_modules/.installed firmware
	@PYTHONPATH=tests $(BIN)/python -P -m kernel $(KERNEL)

bench: .venv/.bench build/peers/.installed tests/node/node_modules/.installed firmware
	@tools/system-packages system
	PYTHONPATH=tests:tools $(BIN)/python -m bench $(BENCH)

soak: .venv/.dev tests/node/node_modules/.installed firmware
	PYTHONPATH=tests $(BIN)/python -P tools/soak.py $(SOAK)

campaign: .venv/.dev tests/node/node_modules/.installed firmware
	PYTHONPATH=tests:firmware $(BIN)/python -P tools/campaign.py

mutants: .venv/.dev firmware
	$(BIN)/python tools/mutants.py $(MUTANTS)

names: .venv/.dev tests/node/node_modules/.installed firmware
	PYTHONPATH=tests $(BIN)/python -P tools/names.py

screen-picture: .venv/.dev tests/node/node_modules/.installed firmware
	PYTHONPATH=tests $(BIN)/python -P tools/screen_picture.py

servers: .venv/.dev build/interop/playwright/.installed build/interop/two-factor/.installed build/interop/privacyidea/.installed firmware
	@tools/system-packages system keyboards interop

interop: servers
	$(BIN)/python -m pytest -n 2 tests/interop

bare-root: .venv/.dev build/release/.installed firmware
	@tools/system-packages bare-root
	$(BIN)/python -m pytest tests/bare_root

interop-page: .venv/.dev
	PYTHONPATH=tests $(BIN)/python -P tools/interop_page.py formats

verifiers-page: servers
	PYTHONPATH=tests $(BIN)/python -P tools/interop_page.py verifiers

# KiCad's pcbnew is a module of the system's own Python.
dist/hardware/.made: .venv/.runtime build/cad/.installed FORCE
	@tools/system-packages hardware
	@tools/part-models build/models
	@rm -rf dist/hardware
	PYTHONPATH=hardware $(BIN)/python -m ticktap_hardware.texts dist/hardware
	PYTHONPATH=hardware /usr/bin/python3 -m ticktap_hardware.make_board dist/hardware
	PYTHONPATH=hardware build/cad/bin/python -m ticktap_hardware.make_case dist/hardware build/models
	@touch $@

hardware: dist/hardware/.made
	PYTHONPATH=hardware $(BIN)/python -m ticktap_hardware.kept dist/hardware

hardware-keep: dist/hardware/.made
	PYTHONPATH=hardware $(BIN)/python -m ticktap_hardware.kept dist/hardware keep

FORCE:

docs: .venv/.dev build/docs/.installed
	@rm -rf build/pages build/doctrees dist/site
	PYTHONPATH=tools $(BIN)/python -m docsite.casts docs/casts
	PYTHONPATH=tools $(BIN)/python -m docsite.stage build/pages
	build/docs/bin/sphinx-build -q -W --keep-going -b html -c docs/site -d build/doctrees build/pages dist/site
	PYTHONPATH=tools $(BIN)/python -m docsite.check dist/site

docs-keep: .venv/.dev
	PYTHONPATH=tools $(BIN)/python -m docsite.casts docs/casts keep

wheel: .venv/.dev firmware
	@rm -rf build/lib build/bdist.*
	$(BIN)/python -m build --wheel --outdir dist --no-isolation . >/dev/null
	@ls dist/*.whl

man: .venv/.runtime
	@$(BIN)/python tools/man.py dist/man

release: .venv/.dev build/release/.installed
	@rm -rf dist/release
	@$(BIN)/python tools/release.py dist/release build/release/bin
	@$(BIN)/python tools/check_release.py dist/release build/release/bin

locked: build/release/.installed
	build/release/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	    --no-header --quiet --upgrade -o build/locked.txt
	@{ head -1 tools/releasing/locked.txt; cat build/locked.txt; } >build/locked.new
	@mv build/locked.new tools/releasing/locked.txt

prove: .venv/.dev tests/node/node_modules/.installed firmware
	@tools/system-packages system
	PYTHONPATH=tests $(BIN)/python -P tools/prove.py dist/CIRCUITPY dist/release/proven.json

clean:
	rm -rf .venv build dist tests/node/node_modules host/*.egg-info
