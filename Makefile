# make run · make test · make check · make gate: all that a newcomer needs. Everything lives in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LLM_PORT ?= 8901
LLM_VENV ?= .venv-llm
SERVE_LLM := ../shared/local-models/serve_llm.py

.PHONY: run test check eval gate bench test-llm lock clean

run: $(VENV)/.run  ## serves the interview on http://127.0.0.1:7860 (PORT, HOST respected)
	@exec $(BIN)/interviewer serve

test: $(VENV)/.dev  ## every test; Chromium is installed from Debian's packages when root
	@sh scripts/chromium.sh
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(VENV)/.dev  ## form, types, layers and budgets, the bank
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_house.py
	$(BIN)/interviewer lint

eval: $(VENV)/.dev  ## the measured table of the README, from the repository alone
	$(BIN)/python evals/results.py

gate: $(VENV)/.dev  ## the shipped prompts by replay and the embedded grader live, against evals/baselines
	@sh scripts/gate.sh $(BIN)

bench: $(VENV)/.dev  ## times the harness beside a bare loop over the SDK (ARGS=--million for a million trials too)
	$(BIN)/python evals/bench.py $(ARGS)

test-llm: $(VENV)/.dev  ## the road to a language model against a real one: INTERVIEWER_TEST_BASE_URL, else a small model started here
	@set -e; tests="$(BIN)/python -m pytest tests/service -rs"; \
	if [ -n "$$INTERVIEWER_TEST_BASE_URL" ]; then exec $$tests; fi; \
	if [ ! -f $(SERVE_LLM) ]; then echo "no model to test with: set INTERVIEWER_TEST_BASE_URL (and INTERVIEWER_TEST_MODEL)"; exec $$tests; fi; \
	[ -x $(LLM_VENV)/bin/python ] || $(PYTHON) -m venv $(LLM_VENV); \
	$(LLM_VENV)/bin/python -c 'import xllamacpp' 2>/dev/null || $(LLM_VENV)/bin/pip install -q xllamacpp; \
	log=$$(mktemp); $(LLM_VENV)/bin/python $(SERVE_LLM) --model smollm2 --port $(LLM_PORT) --minutes 30 >$$log 2>&1 & server=$$!; \
	trap "kill $$server 2>/dev/null; rm -f $$log" EXIT; \
	until grep -q ^ready $$log; do kill -0 $$server 2>/dev/null || { tail -5 $$log; exit 1; }; sleep 0.5; done; \
	INTERVIEWER_TEST_BASE_URL=http://127.0.0.1:$(LLM_PORT)/v1 $$tests

lock:  ## compiles the pinned requirements anew
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url -q -o requirements/run.txt
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url -q -o requirements/dev.txt -c requirements/run.txt

clean:
	rm -rf $(VENV) $(LLM_VENV) build dist

$(VENV)/.run: requirements/run.txt pyproject.toml
	@sh scripts/install.sh $(PYTHON) $(VENV) requirements/run.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml
	@sh scripts/install.sh $(PYTHON) $(VENV) requirements/dev.txt
	@touch $@ $(VENV)/.run
