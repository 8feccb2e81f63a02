# Needlepoint: every command of the project. `make help` lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help

BIN := .venv/bin
READY := .venv/.ready
JOBS ?= 2
# The rooms where every branch is tested, because a wrong branch there is a wrong answer to a clinician.
PROVEN := course evidence rules dose advice
# The tests that lead into each of their branches.
COUNTED := tests/unit tests/spec tests/scenarios
COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet

SOAK = NEEDLEPOINT_ROUNDS=1000 NEEDLEPOINT_KILLS=200 NEEDLEPOINT_UPLOAD_KILLS=200 NEEDLEPOINT_FLIPS=1000 NEEDLEPOINT_FUZZ=100000 NEEDLEPOINT_STRANGERS=2000 \
    $(BIN)/pytest -q -n0 -s tests/clinic/wings/portal/test_portal_strangers.py tests/clinic/models/test_races.py tests/clinic/server/test_kill.py tests/clinic/wings/chair/test_upload_kill.py tests/clinic/server/test_backup.py tests/clinic/test_fuzz.py

# The gate on coverage reads what the tests have written.
.NOTPARALLEL:
.PHONY: cut-off depths promises soak soak-messages poisoned bench-clinic looks help setup demo serve test lint types contracts tests proven fmt docs pictures bench peers truth calibrate mutate lock upgrade clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

setup: $(READY) ## prepare .venv with the command needlepoint in it

$(READY): pyproject.toml requirements/dev.lock requirements/uv.lock tools/setup.sh
	@PYTHON="$(PYTHON)" tools/setup.sh

demo: $(READY) ## serve an invented practice, with the address and the sign-ins printed
	@$(BIN)/needlepoint demo

tour: $(READY) ## go through a published course in the terminal, step by step
	@$(BIN)/needlepoint tour

test: lint types contracts tests proven ## run every check and every test

lint: $(READY) ## style and likely bugs (ruff)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY) ## types (mypy)
	$(BIN)/mypy

contracts: $(READY) ## which room may import which (import-linter)
	@$(BIN)/lint-imports --no-cache

tests: $(READY) ## the tests; those of the proven rooms with branch coverage
	@rm -f .coverage .coverage.*
	$(BIN)/pytest -n $(JOBS) --dist worksteal --cov --cov-report= $(COUNTED)
	@# A server, a browser and a hundred thousand cases wait only so long; counting every line would make them too slow.
	$(BIN)/pytest -n $(JOBS) --dist worksteal $(addprefix --ignore=,$(COUNTED))
	NEEDLEPOINT_TEST_DATABASE=postgresql $(BIN)/pytest -n $(JOBS) --dist worksteal tests/clinic

proven: $(READY) ## after tests: every branch of the proven rooms was taken
	@$(BIN)/coverage report
	@for room in $(PROVEN); do \
	    echo "$$room: every branch tested?"; \
	    $(BIN)/coverage report --include="src/needlepoint/$$room/*" --fail-under=100 || exit 1; \
	done

soak: $(READY) ## the clinic's long proofs: kills, races, tampers, flipped bits and requests, on both databases
	NEEDLEPOINT_TEST_DATABASE= $(SOAK)
	NEEDLEPOINT_TEST_DATABASE=postgresql $(SOAK)
	NEEDLEPOINT_LINES=100000 NEEDLEPOINT_TAMPERS=300 NEEDLEPOINT_NUMBERS=1000000 NEEDLEPOINT_LINKS=5000 NEEDLEPOINT_FORECASTS=10000 \
	    $(BIN)/pytest -q -n0 -s tests/clinic/server/test_tampering.py tests/clinic/hazards/test_h06_too_deep.py \
	    tests/clinic/hazards/test_h15_forecast_trusted.py tests/clinic/hazards/test_h24_merged_wrongly.py

poisoned: $(READY) ## 1,000 rows of the outbox that cannot be sent, each with a fault of a gateway, on both databases
	NEEDLEPOINT_POISONED=1000 $(BIN)/pytest -q -n0 tests/clinic/wings/care/test_poisoned_outbox.py
	NEEDLEPOINT_POISONED=1000 NEEDLEPOINT_TEST_DATABASE=postgresql $(BIN)/pytest -q -n0 tests/clinic/wings/care/test_poisoned_outbox.py

