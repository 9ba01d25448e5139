# Every target works on a fresh Debian 12 or Ubuntu 24.04 machine and, a second time, starts in a second.
SHELL := /bin/bash
ENV := . scripts/env.sh &&

.PHONY: setup demo test soak bench lint trace shell clean

setup: ; @scripts/setup.sh

demo: setup ; @$(ENV) python -m demo.story

# PART=unit|addons|system|browser   ADDON=vanban_core   K=expression
test: setup ; @$(ENV) python scripts/run_tests.py $(if $(PART),--part "$(PART)") $(if $(ADDON),--addon "$(ADDON)") $(if $(K),-k "$(K)")

# Long runs with faults and broken input; K=expression
soak: setup ; @$(ENV) python scripts/run_tests.py --part soak $(if $(K),-k "$(K)")

bench: setup ; @$(ENV) python bench/run.py

lint: setup ; @scripts/lint.sh

trace: setup ; @$(ENV) python scripts/coverage_of_rows.py

# DB=name of the database, the template of the tests unless given
shell: setup ; @scripts/shell.sh $(DB)

clean: ; @scripts/clean.sh
