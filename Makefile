# The commands of this project. Everything installs into .venv; `make help` lists what there is.

PORT ?= 8000
HOST ?= 127.0.0.1
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
VAR := $(or $(VAR_DIR),$(shell sed -n 's/^VAR_DIR=//p' .env 2> /dev/null | tr -d "\"'"),var)
MANAGE := python manage.py
PIP := python -m pip install -qq --disable-pip-version-check
TYPED := config surveys scoring tests deploy manage.py
STATIC_FILES := $(shell find static -path static/vendor -prune -o -type f -print)

export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run static test test-plain test-e2e test-production check e2e fuzz accessibility bench-forms bench-live bench-pages bench-offline bench-scoring bench-rescoring bench-intake bench-console bench-sizes bench-workers bench-export simulate load hostile faults collect storm season sbom screenshots messages clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile

run: $(VAR)/static/staticfiles.json .env ## start everything, with the demo survey; PORT= and HOST= say where
	@exec $(MANAGE) serve --demo --host $(HOST) --port $(PORT)

# The three runs share no server, no folder and no port, so they share the time.
test: $(VENV)/dev.stamp build/static/.stamp ## all tests; on PostgreSQL and Redis, beside it, what touches them
	@$(MAKE) --no-print-directory --keep-going --jobs=3 --output-sync=target test-plain test-e2e test-production

test-plain: ; @python -m pytest -m "not slow and not e2e"
test-e2e: ; @python -m pytest -m "not slow and e2e"
test-production: ; @python -m pytest -m "not slow" --stack=production

e2e: $(VENV)/dev.stamp build/static/.stamp ## only the tests that drive a browser
	@python -m pytest -m e2e
	@python -m pytest -m e2e --stack=production

# What is found lies in build/fuzz; mended, it goes to tests/fuzz/corpus.
fuzz: $(VENV)/dev.stamp $(VENV)/node.stamp ## both engines, the API and every reader of what comes in, fuzzed; TARGET=, SEED= and COUNT= say what
	@python -m tests.fuzz $(TARGET) --seed $(or $(SEED),1) --count $(or $(COUNT),0)

check: $(VENV)/dev.stamp static/vendor/.stamp .env ## format, lint, types, import contracts, migrations, deployment, scripts
	@ruff format --check --quiet .
	@ruff check --quiet .
	@mypy --no-error-summary $(TYPED)
	@lint-imports --no-logo > $(VENV)/imports.log || { cat $(VENV)/imports.log; exit 1; }
	@$(MANAGE) makemigrations --check --dry-run --verbosity 0
	@HTTPS=true SECRET_KEY=$$(python -c "import secrets; print(secrets.token_urlsafe(50))") \
		$(MANAGE) check --deploy --fail-level WARNING > $(VENV)/deploy.log 2>&1 || { cat $(VENV)/deploy.log; exit 1; }
	@scripts=$$(find tests/js -name '*.test.js'); node --test $$scripts > $(VENV)/scripts.log || { cat $(VENV)/scripts.log; exit 1; }
	@python deploy/messages.py

accessibility: $(VENV)/dev.stamp $(VENV)/node.stamp static/vendor/.stamp ## every page as everybody, in both languages, light and dark, wide and narrow
	@python -m pytest -q -m "e2e and (slow or not slow)" tests/pages

# Each prints a line of JSON a measure; a ratio above 1 misses its bar.
bench-forms: $(VENV)/dev.stamp ## how fast the server judges interviews
	@python -m tests.bench.forms

bench-live: $(VENV)/dev.stamp $(VENV)/node.stamp ## how fast the graph of a form is, without a page
	@python -m tests.bench

bench-pages: $(VENV)/dev.stamp build/static/.stamp ## how fast the live page is, in a slowed Chromium
	@python -m tests.bench.pages

bench-offline: $(VENV)/dev.stamp build/static/.stamp ## how soon the live page opens on slow 3G, and with no network
	@python -m tests.bench.offline

# The kernels' ratios are to plain numpy beside them; `bar` is what they may be.
bench-scoring: $(VENV)/dev.stamp ## how fast people become sums and sums estimates
	@python -m tests.bench.scoring

bench-rescoring: $(VENV)/dev.stamp ## how fast all are judged again on PostgreSQL, and one more is seen; COUNT= says of how many
	@python -m tests.bench.rescoring $(COUNT)

# On PostgreSQL, with gunicorn; `bar` is how many times a bare view's CPU a submission may cost.
bench-intake: $(VENV)/dev.stamp ## how fast interviews come in from devices, beside a bare Django view
	@python -m tests.bench.intake

