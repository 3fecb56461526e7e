# The task runner: `make help`.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
JOBS ?= $(shell nproc)
FUZZ_SECONDS ?= 20

.PHONY: help
help: ## Show what can be made
	@echo "Sotto: private machine learning among several organisations"
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

.PHONY: install
install: ## Install the Debian packages that are missing
	@scripts/install.sh

.PHONY: build
build: install ## Build the release: build/release/{sotto,sotto-party,sotto-compile}
	cmake --preset release
	cmake --build --preset release --parallel $(JOBS) --target sotto sotto-party sotto-compile

.PHONY: test
test: ## Build and run all tests: release, then with sanitizers
	@scripts/test.sh

.PHONY: demo
demo: build ## Train network A on MNIST privately, three processes on this machine, and compare
	@scripts/fetch_mnist.sh build/data
	build/release/sotto demo --data build/data

.PHONY: demo-cnn
demo-cnn: build ## Train the convolutional network D likewise
	@scripts/fetch_mnist.sh build/data
	build/release/sotto demo --model d --data build/data --report build/demo-cnn.html

.PHONY: demo-vertical
demo-vertical: build ## Two parties with different columns of one table train a logistic regression, beside scikit-learn
	scripts/vertical.py build/release/sotto breast --report build/demo-vertical.html --check

.PHONY: bench-vertical
bench-vertical: build ## The same on two large tables of ../shared/data, where they are
	scripts/vertical.py build/release/sotto credit --check || [[ $$? -eq 77 ]]
	scripts/vertical.py build/release/sotto a9a --check || [[ $$? -eq 77 ]]

.PHONY: bench
bench: build ## Time a training step of network A on several networks, and kernels
	@scripts/bench.sh build/release/sotto

.PHONY: bench-accuracy
bench-accuracy: build ## Train A to D privately and plainly and tabulate accuracies (hours; resumes; ONLY=a:sgd for one)
	@scripts/fetch_mnist.sh build/data
	@scripts/bench_accuracy.py $(foreach row,$(ONLY),--only $(row))

.PHONY: format
format: ## Format all sources
	git ls-files '*.cc' '*.h' | xargs clang-format-19 -i

.PHONY: tidy
tidy: build ## Run clang-tidy on files that differ from the main branch
	@scripts/tidy.sh

.PHONY: fuzz
fuzz: install ## Run each fuzz target for FUZZ_SECONDS (default 20)
	@FUZZ_SECONDS=$(FUZZ_SECONDS) scripts/fuzz.sh
