# Each target does its own set-up in .venv: Python 3.11 or later, make and git are enough.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
NODE_READY := node_modules/.package-lock.json

# Material prints a notice about MkDocs 2 at each start; pyproject.toml keeps MkDocs below 2.
export NO_MKDOCS_2_WARNING := 1

.DEFAULT_GOAL := help
.PHONY: help site test serve check audit measure record crossref bench bench-pdf soak browser

help: ## say what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

site: $(READY) ## check every brief and build the site into site/
	$(BIN)/python scripts/build.py --strict

test: $(READY) browser crossref ## lint, type-check and run the tests
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/pytest -n auto --dist worksteal

serve: $(READY) ## show the site with drafts on http://127.0.0.1:8000 and follow changes
	$(BIN)/briefpress serve

check: $(READY) ## report every mistake in briefs/, and build nothing
	$(BIN)/briefpress check

audit: $(READY) browser ## hold the built pages to accessibility and HTML rules (needs Node and Java)
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory $(NODE_READY); fi
	$(BIN)/pytest -n auto -m audit

measure: $(READY) browser ## measure what a reader loads, and write docs/developing/reader.md (needs Node)
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory $(NODE_READY); fi
	$(BIN)/python tests/audit/measure.py

record: $(READY) crossref ## let programs of others read two briefs, and write docs/publishing/record.md
	$(BIN)/python tests/harvest.py

crossref: .cache/crossref/5.4.0/.ready .cache/crossref/5.5.0/.ready ## fetch the schemas that deposits are checked against

# For example: make bench BRIEFS="1000 10000" WRITE=1
bench: $(READY) browser ## measure us and our peers on generated briefs (BRIEFS=1000; WRITE=1 keeps the result)
	$(BIN)/python scripts/bench.py $(addprefix --briefs ,$(BRIEFS)) $(if $(WRITE),--write)

bench-pdf: $(READY) ## measure the PDFs of generated briefs
	$(BIN)/python scripts/bench.py --pdf

# After each step the edited site is held against one that is built from nothing: half a second.
SOAK_STEPS ?= 2000
soak: $(READY) ## edit a series at random for half an hour, and hold its site against clean builds
	SOAK_STEPS=$(SOAK_STEPS) $(BIN)/pytest -n0 tests/test_incremental.py -k any_edits

# The tests look again, and decide whether a missing Chromium is a skip or a failure.
browser:
	@sh scripts/chromium.sh --install >/dev/null || true

# Set-up runs only when one of these two files changed, so a second `make site` needs no network.
# Newer pips take the pins of the build backend from the second variable, older ones from the first.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "Briefpress needs Python 3.11 or later, and '$(PYTHON)' is not that: install it, or name another one, for example 'make site PYTHON=python3.12'." >&2; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing for '$(PYTHON)': install it (on Debian and Ubuntu the package python3-venv) and run make again." >&2; exit 2; }
	$(PYTHON) -m venv --clear .venv
	PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[cite,deposit,test]'
	@touch $@

# Crossref's schemas come within a package, one version of each; of it nothing but files is used.
.cache/crossref/5.4.0/.ready: package := commonmeta-py==0.228
.cache/crossref/5.5.0/.ready: package := commonmeta-py==0.312
.cache/crossref/%/.ready: | $(READY)
	@rm -rf $(@D)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --target $(@D) $(package)
	@touch $@

$(NODE_READY): package.json package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund
	@touch $@
