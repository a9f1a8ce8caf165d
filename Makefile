# SPDX-License-Identifier: GPL-3.0-or-later
# Leie. `make help` lists the targets; local settings go into config.mk.
SHELL := /bin/bash
.DEFAULT_GOAL := all
-include config.mk

# ---- Settings ----
ifeq ($(origin CC),default)
CC := gcc
endif
BUILD ?= release
ARCH ?= x86-64
V ?= 0
PREFIX ?= /usr/local
SUITE ?=
STUDY ?= datasets/flanders-2011/study.yaml
RESULT ?= build/flanders-2011.nc
SCENARIOS ?= datasets/scenarios/study.yaml

Q := $(if $(filter 1,$(V)),,@)
say = $(if $(Q),@printf '  %-5s %s\n' $(1) $(2))
CC_NAME := $(notdir $(firstword $(CC)))
OUT := build/$(CC_NAME)-$(BUILD)
JOBS = $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc))
AGAIN = $(MAKE) --no-print-directory $(JOBS)

ifeq ($(filter release debug asan cov fuzz,$(BUILD)),)
$(error BUILD is release, debug, asan, cov or fuzz, not '$(BUILD)')
endif
ifeq ($(filter-out x86-64%,$(ARCH))$(findstring x86_64,$(shell uname -m)),)
ARCH := native# x86-64 means nothing on this machine
endif

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wwrite-strings -Wvla
CFLAGS_release := -O3 -march=$(ARCH)
CFLAGS_debug := -O0
CFLAGS_asan := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS_cov := -O0 --coverage
CFLAGS_fuzz := -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
LDFLAGS_asan := -fsanitize=address,undefined
LDFLAGS_cov := --coverage
LDFLAGS_fuzz := -fsanitize=address,undefined
# Under clang there is no OpenMP: its pool beside that of gcc would be two pools.
OPENMP := $(if $(findstring clang,$(CC_NAME)),,-fopenmp)

# ---- Libraries: found by .build/deps.sh, which writes DEP_CPPFLAGS and DEP_LIBS ----
export CC CPPFLAGS LDFLAGS NO_INSTALL
DEPS_MK := build/deps/$(CC_NAME).mk
WITHOUT_LIBRARIES := run scenarios test deps help clean rooms format lint info asan faults cover bench uninstall
ifneq ($(filter-out $(WITHOUT_LIBRARIES),$(or $(MAKECMDGOALS),all)),)
include $(DEPS_MK)
endif
$(DEPS_MK): .build/deps.sh
	@.build/deps.sh probe $@

ALL_CPPFLAGS = -I. -D_POSIX_C_SOURCE=200809L $(DEP_CPPFLAGS) $(CPPFLAGS)
ALL_CFLAGS = -std=c17 $(WARN) -ffp-contract=off -fvisibility=hidden -fPIC -g $(CFLAGS_$(BUILD)) $(OPENMP) $(CFLAGS)
ALL_LDFLAGS = $(LDFLAGS_$(BUILD)) $(LDFLAGS)
LIBS = $(DEP_LIBS) -lm

