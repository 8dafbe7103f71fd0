# appliance-net. `make` or `make help` lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# Warnings are errors in every check; one debug flavour serves the build, the tests and the lab tests.
export APPLIANCE_NET_CHECKS ?= 1
RELEASE := -c release --static-swift-stdlib
PROGRAMS := appliance-net appliance-proxyd appliance-dataplaned
LINTED := Package.swift Sources Tests

help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

bootstrap: ## Install what building, testing and the demo need (apt; silent when all is there)
	@scripts/bootstrap

build: bootstrap ## Build everything for debugging, tests included
	swift build --build-tests

release: bootstrap ## Build the three programs as they are shipped (.build/release)
	@for program in $(PROGRAMS); do swift build $(RELEASE) --product $$program || exit 1; done

demo: root release ## Watch an appliance boot, be programmed and serve, in network namespaces of its own
	@scripts/demo

demo-all: root release ## The demo with each of the three examples
	@for example in frontend default seed000; do scripts/demo --example $$example || exit 1; done

test: bootstrap lint ## Lint, every test, and a boot of the packages; a skipped test is a failed run
	@scripts/test

check-all: root bootstrap ## All that is tested: also what CI has no time for (QEMU, OVA twice, soak, fuzz); STAGES, CUTS (10)
	@scripts/check-all $(STAGES)

conformance: bootstrap ## Send the Data Plane API what its specifications allow and forbid (Schemathesis; some minutes)
	swift build --product appliance-dataplaned
	@scripts/conformance $(PARTS)

boot: root ## Boot the packages with systemd in a container of a lab, program, upgrade and restart them
	@scripts/boot-nspawn

deb: ## Build the Debian packages (.build/deb); needs debhelper
	@scripts/deb

ova: root ## Build the appliance as a virtual machine (.build/ova), and check it
	@scripts/ova

ova-reproducible: root ## Build the OVA twice from the same packages and compare every part
	@scripts/ova --twice

ova-vcenter: ## Import the OVA of `make ova` into a simulated vCenter (govmomi's) with the options of `ovf govc`
	@scripts/ova-vcenter

boot-test: root ## Boot the OVA in QEMU: program, restart, rebuild, wrong clocks; CUTS (1) power cuts during first boot
	@scripts/boot-qemu --cuts $(or $(CUTS),1)

boot-faults: root ## First boots that cannot go well: properties, adapters, disc, tool, disk
	@scripts/boot-faults

bench-net: bootstrap ## Time what the network engine does, with ip -batch beside it; exit 1 if a row is below
	@scripts/bench-net

bench-proxy: root ## Measure the proxy beside HAProxy and nginx (10 minutes); exit 1 if a row is below
	@scripts/bootstrap --bench
	@scripts/bench-proxy --document docs/benchmarks.md

bench-api: root bootstrap ## Measure the Data Plane API with 5,000 services (5 minutes); exit 1 if a row is below
	@scripts/bench-api --document docs/benchmarks.md

bench-guard: root bootstrap ## Time changes of the guard, and what it costs a connection (2 minutes); exit 1 if a row is below
	@scripts/bench-guard --document docs/benchmarks.md

bench-recovery: root bootstrap ## Time a rebuild after a crash and a large backup (2 minutes); exit 1 if a row is below
	@scripts/bench-recovery --document docs/benchmarks.md

bench: root ## All benchmarks, on a machine that does nothing else
	@status=0; for name in net guard recovery proxy api; do $(MAKE) bench-$$name || status=1; done; exit $$status

soak: root bootstrap ## A thousand changes of the proxy's configuration during a million connections
	@scripts/soak

fuzz: bootstrap ## Feed the proxy's readers with damaged input, FUZZ_SECONDS (60) each; libFuzzer
	@scripts/fuzz

lint: bootstrap ## swift format, shellcheck, and the shape of the house
	@scripts/lint

man: ## Write man pages and completions (.build/man)
	@for program in appliance-net appliance-dataplaned; do swift build --product $$program || exit 1; done
	scripts/man .build/man .build/debug/appliance-net .build/debug/appliance-dataplaned

format: ## Rewrite the sources as `make lint` wants them
	swift format --in-place --parallel --recursive $(LINTED)

root:
	@[ "$$(id -u)" = 0 ] || { echo "the lab makes network namespaces: run as root" >&2; exit 77; }

clean: ## Remove what was built
	rm -rf .build

.PHONY: check-all ova-vcenter boot boot-test boot-faults ova ova-reproducible deb conformance soak fuzz help root bootstrap build release demo demo-all test bench bench-net bench-guard bench-recovery bench-proxy bench-api lint man format clean
