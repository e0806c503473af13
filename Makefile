# `python3 scripts/newsdesk.py` sets everything up, and needs nothing but Python 3.11 or newer; `exec` runs any command
# in the virtual environment.
PYTHON ?= python3
N ?= 10000
NEWSDESK = $(PYTHON) scripts/newsdesk.py
CHECKS = ruff-check ruff-format mypy import-linter djade bandit migrations deployment
COMPILE = uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make lock" $(ARGS) pyproject.toml

.PHONY: help run test test-all test-sqlite test-postgres test-browser soak lint bench lock $(CHECKS)

help: ## This list (also: PYTHON=python3.12 chooses the interpreter)
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' Makefile

run: ## Set up, import the seeds and serve on http://127.0.0.1:8000 (PORT=8001 for another port)
	@$(NEWSDESK) run

test: ## Run the quick tests on SQLite: three minutes (ARGS="-k merge" goes to pytest)
	@$(NEWSDESK) test $(ARGS)

test-all: ## Run every test on SQLite and on a throw-away PostgreSQL 15, including slow ones
	@$(NEWSDESK) test-sqlite $(ARGS)
	@$(NEWSDESK) test-postgres $(ARGS)

test-sqlite: ## Run every test on SQLite
	@$(NEWSDESK) test-sqlite $(ARGS)

test-postgres: ## Run every test on a throw-away PostgreSQL 15
	@$(NEWSDESK) test-postgres $(ARGS)

test-browser: ## Run the tests that drive Chromium: five minutes
	@$(NEWSDESK) test-browser $(ARGS)

soak: ## Run the sampled tests in full: hours
	@$(NEWSDESK) soak $(ARGS)

lint: ## Run every linter and check; all of them run, and the failed ones are listed at the end
	@$(NEWSDESK) exec sh -c 'for check in $(CHECKS); do \
		$(MAKE) --no-print-directory $$check || failed="$$failed $$check"; done; \
		test -z "$$failed" || { echo "lint failed:$$failed; see above." >&2; exit 1; }'

ruff-check:
	ruff check --quiet .
ruff-format:
	ruff format --check --quiet .
mypy:
	mypy --no-error-summary newsdesk articles
import-linter:
	lint-imports --no-logo
djade:
	djade --check --target-version 5.2 $$(find templates -name '*.html')
bandit:
	bandit -q -r newsdesk articles scripts -c pyproject.toml 2>/dev/null
# As in production: no `.env`, no demo. The database is never asked.
PRODUCTION = ENV_FILE= DEMO=false DEBUG=false SITE_URL=https://news.example ALLOWED_HOSTS=news.example \
	DATABASE_URL=sqlite://:memory: DJANGO_SETTINGS_MODULE=newsdesk.settings \
	SECRET_KEY=$$(python -c 'import secrets; print(secrets.token_urlsafe(64))')
migrations:
	@$(PRODUCTION) python manage.py makemigrations --check --dry-run
deployment:
	@$(PRODUCTION) python manage.py check --deploy --fail-level WARNING

bench: ## Measure imports, publishing and pages, as ratios within the run (N=10000 articles)
	@$(NEWSDESK) exec python -m benchmarks $(N) $(ARGS)

lock: ## Compile requirements/ anew (ARGS=--upgrade for the newest versions)
	@$(NEWSDESK) exec pip install -q --no-input --disable-pip-version-check uv
	@$(NEWSDESK) exec $(COMPILE) -o requirements/run.txt
	@$(NEWSDESK) exec $(COMPILE) --group test --group lint --constraints requirements/run.txt -o requirements/dev.txt
