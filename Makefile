# Every target is one line of `python3 scripts/newsdesk.py`, which needs nothing but Python 3.11 or newer.
PYTHON ?= python3
N ?= 10000
NEWSDESK = $(PYTHON) scripts/newsdesk.py

.PHONY: help run test test-all test-sqlite test-postgres test-browser soak lint bench lock

help: ## This list (also: PYTHON=python3.12 chooses the interpreter)
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' Makefile

run: ## Set up, import the seeds and serve on http://127.0.0.1:8000 (PORT=8001 for another port)
	@$(NEWSDESK) run

test: ## Run the quick tests on SQLite: three minutes (ARGS="-k merge" goes to pytest)
	@$(NEWSDESK) test $(ARGS)

test-all: ## Run every test on SQLite and on a throw-away PostgreSQL 15, the slow ones as well
	@$(NEWSDESK) test-all $(ARGS)

test-sqlite: ## Run every test on SQLite
	@$(NEWSDESK) test-sqlite $(ARGS)

test-postgres: ## Run every test on a throw-away PostgreSQL 15
	@$(NEWSDESK) test-postgres $(ARGS)

test-browser: ## Run the tests that drive Chromium: five minutes
	@$(NEWSDESK) test-browser $(ARGS)

soak: ## Run everything that the others try in samples, whole: hours
	@$(NEWSDESK) soak $(ARGS)

lint: ## Run every linter and check
	@$(NEWSDESK) lint

bench: ## Measure beside raw SQL (N=10000 articles)
	@$(NEWSDESK) bench $(N) $(ARGS)

lock: ## Compile requirements/ anew (ARGS=--upgrade for the newest versions)
	@$(NEWSDESK) lock $(ARGS)
