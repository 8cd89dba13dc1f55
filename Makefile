# Two commands on a fresh machine: make demo, make test. Everything else is for people who change the code.
.PHONY: demo app test check format bench lock clean

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

demo: $(READY)
	$(BIN)/tissuesense demo --out demo-out

app: $(READY)
	$(BIN)/tissuesense app

test: $(READY)
	@sh tools/system_packages.sh
	$(BIN)/python -m pytest -n auto

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY)
	$(BIN)/python -m benchmarks

# Hashes, no hosts: the file that every other target installs from.
lock:
	$(BIN)/python -m pip install -q uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-header --all-extras --group dev pyproject.toml -o requirements.lock

$(READY): requirements.lock pyproject.toml tools/environment.sh
	@sh tools/environment.sh $(VENV)
	@touch $(READY)

clean:
	rm -rf $(VENV) demo-out .mypy_cache .ruff_cache .pytest_cache