bench-console: $(VENV)/dev.stamp build/static/.stamp ## how fast the office's pages are with 1 M interviews and 20,000 sites; COUNT= says how many
	@python -m tests.bench.console $(COUNT)

bench-sizes: $(VENV)/dev.stamp ## what interviews take in PostgreSQL, table by table; COUNT= says of how many
	@python -m tests.bench.sizes $(COUNT)

bench-workers: $(VENV)/dev.stamp ## how much faster several workers rescore, each on a host of its own; needs root; COUNT= says how many interviews
	@python -m tests.bench.workers $(COUNT)

bench-export: $(VENV)/dev.stamp ## how fast interviews become files, beside a bare reading, and in how much memory; COUNT= says of how many
	@python -m tests.bench.exports $(COUNT)

simulate: $(VENV)/dev.stamp ## how often the 95 % intervals of 1,000 samples hold the truth
	@python -m tests.simulation.coverage

load: $(VENV)/dev.stamp build/static/.stamp ## enumerators, dashboards, exports and rescores at once on this machine; MINUTES= and BUSY= say how long, how much
	@python -m tests.load --minutes $(or $(MINUTES),5) --busy $(or $(BUSY),0.9)

hostile: $(VENV)/dev.stamp ## nonsense at every door by everybody: no error, nothing stored; SEED= and COUNT= say which
	@python -m tests.hostile --seed $(or $(SEED),1) --count $(or $(COUNT),20000)

faults: $(VENV)/dev.stamp build/static/.stamp ## all parts killed, stopped, cut off and without disk while people work; SEED= and COUNT= say which runs
	@python -m tests.faults --seed $(or $(SEED),1) --count $(or $(COUNT),1)

collect: $(VENV)/dev.stamp ## 1,000 interviews with files over a bad network, each there once; SEED= draws its faults
	@python -m tests.collect --seed $(or $(SEED),1) --count $(or $(COUNT),1000)

storm: $(VENV)/dev.stamp build/static/.stamp ## 200 days of a phone on which everything goes wrong, nothing lost; SEED= and COUNT= say which
	@python -m tests.storm --seed $(or $(SEED),1) --count $(or $(COUNT),200)

season: $(VENV)/dev.stamp ## 200 simulated seasons: who makes interviews up is found, nobody honest accused
	@python -m tests.season

static: $(VAR)/static/staticfiles.json ## collect what browsers load, scripts in few files; once a release on every machine

sbom: $(VENV)/dev.stamp static/vendor/.stamp ## what the product is made of, as CycloneDX: build/sbom/python.json and browser.json
	@python deploy/sbom.py

screenshots: $(VENV)/dev.stamp ## the README's pictures, from a running `make run`
	@python docs/screenshots.py http://$(HOST):$(PORT)

messages: $(VENV)/dev.stamp ## collect what is to be translated and compile it; needs GNU gettext
	@$(MANAGE) makemessages --verbosity 0 --locale zh_Hans --no-location --ignore .venv --ignore node_modules --ignore var
	@$(MANAGE) compilemessages --verbosity 0 --ignore .venv --ignore node_modules

clean: ## remove what was built; the data in var/ and .env stay
	@rm -rf $(VENV) node_modules static/vendor build $(VAR)/static .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# Debian has Python without `ensurepip`; its own pip can fill the environment.
$(VENV)/bin/pip:
	@$(PYTHON) -m venv $(VENV) > /dev/null 2>&1 || { $(PYTHON) -m venv --clear --without-pip $(VENV) \
		&& $(PYTHON) -m pip --quiet --python $(VENV)/bin/python install pip; }

$(VENV)/run.stamp: requirements.txt | $(VENV)/bin/pip
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt requirements-s3.txt $(VENV)/run.stamp
	@$(PIP) -r requirements-dev.txt
	@touch $@

$(VENV)/node.stamp: requirements-node.txt | $(VENV)/bin/pip
	@{ command -v node && command -v npm; } > /dev/null || $(PIP) -r requirements-node.txt
	@touch $@

static/vendor/.stamp: package.json package-lock.json deploy/vendor.py | $(VENV)/node.stamp
	@python deploy/vendor.py
	@touch $@

build/static/.stamp: $(STATIC_FILES) deploy/bundle.mjs static/vendor/.stamp
	@node deploy/bundle.mjs
	@touch $@

$(VAR)/static/staticfiles.json: $(STATIC_FILES) $(VENV)/run.stamp build/static/.stamp config/storage.py | .env
	@$(MANAGE) collectstatic --no-input --verbosity 0
	@touch $@

.env: | $(VENV)/bin/pip
	@umask 077 && python -c "import secrets; print('SECRET_KEY=' + secrets.token_urlsafe(50))" > $@
