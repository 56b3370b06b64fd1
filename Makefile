# Everything the course needs, on a machine with Python 3.11 or newer, make and git.
# `make` alone lists the targets.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help book live student serve lab pdf release grade worker feedback regrade graders grades statistics likeness test lint bench lock clean

# The first Python that is new enough; PYTHON=/path/to/python chooses another.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$python -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.txt

# What each target installs: of the three packages, with their extras.
BOOK := src/crossentropy_book
CLASSROOM := src/crossentropy_classroom
PACKAGES_book := . $(BOOK)[course] $(CLASSROOM)[book]
PACKAGES_lab := .[lab]
# JupyterLite stands beside the environment, with nothing that it needs and is there: installed, its
# kernel would be an extension of JupyterLab, too.
LITE := $(VENV)/jupyterlite
PACKAGES_lite := doit jupyterlab-myst jupyterlite-core jupyterlite-pyodide-kernel pkginfo
PACKAGES_pdf := . $(BOOK)[course,pdf] $(CLASSROOM)[book]
PACKAGES_classroom := . $(CLASSROOM)[cluster]
PACKAGES_test := .[test] $(BOOK)[course,pdf] $(CLASSROOM)[book,cluster]
PACKAGES_lock := .[lock]

# Whatever a user's settings say of other projects, pip must install into .venv.
export PIP_USER := 0
# Where the locale knows ASCII alone, Python does not start from a path with an umlaut.
ifneq ($(shell locale charmap 2>/dev/null),UTF-8)
export LC_ALL := C.UTF-8
endif

# uv takes seconds where pip takes a minute. But pip knows mirrors and certificates from its own
# settings, so it is asked where uv finds nothing.
define install
	@echo "Installing what '$*' needs ..."
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -c requirements.txt $(PACKAGES_$*:%=-e '%') 2>/dev/null \
		|| $(PIP_INSTALL) $(PACKAGES_$*:%=-e '%') \
		|| { echo "The packages could not be installed; is there a network?"; exit 1; }
endef

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# A core has a kernel or a test of its own: threads of its arithmetic would wait for each other.
book student test: export OMP_NUM_THREADS = 1
# A profile, a kernel or a style of the user's own is welcome in `make lab`, and not in the book.
book student test: export IPYTHONDIR = $(CURDIR)/_build/ipython
book student test: export JUPYTER_PATH =
book student test: export MATPLOTLIBRC =
# What Deno remembers of the last check; it looks for no newer Deno.
test lint: export DENO_DIR = $(CURDIR)/_build/deno
test lint: export DENO_NO_UPDATE_CHECK = 1

book: $(VENV)/book _build/executed _build/written ## Install, execute every notebook, build the book.
	@$(BIN)/jupyter-book build -W -n --keep-going .
	@echo "The book: $(CURDIR)/_build/html/index.html"
	@[ -d _build/live/runtime ] || echo "Its cells run in the page when 'make live' has been here first."
	@if [ -t 1 ]; then $(BIN)/python -m webbrowser -t "file://$(CURDIR)/_build/html/index.html" \
		>/dev/null 2>&1 || true; fi

live: $(VENV)/lite ## Fetch Python for the pages of the book, pinned; PYODIDE=dir, one of this machine.
	@$(BIN)/python -m crossentropy_book.live.fetch $(if $(PYODIDE),--from "$(PYODIDE)")
	@$(BIN)/python -m crossentropy_book.live.lab --tools $(LITE)

student: $(VENV)/book _build/executed _build/written ## Build the book without solutions, in _build/student.
	@$(BIN)/python -m crossentropy_classroom.book
	@$(BIN)/python -m crossentropy_book.course.student
	@$(BIN)/jupyter-book build -W -n --keep-going _build/student
	@echo "The student edition: $(CURDIR)/_build/student/_build/html/index.html"
	@echo "Its notebooks: $(CURDIR)/_build/student/chapters"

serve: book ## Build the book and serve it on 127.0.0.1:8000.
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html 8000

lab: $(VENV)/lab ## Open the chapters in JupyterLab.
	$(BIN)/jupyter lab chapters

pdf: $(VENV)/pdf book ## Build the book and print it all to _build/why-cross-entropy.pdf.
	$(BIN)/python -m crossentropy_book.course.pdf

release: $(VENV)/classroom ## Make what students get: the assignments without solutions, zips of them, the package.
	@$(BIN)/python -m crossentropy_classroom release $(if $(ROSTER),--roster "$(ROSTER)")
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps -w classroom/release .

grade: $(VENV)/classroom ## Grade a folder or a zip of submissions: SUBMISSIONS=dir, of the class in ROSTER=csv; JOBS=n at a time.
	@[ -n "$(SUBMISSIONS)" ] || { echo "Which submissions? make grade SUBMISSIONS=dir"; exit 1; }
	@$(BIN)/python -m crossentropy_classroom grade $(if $(JOBS),-j "$(JOBS)") \
		$(if $(SCHEDULER),--scheduler "$(SCHEDULER)") $(if $(AGAIN),--again) \
		$(if $(WITH),--with "$(WITH)") $(if $(ASSIGNMENT),--assignment "$(ASSIGNMENT)") \
		$(if $(ROSTER),--roster "$(ROSTER)") "$(SUBMISSIONS)"

