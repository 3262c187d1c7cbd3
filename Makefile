# One place for the commands of the README. `make run` needs Python 3.11 or newer and nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= .data

.PHONY: setup run test check fix bench clean

setup: $(VENV)/.ready

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更高版本：请安装后重试，或用 make PYTHON=/路径/python3.11 指定。"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "不能建立虚拟环境：Debian/Ubuntu 请先安装 python3-venv。"; exit 1; }

$(VENV)/.ready: requirements.txt pyproject.toml | $(VENV)/bin/python
	@echo "正在安装依赖（首次约 2 分钟）…"
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	@$(BIN)/python -m compileall -q campaign flows tasks config deployments
	@touch $@

$(VENV)/.ready-dev: requirements-dev.txt $(VENV)/.ready
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

run: $(VENV)/.ready
	@$(BIN)/campaign up --demo --data $(DATA)

check: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy campaign flows tasks config deployments tests
	$(BIN)/lint-imports

fix: $(VENV)/.ready-dev
	$(BIN)/python -m tests.punctuation --fix
	$(BIN)/ruff format .

test: $(VENV)/.ready-dev
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not bench and not chaos and not slow" tests/unit tests/integration
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not bench and not chaos and not slow" tests/e2e

bench: $(VENV)/.ready-dev
	$(BIN)/python -m pytest -m bench -s tests/bench

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
