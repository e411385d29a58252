# Every command of the house. `make` alone lists them.
#
#   PORT=8000 HOST=127.0.0.1   where `make run` listens; HOST=0.0.0.0 lets phones in the same network in
#   ARGS="-k push -x"          more words for pytest, for `manage.py up` or for the benchmarks
#   PYTHON=python3.12          which Python makes the environment (3.11 or newer)

PORT ?= 8000
HOST ?= 127.0.0.1
ARGS ?=
FUZZ ?= 100
ROUNDS ?= 50
VENV := .venv
PY := $(VENV)/bin/python
PACKAGES := config livestream orders training

.DEFAULT_GOAL := help
.PHONY: help run test check bench faults races soak fuzz axe rights histories mutants venv venv-dev
.SILENT:

help: ## 列出这些命令 / list these
	echo "村播 Cunbo"
	echo
	sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 16

run: venv ## 启动示范县 / the demo county, a session on air, orders arriving (PORT, HOST)
	exec $(PY) manage.py up --port $(PORT) --host $(HOST) $(ARGS)

test: venv-dev ## 全部测试 / every test
	exec $(PY) -m pytest -n $$(( `nproc` + 2 )) $(ARGS)

check: venv-dev ## 静态检查 / style, types, import contracts, templates, migrations, translations
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports
	find $(PACKAGES) -name '*.html' -path '*/templates/*' -exec $(VENV)/bin/djade --check --target-version 5.2 {} +
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py check_translations
	SECRET_KEY=`$(PY) -c 'import secrets; print(secrets.token_urlsafe(48))'` HTTPS=1 $(PY) manage.py check --deploy --fail-level WARNING
	echo "检查全部通过 / all checks passed"

bench: venv-dev ## 性能测试 / the benchmarks beside their peers, into var/bench.json
	exec $(PY) -m bench $(ARGS)

faults: venv-dev ## 故障测试 / kill -9, restarts, full disks, bursts: nothing lost, nothing double, into var/faults.json
	exec $(PY) -m faults $(ARGS)

races: venv-dev ## 抢同一个直播间 / twenty clients book one studio at the same second, fifty rounds (ROUNDS)
	CUNBO_ROUNDS=$(ROUNDS) exec $(PY) -m pytest --timeout 3600 tests/races/test_booking.py $(ARGS)

seats: venv-dev ## 四十五人抢四十个座位 / forty-five enrol in one class at the same second, fifty rounds (ROUNDS)
	CUNBO_ROUNDS=$(ROUNDS) exec $(PY) -m pytest --timeout 3600 tests/races/test_enrolment.py $(ARGS)

soak: venv-dev ## 浏览器里的长跑 / boards in Chromium through bad networks and dead servers, and half an hour at 20 ×, into var/soak.json
	exec $(PY) -m faults W1 W2 W3 W4 W5 W6 W7 W8 W9 --json var/soak.json $(ARGS)

fuzz: venv-dev ## 接口的随机测试 / what schemathesis invents for the API, as every role: FUZZ examples a time, others each time
	CUNBO_FUZZ=$(FUZZ) exec $(PY) -m pytest -n auto --timeout 3600 tests/api/test_schemathesis.py $(ARGS)

axe: venv-dev ## 每一页、每一种人，逐一检查无障碍 / every page as everybody who sees it, judged by axe
	CUNBO_AXE_ALL=1 $(PY) -m pytest tests/walks/test_axe.py $(ARGS)

rights: venv-dev ## 每一个人、每一个地址 / the whole matrix of rights: every route as everybody at every place
	CUNBO_RIGHTS_ALL=1 exec $(PY) -m pytest -n auto --timeout 3600 tests/rights $(ARGS)

histories: venv-dev ## 一万种改来改去的排期 / reminders of ten thousand random histories of a plan: none of a superseded time
	CUNBO_HISTORIES=10000 exec $(PY) -m pytest -n auto tests/livestream/test_notice_histories.py $(ARGS)

sbom: venv ## 软件物料清单 / what it is made of, as CycloneDX JSON, into var/sbom.json
	mkdir -p var
	exec $(PY) manage.py sbom var/sbom.json $(ARGS)

# Nothing is kept from the last time: a verdict would outlive the tests it came from.
mutants: $(VENV)/.installed-mutants ## 变异测试 / does a test notice every change of the rules of counting? (a minute or two)
	rm -rf mutants
	CUNBO_TEST_RUN=none nice $(PY) -m mutmut run $(ARGS)
	echo "活下来的 / survivors, if any (one by one: $(VENV)/bin/mutmut show NAME):"
	$(PY) -m mutmut results

venv: $(VENV)/.installed ## 只装依赖 / only the set-up

venv-dev: $(VENV)/.installed-dev

# A Python that was updated or a folder that was moved leaves an environment that no longer runs: it is made anew.
$(VENV)/.installed: requirements.txt
	$(PY) -c 'import sys; assert sys.prefix.endswith("/$(VENV)")' 2>/dev/null || .ci/venv "$(VENV)" "$(PYTHON)"
	echo "安装依赖，第一次要一两分钟… / installing what it needs…"
	$(PY) -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
	touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	$(PY) -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	touch $@

$(VENV)/.installed-mutants: requirements-mutants.txt $(VENV)/.installed-dev
	$(PY) -m pip install --quiet --disable-pip-version-check --requirement requirements-mutants.txt
	touch $@