worker: $(VENV)/classroom ## Let this machine grade for another one: SCHEDULER=tcp://host:8786, and JOBS=n at a time.
	@[ -n "$(SCHEDULER)" ] || { echo "Whose worker? make worker SCHEDULER=tcp://host:8786"; exit 1; }
	@$(BIN)/dask worker --no-dashboard --nthreads "$(or $(JOBS),$(shell getconf _NPROCESSORS_ONLN))" "$(SCHEDULER)"

feedback: $(VENV)/classroom ## Write the page that each student gets back.
	@$(BIN)/python -m crossentropy_classroom feedback

regrade: $(VENV)/classroom ## Show questions about grades, and change points: CODES="..." from the students' pages.
	@$(BIN)/python -m crossentropy_classroom regrade $(CODES)

graders: $(VENV)/classroom ## Say who reads which written answers: GRADERS="ana ben"; BY=student or question.
	@[ -n "$(GRADERS)" ] || { echo 'Who reads? make graders GRADERS="ana ben"'; exit 1; }
	@$(BIN)/python -m crossentropy_classroom graders $(if $(BY),--by "$(BY)") $(GRADERS)

grades: $(VENV)/classroom ## Write classroom/grades.csv; FOR=canvas or moodle, what that system imports.
	@$(BIN)/python -m crossentropy_classroom grades $(if $(FOR),--for "$(FOR)") \
		$(if $(ROSTER),--roster "$(ROSTER)") $(if $(ASSIGNMENT),--assignment "$(ASSIGNMENT)")

statistics: $(VENV)/classroom ## Write classroom/statistics.html: what the class made of each question.
	@$(BIN)/python -m crossentropy_classroom statistics

likeness: $(VENV)/classroom ## Write classroom/likeness.html: notebooks whose code is alike, to look at.
	@$(BIN)/python -m crossentropy_classroom likeness

test: $(VENV)/test $(VENV)/book ## Install what the tests need (browsers too) and run them all.
	@$(MAKE) --no-print-directory -j2 book lint
	$(BIN)/pytest -n auto --dist worksteal

# One core is free while the other writes pages.
lint: $(VENV)/test ## Check the style and the types of all code.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/oxlint src tests
	$(BIN)/deno check --quiet src tests

bench: $(VENV)/test book ## Measure speed and weight beside what a reader would use instead.
	$(BIN)/python -m benchmarks

lock: $(VENV)/lock ## Renew requirements.txt from the ranges in pyproject.toml.
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --all-extras \
		--no-annotate --custom-compile-command "make lock" --no-emit-package crossentropy \
		pyproject.toml $(BOOK)/pyproject.toml $(CLASSROOM)/pyproject.toml --output-file requirements.txt

clean: ## Remove the virtual environment and everything built.
	rm -rf $(VENV) _build .pytest_cache .mypy_cache .ruff_cache .hypothesis

# What is installed, one stamp a target.
PROJECTS := pyproject.toml $(BOOK)/pyproject.toml $(CLASSROOM)/pyproject.toml requirements.txt
$(VENV)/book $(VENV)/lab $(VENV)/lock: $(VENV)/%: $(PROJECTS) | $(VENV)/python
	$(install)
	@touch $@

$(VENV)/pdf $(VENV)/classroom $(VENV)/test: $(VENV)/%: $(PROJECTS) | $(VENV)/python
	$(install)
	@$(if $(filter pdf test,$*),PATH="$(CURDIR)/$(BIN):$$PATH" bash tests/install_chromium.sh)
	@$(if $(filter classroom test,$*),bash tests/install_bubblewrap.sh)
	@$(if $(filter test,$*),bash tests/install_engines.sh)
	@touch $@ $(if $(filter pdf test,$*),$(VENV)/book) # both need what the book needs

$(VENV)/lite: $(VENV)/book
	@rm -rf $(LITE)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -c requirements.txt --no-deps --target $(LITE) $(PACKAGES_lite) 2>/dev/null \
		|| $(PIP_INSTALL) --no-deps --target $(LITE) $(PACKAGES_lite)
	@touch $@

$(VENV)/python:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or newer is needed; found: $$(python3 --version 2>&1)"; exit 1; }
	@$(PYTHON) -c '$(NEW_ENOUGH)' || { echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1)"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(PIP_INSTALL) uv || true
	@touch $@

# Notebooks are executed again when they change, and when the package they import does.
_build/executed: $(shell find src/crossentropy -name '*.py')
	@mkdir -p _build && rm -rf _build/{,student/_build/}.jupyter_cache
	@touch $@

# Pages are written again when what writes them changes, or what they load.
_build/written: $(shell find src -name '*.js' -o -name '*.css' -o -path 'src/crossentropy_book/*.*') _build/executed
	@rm -rf _build/{,student/_build/}{.doctrees,html}
	@touch $@
