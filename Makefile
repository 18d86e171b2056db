# Everything runs in .venv, which is made here; a changed setup.cfg or constraints.txt renews it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check format benchmark screenshots constraints clean
MAKEFLAGS += --no-print-directory

PYTHON := .venv/bin/python
PIP := PYTHONWARNINGS=ignore $(PYTHON) -m pip --disable-pip-version-check --quiet --no-input
# deptry does not read setup.cfg
REQUIREMENTS := from configparser import ConfigParser; from pathlib import Path; \
	setup = ConfigParser(interpolation=None); setup.read("setup.cfg"); \
	Path(".venv/requirements.txt").write_text(setup["options"]["install_requires"]); \
	Path(".venv/requirements-test.txt").write_text(setup["options.extras_require"]["test"])
BROWSER = $${DASH_KPI_CHROMIUM:-$$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
INSTALL := export DEBIAN_FRONTEND=noninteractive; root=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	can_install() { command -v apt-get >/dev/null && { [ -z "$$root" ] || command -v sudo >/dev/null; }; }; \
	install() { for attempt in 1 2 3; do \
		$$root apt-get update -qq && $$root apt-get install -y -qq --no-install-recommends "$$@" >/dev/null && return; \
		sleep $$((attempt * 5)); done; return 1; }

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

run: .venv/run ## start the dashboard on sample workbooks
	@exec .venv/bin/dash-kpi demo

test: .venv/test browser ## check everything, quickest first
	@$(PYTHON) -m ruff format --check
	@$(PYTHON) -m ruff check
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports
	@$(PYTHON) -c '$(REQUIREMENTS)' && $(PYTHON) -m deptry . \
		--requirements-files .venv/requirements.txt --requirements-files-dev .venv/requirements-test.txt
	@DASH_KPI_CHROMIUM="$(BROWSER)" $(PYTHON) -m pytest --quiet

format: .venv/test ## format the code, and repair what the linter can
	@$(PYTHON) -m ruff check --quiet --fix; $(PYTHON) -m ruff format --quiet

benchmark: .venv/test ## measure how fast it is
	@$(PYTHON) -m benchmarks

screenshots: .venv/test browser ## picture every page
	@DASH_KPI_CHROMIUM="$(BROWSER)" $(PYTHON) -m benchmarks.screenshots

constraints: .venv/test ## write down the versions that are installed now
	@{ echo "# The versions this was tested with; 'make constraints' writes them anew."; \
		$(PYTHON) -m pip --disable-pip-version-check freeze --exclude-editable; } > constraints.new
	@mv constraints.new constraints.txt

clean: ## remove everything that was made, except the instance
	@rm -rf .venv build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .benchmarks
	@find . -name __pycache__ -prune -exec rm -rf {} +

.PHONY: browser
browser:
	@[ -n "$(BROWSER)" ] && exit; $(INSTALL); \
		can_install || { echo "The tests need Chromium; install it, or name it in DASH_KPI_CHROMIUM."; exit 1; }; \
		echo "Installing Chromium"; install chromium

$(PYTHON):
	@for name in python3.13 python3.12 python3.11 python3; do \
		if command -v $$name >/dev/null && $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then found=$$name; break; fi; done; \
		[ -n "$${found:-}" ] || { echo "Dash KPI needs Python 3.11 or newer; none is on the PATH."; exit 1; }; \
		if ! $$found -c 'import ensurepip, venv' 2>/dev/null; then $(INSTALL); \
			can_install || { echo "$$found cannot make environments; install its package python3-venv."; exit 1; }; \
			echo "Installing python3-venv"; \
			install "python$$($$found -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv" || install python3-venv; fi; \
		echo "Making .venv with $$found"; $$found -m venv .venv

.venv/run: setup.cfg pyproject.toml constraints.txt | $(PYTHON)
	@echo "Installing Dash KPI"; $(PIP) install -c constraints.txt -e .
	@touch $@

.venv/test: setup.cfg pyproject.toml constraints.txt | $(PYTHON)
	@echo "Installing Dash KPI and what tests it"; $(PIP) install -c constraints.txt -e '.[test]'
	@touch .venv/run $@
