# Two commands set everything up on a machine with Python 3.11 or newer and a C library:
#   make audit    audit the reference city and write reports/out/latest/report.html
#   make test     run the suite's tests of itself
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
JOBS ?= 2

.PHONY: audit test lint types security layers matrix proof docs threatmodel bench-kill innocent wheel bench-residue bench-lifecycle bench-memory fuzz lock format clean catalogues pictures load load-matrix bench-growth bench-applicants bench-hostile real-targets site

# The cities' data lives in the checkout too, so that nothing outside it is touched.
audit: $(VENV)/run.stamp
	mkdir -p reports/out/scratch
	TMPDIR=$(CURDIR)/reports/out/scratch $(BIN)/idaudit run --tier gate

test: $(VENV)/dev.stamp
	$(BIN)/pytest -n $(JOBS) --dist worksteal

# The stamps remember which lock file a virtual environment was filled from.
$(VENV)/run.stamp: requirements/run.txt pyproject.toml hatch_build.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/dev.stamp: requirements/dev.txt pyproject.toml hatch_build.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@ $(VENV)/run.stamp

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/dev.stamp
	$(BIN)/mypy

# Bandit's low findings are ruff's S rules, which carry a reason beside each exception.
security: $(VENV)/dev.stamp
	$(BIN)/bandit --quiet --recursive --severity-level medium --configfile pyproject.toml checks command fixtures loadtests reports threatmodel

layers: $(VENV)/dev.stamp
	$(BIN)/lint-imports --no-cache

matrix: $(VENV)/run.stamp
	$(BIN)/idaudit matrix --jobs $(JOBS) --json reports/out/matrix.json

# What the suite has shown of itself, for `idaudit threatmodel`; CI runs each city again.
proof: $(VENV)/run.stamp
	$(BIN)/idaudit matrix --jobs $(JOBS) --seed 11 --json threatmodel/proof.json

# The pictures and tables in docs/threatmodel/, after a change to the model or the proof.
docs: $(VENV)/dev.stamp
	IDAUDIT_WRITE_DOCS=1 IDAUDIT_WRITE_README=1 $(BIN)/pytest -q tests/test_generated.py tests/docs tests/command/test_readme.py tests/declared/test_reading.py

# The gates, and the pictures and tables of the threat model.
threatmodel: $(VENV)/run.stamp
	$(BIN)/idaudit threatmodel --out reports/out/threatmodel

# How long the kill switch takes at 1 000, 100 000 and 1.2 million records, on both databases.
bench-kill: $(VENV)/dev.stamp
	mkdir -p reports/out/scratch
	TMPDIR=$(CURDIR)/reports/out/scratch $(BIN)/python -m idaudit.loadtests.kill_growth

# Every check against the honest and the lawful cities: nobody innocent is accused. Before a release;
# `make innocent HANDS=4 SEED=1` puts a quarter of the promises to each lawful city, and those it is odd about;
# the honest cities but the house's share one turn of them. With as many seeds as hands all is put to all once.
innocent: $(VENV)/run.stamp
	$(BIN)/idaudit matrix --innocent --jobs $(JOBS) --deal $(or $(HANDS),1) --seed $(or $(SEED),11)

# How fast the residue probe is and what it finds, beside the tools installed here.
bench-residue: $(VENV)/dev.stamp
	$(BIN)/python tests/benchmarks/residue.py

# How many steps a second the lifecycle machine takes, and what a step costs; with SEEDS=3 also in how
# many sentences it tells each seeded defect that is its to find, which takes a quarter of an hour.
bench-lifecycle: $(VENV)/dev.stamp
	$(BIN)/python tests/benchmarks/lifecycle.py --seeds $(or $(SEEDS),0)

# How much memory it takes at most, by how much is swept; `make bench-memory GIB="1 4 16"`.
bench-memory: $(VENV)/dev.stamp
	$(BIN)/python tests/benchmarks/memory.py $(if $(GIB),--gib $(GIB))

# Drives every decoder by coverage; finds lie in reports/out/fuzzing. Linux on x86 only.
fuzz: $(VENV)/dev.stamp
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/fuzz.txt
	$(BIN)/python -m tests.fuzzing all --seconds $(or $(SECONDS_EACH),60)

# The documentation as a site, in reports/out/site; nothing in it is fetched from anywhere.
site:
	$(PYTHON) -m venv reports/out/site-venv
	reports/out/site-venv/bin/python -m pip install --quiet --require-hashes -r requirements/site.txt
	reports/out/site-venv/bin/mkdocs build --quiet --strict

wheel: $(VENV)/dev.stamp
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

format: $(VENV)/dev.stamp
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# A launch day at seven times the crowd, on PostgreSQL; read reports/out/load/load.html.
load: $(VENV)/dev.stamp
	mkdir -p reports/out/scratch
	TMPDIR=$(CURDIR)/reports/out/scratch $(BIN)/idaudit load --shape launch-day --surge 7 --duration 60 --workers $(JOBS) --database postgres

# Each city that fails only in a crowd is caught under load too, and the odd ones are left alone.
load-matrix: $(VENV)/dev.stamp
	mkdir -p reports/out/scratch
	TMPDIR=$(CURDIR)/reports/out/scratch $(BIN)/idaudit load --every-defect

# What the roster's size does to one person's errand; how fast applicants are made, beside Faker and mimesis.
bench-growth: $(VENV)/dev.stamp
	mkdir -p reports/out
	$(BIN)/python -m idaudit.loadtests.roster_growth --json reports/out/growth.json --html reports/out/growth.html
bench-applicants: $(VENV)/dev.stamp
	$(BIN)/python tests/benchmarks/applicants.py

# Time and memory of each way a target may turn on its auditor, into docs/hostile-targets.md.
bench-hostile: $(VENV)/dev.stamp
	$(BIN)/python tests/benchmarks/hostile.py --write

# Systems that no one here wrote, from their own registries, on loopback; the first time takes minutes.
real-targets: $(VENV)/dev.stamp
	$(BIN)/python -m tests.real $(NAMES)

# The catalogues of other languages, after a change to what the reports say.
catalogues: $(VENV)/dev.stamp
	$(BIN)/python -m tests.catalogues

# The pictures in the README, taken from the report of a defective city; look at them before you keep them.
pictures: $(VENV)/dev.stamp
	$(BIN)/python tests/pictures.py

# Needs uv; writes hash-locked files that name no registry.
lock:
	uv pip compile pyproject.toml requirements/build.in --universal --generate-hashes --python-version 3.11 --no-header -o requirements/run.txt
	uv pip compile pyproject.toml requirements/build.in --universal --generate-hashes --python-version 3.11 --no-header --extra dev -o requirements/dev.txt
	uv pip compile pyproject.toml requirements/build.in --universal --generate-hashes --python-version 3.11 --no-header --extra dev --extra fuzz -c requirements/dev.txt -o requirements/fuzz.txt
	uv pip compile pyproject.toml requirements/build.in --universal --generate-hashes --python-version 3.11 --no-header --extra site -c requirements/dev.txt -o requirements/site.txt

clean:
	rm -rf $(VENV) .editable dist reports/out