cut-off: $(READY) ## a session of three zones, with the network lost at each of forty points, in a real browser
	NEEDLEPOINT_CUT_OFF=all $(BIN)/pytest -q -n0 tests/browser/test_cut_off.py

soak-messages: $(READY) ## 10,000 messages while the worker is killed 500 times, on both databases
	NEEDLEPOINT_SOAK_MESSAGES=10000 NEEDLEPOINT_SOAK_KILLS=500 $(BIN)/pytest -q -n0 -s -k killed_again tests/clinic/server/test_worker.py
	NEEDLEPOINT_SOAK_MESSAGES=10000 NEEDLEPOINT_SOAK_KILLS=500 NEEDLEPOINT_TEST_DATABASE=postgresql \
	    $(BIN)/pytest -q -n0 -s -k killed_again tests/clinic/server/test_worker.py

promises: $(READY) ## take each far end away that a page promises, and see its test fail
	$(BIN)/python tools/promises_page.py
	$(BIN)/pytest -m promise -n $(JOBS) tests/promises

depths: $(READY) ## the laws of the proposed depth, and of what softens nothing, over 100,000 courses
	NEEDLEPOINT_DEPTHS=100000 $(BIN)/pytest -q -n $(JOBS) --dist worksteal tests/science/test_depth_laws.py

fmt: $(READY) ## put the code into the house's format
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

docs: $(READY) ## write docs/reference anew from the rulebook and the code
	$(BIN)/python -m needlepoint.cli.reference docs/reference

pictures: $(READY) ## take the pictures of the clinic's pages anew, in a real browser
	NEEDLEPOINT_WRITE_PICTURES=1 $(BIN)/pytest -n0 tests/browser/test_journey.py tests/browser/test_session_screen.py

looks: $(READY) ## every page of the invented practice and of the portal, at four widths, light and dark, in a real browser
	NEEDLEPOINT_LOOKS=1 $(BIN)/pytest -q -n0 -s tests/browser/test_every_page.py tests/browser/test_portal_look.py

bench: $(READY) ## how long things take
	$(BIN)/pytest -m bench --benchmark-enable --benchmark-columns=min,median,max,rounds benchmarks/bench_*.py
	$(BIN)/python -m benchmarks.bench_photo

bench-clinic: $(READY) ## how long the clinic makes people wait, with 100,000 patients and 1,000,000 sessions, on both databases
	$(BIN)/python -m benchmarks.clinic.bench --database sqlite
	$(BIN)/python -m benchmarks.clinic.bench --database postgresql
	$(BIN)/python -m benchmarks.clinic.load --database sqlite
	$(BIN)/python -m benchmarks.clinic.load --database postgresql

peers: $(READY) ## install the other programs that bench compares with
	$(BIN)/uv pip install --quiet --require-hashes -r requirements/peers.lock

truth: $(READY) ## the laws of science again, in thousands of cases, and all long comparisons
	HYPOTHESIS_PROFILE=far $(BIN)/pytest -m "not bench" -n $(JOBS) --dist worksteal tests/science

calibrate: $(READY) ## fit the calibrated constants of the healing model anew
	$(BIN)/python -m needlepoint.healing.calibrate

mutate: $(READY) ## break the code on purpose and see whether a test notices
	$(BIN)/mutmut run
	$(BIN)/mutmut results

lock: $(READY) ## pin what pyproject.toml asks for, keeping the pins there are
	$(COMPILE) $(UPGRADE) requirements/uv.in -o requirements/uv.lock
	$(COMPILE) $(UPGRADE) pyproject.toml --extra clinic --extra heic --extra scale --group dev -o requirements/dev.lock
	$(COMPILE) $(UPGRADE) pyproject.toml --extra peers -c requirements/dev.lock -o requirements/peers.lock

upgrade: ## pin the newest versions that pyproject.toml allows
	$(MAKE) lock UPGRADE=--upgrade

clean: ## remove what the commands above left behind, .venv too
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .benchmarks .coverage .coverage.* mutants dist