# ---- Sources ----
LIB_SRC := $(wildcard kernels/*.c solver/*.c solver/*/*.c) $(filter-out io/cli/%,$(wildcard io/*.c io/*/*.c))
CLI_SRC := $(wildcard io/cli/*.c)
FUZZ_SRC := $(filter-out %/fuzz_main.c,$(wildcard tests/fuzz/*.c))
TEST_SRC := $(wildcard tests/*.c) $(FUZZ_SRC)
FAULT_SRC := $(wildcard tests/faults/*.c)
PERF_SRC := $(wildcard perf/*.c)
ALL_SRC := $(LIB_SRC) $(CLI_SRC) $(TEST_SRC) $(FAULT_SRC) $(PERF_SRC) tests/fuzz/fuzz_main.c
ALL_HEADERS := $(wildcard kernels/*.h solver/*.h solver/*/*.h io/*.h io/*/*.h tests/*.h tests/*/*.h perf/*.h)
objects = $(patsubst %.c,$(OUT)/%.o,$(1))
LIB_OBJ := $(call objects,$(LIB_SRC)) $(OUT)/formats.o
FORMATS := $(sort $(wildcard datasets/formats/*.yaml))

# ---- Building ----
.PHONY: all libs run run-now scenarios scenarios-now test test-now deps check cli-tests asan faults faults-now fuzz rooms \
        lint format cover bench \
        bench-now build-tests install uninstall info clean help FORCE

all: $(OUT)/leie ## build the program (default)
libs: $(OUT)/libleie.a $(OUT)/libleie.so.0 ## build the library, static and shared

# A file that changes only when its text does: what depends on it is built again only then.
define changed
@mkdir -p $(@D); printf '%s\n' "$$STAMP" | cmp -s - $@ || printf '%s\n' "$$STAMP" >$@
endef
$(OUT)/flags.txt: export STAMP = $(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS)
$(OUT)/flags.txt: FORCE
	$(changed)

# The commit, when this folder is the top of a git checkout: only version.o knows it.
$(OUT)/commit.txt: export STAMP = $(shell [ -e .git ] && git describe --always --dirty --abbrev=12 --exclude '*' 2>/dev/null || echo unknown)
$(OUT)/commit.txt: FORCE
	$(changed)
$(OUT)/io/run/version.o: $(OUT)/commit.txt
$(OUT)/io/run/version.o: VERSION_FLAGS = -DLEIE_COMMIT='"$(shell cat $(OUT)/commit.txt)"' \
        -DLEIE_BUILD='"$(BUILD) $(strip $(CFLAGS_$(BUILD)) $(OPENMP) $(CFLAGS))"'

# The page of leie report: what the assembler includes.
$(OUT)/io/report/report_assets.o: io/report/report.js io/report/report_systems.js io/report/report.css $(DEP_D3) $(DEP_D3_SANKEY)
$(OUT)/io/report/report_assets.o: VERSION_FLAGS = -DLEIE_D3='"$(DEP_D3)"' -DLEIE_D3_SANKEY='"$(DEP_D3_SANKEY)"'

# The loops that an iteration spends its time in may multiply and add in one instruction where the processor has it.
FUSED := kernels/blockstore kernels/inverse
$(FUSED:%=$(OUT)/%.o): FUSE_FLAGS = -ffp-contract=fast

$(OUT)/%.o: %.c $(OUT)/flags.txt
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(FUSE_FLAGS) $(VERSION_FLAGS) -MMD -MP -c $< -o $@

# The layouts of databases are part of the program.
$(OUT)/formats.c: .build/embed.sh $(FORMATS)
	@mkdir -p $(@D)
	$(Q).build/embed.sh $(FORMATS) >$@
$(OUT)/formats.o: $(OUT)/formats.c $(OUT)/flags.txt
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

$(OUT)/libleie.a: $(LIB_OBJ)
	@rm -f $@
	$(call say,AR,$@)
	$(Q)ar rcs $@ $^

$(OUT)/libleie.so.0: $(LIB_OBJ)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -shared -Wl,-soname,libleie.so.0 $^ $(LIBS) -o $@

# $(call link,libraries): the objects named as prerequisites with libleie.
define link
$(call say,LINK,$@)
$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $^ $(1) $(LIBS) -o $@
endef
$(OUT)/leie: $(call objects,$(CLI_SRC)) $(OUT)/libleie.a
	$(call link)
# Tests of the program's own parts take them from libcli.a; main.o stays out.
$(OUT)/libcli.a: $(filter-out %/main.o,$(call objects,$(CLI_SRC)))
	@rm -f $@
	$(Q)ar rcs $@ $^
$(OUT)/run-tests: $(call objects,$(TEST_SRC)) $(OUT)/libcli.a $(OUT)/libleie.a
	$(call link,-lcunit)
# tests/faults/memory_fault.o comes before the library and takes the place of kernels/memory.o.
$(OUT)/run-faults: $(call objects,$(FAULT_SRC)) $(OUT)/libleie.a
	$(call link)
$(OUT)/bench: $(call objects,$(PERF_SRC)) $(OUT)/libleie.a
	$(call link)
$(OUT)/fuzz: $(call objects,$(FUZZ_SRC) tests/fuzz/fuzz_main.c) $(OUT)/libleie.a
	$(call link,-fsanitize=fuzzer)
build-tests: $(OUT)/run-tests

# ---- The two commands ----
# What is missing is installed in this make and used in a second one.
deps: ## find the libraries, install what is missing (NO_INSTALL=1 forbids)
	@.build/deps.sh ensure $(DEPS_MK) test

run: ## install what is missing, build, run the embedded study
	@.build/deps.sh ensure $(DEPS_MK)
	@$(AGAIN) run-now
run-now: $(OUT)/leie
	$(OUT)/leie run $(STUDY) -o $(RESULT)

scenarios: ## install what is missing, build, run the circular-economy scenarios for Flanders
	@.build/deps.sh ensure $(DEPS_MK)
	@$(AGAIN) scenarios-now
scenarios-now: $(OUT)/leie
	$(OUT)/leie run $(SCENARIOS) -o build/flanders-scenarios.nc

test: ## install what is missing, build, run all tests
	@.build/deps.sh ensure $(DEPS_MK) test
	@$(AGAIN) $(OUT)/leie $(OUT)/run-tests
	@.build/stages.sh rooms '$(MAKE) --no-print-directory rooms' \
	    cli '$(MAKE) --no-print-directory cli-tests' unit '$(OUT)/run-tests'

# ---- Testing ----
check: $(OUT)/run-tests $(OUT)/leie ## build and run unit tests: SUITE="csv linsys" runs suites whose names begin so
	$(OUT)/run-tests $(SUITE)

cli-tests: $(OUT)/leie ## tests of the command line: SUITE=name picks lists
	@tests/cli/run.sh $(OUT)/leie $(SUITE)

asan: ## unit tests under the address and undefined-behaviour sanitizers
	@$(AGAIN) BUILD=asan check

faults: ## every allocation of the main job fails once, and nothing leaks or crashes
	@$(AGAIN) faults-now
faults-now: $(OUT)/run-faults
	$(OUT)/run-faults $(SUITE)

FUZZ_SECONDS ?= 60
fuzz: $(OUT)/leie ## fuzz every reader by clang: FUZZ_SECONDS=60, TARGET="csv yaml" picks; needs clang
	@command -v clang >/dev/null || { echo "fuzz: skipped, clang is not installed"; exit 0; }; \
	    $(AGAIN) CC=clang BUILD=fuzz build/clang-fuzz/fuzz && \
	    LEIE=$(OUT)/leie tests/fuzz/run.sh build/clang-fuzz/fuzz $(FUZZ_SECONDS) $(TARGET)

cover: ## unit tests with coverage: lines run per file
	@$(AGAIN) BUILD=cov build-tests
	@find build/$(CC_NAME)-cov -name '*.gcda' -delete
	@build/$(CC_NAME)-cov/run-tests $(SUITE) | tail -n 1
	@.build/cover.sh build/$(CC_NAME)-cov $(LIB_SRC)

rooms: ## check what the rooms include, file names, licences and the lists in the READMEs
	@.build/rooms.sh

lint: ## warnings and analysis by clang, shellcheck
	@.build/lint.sh $(ALL_SRC)

format: ## lay the sources out as .clang-format says; CHECK=1 only names files that differ
	@clang-format $(if $(filter 1,$(CHECK)),--dry-run --Werror,-i) $(ALL_SRC) $(ALL_HEADERS)

bench: ## measure: QUESTION="product lu" picks; PEERS=0 leaves the peers out
	@$(AGAIN) bench-now
bench-now: $(OUT)/bench
	@perf/run.sh $(OUT)/bench $(QUESTION)

# ---- Installing ----
BINDIR = $(DESTDIR)$(PREFIX)/bin
LIBDIR = $(DESTDIR)$(PREFIX)/lib
INCDIR = $(DESTDIR)$(PREFIX)/include/leie
MANDIR = $(DESTDIR)$(PREFIX)/share/man/man1
SHAREDIR = $(DESTDIR)$(PREFIX)/share/leie
VERSION := $(shell sed -n 's/^.define LEIE_VERSION "\(.*\)"/\1/p' solver/*.h)
# What the two public headers reach, and nothing else.
PUBLIC = $(shell $(CC) -I. -D_POSIX_C_SOURCE=200809L -MM io/leie_io.h | tr -d '\\\n' | sed 's/^[^:]*://')

define PKG_CONFIG
prefix=$(PREFIX)
libdir=$${prefix}/lib
includedir=$${prefix}/include

Name: leie
Description: Input-output and material flow accounts
Version: $(VERSION)
Cflags: -I$${includedir}/leie
Libs: -L$${libdir} -lleie
Libs.private: $(LIBS) $(OPENMP)
endef
export PKG_CONFIG

install: $(OUT)/leie libs ## install under PREFIX (/usr/local), below DESTDIR
	install -d $(BINDIR) $(LIBDIR)/pkgconfig $(MANDIR) $(SHAREDIR)
	install -m 755 $(OUT)/leie $(BINDIR)/leie
	install -m 644 $(OUT)/libleie.a $(LIBDIR)/libleie.a
	install -m 755 $(OUT)/libleie.so.0 $(LIBDIR)/libleie.so.0
	ln -sf libleie.so.0 $(LIBDIR)/libleie.so
	for header in $(PUBLIC); do install -D -m 644 $$header $(INCDIR)/$$header || exit; done
	printf '%s\n' "$$PKG_CONFIG" >$(LIBDIR)/pkgconfig/leie.pc
	install -m 644 io/cli/leie.1 $(MANDIR)/leie.1
	install -m 644 LICENSE $(SHAREDIR)/LICENSE
	[ ! -d datasets ] || cp -R datasets $(SHAREDIR)/

uninstall: ## remove what install put there
	rm -f $(BINDIR)/leie $(LIBDIR)/libleie.a $(LIBDIR)/libleie.so $(LIBDIR)/libleie.so.0
	rm -f $(LIBDIR)/pkgconfig/leie.pc $(MANDIR)/leie.1
	rm -rf $(INCDIR) $(SHAREDIR)

# ---- Housekeeping ----
info: ## the settings of this build
	@echo "version   $(VERSION)"
	@echo "compiler  $$($(CC) --version 2>/dev/null | head -n 1)"
	@echo "build     $(BUILD) in $(OUT)"
	@echo "flags     $(ALL_CFLAGS)"
	@echo "libraries $$(cat $(DEPS_MK) 2>/dev/null || echo 'not looked for yet')"

clean: ## remove everything built
	rm -rf build

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' Makefile
	@echo "  BUILD=release|debug|asan|cov|fuzz  CC=gcc|clang  ARCH=$(ARCH)  V=1  NO_INSTALL=1"

-include $(patsubst %.o,%.d,$(call objects,$(ALL_SRC)))
