# Leie: make help
SHELL := /bin/bash
.DEFAULT_GOAL := all
-include config.mk

CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
BUILD ?= release
ARCH ?= x86-64
V ?= 0
Q := $(if $(filter 1,$(V)),,@)

OUT := build/$(notdir $(CC))-$(BUILD)
PYTHON ?= /usr/bin/python3

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wwrite-strings -Wvla
CPPFLAGS += -I. -D_POSIX_C_SOURCE=200809L
CFLAGS_BASE := -std=c17 $(WARN) -ffp-contract=off -fvisibility=hidden -fPIC -g
CFLAGS_release := -O3 -march=$(ARCH)
CFLAGS_debug := -O0
CFLAGS_asan := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS_cov := -O0 --coverage
LDFLAGS_asan := -fsanitize=address,undefined
LDFLAGS_cov := --coverage
ifneq ($(findstring clang,$(CC)),clang)
OPENMP := -fopenmp
endif
ALL_CFLAGS = $(CFLAGS_BASE) $(CFLAGS_$(BUILD)) $(OPENMP) $(CFLAGS)
LIBS := -lumfpack -lcholmod -lamd -lsuitesparseconfig -lopenblas -lnetcdf -lyaml -lisal -lz -lnettle -ludunits2 -lm

KERNELS := $(wildcard kernels/*.c)
SOLVER := $(wildcard solver/*.c solver/*/*.c)
IO := $(filter-out io/cli/%,$(wildcard io/*.c io/*/*.c))
CLI := $(wildcard io/cli/*.c)
TESTS := $(wildcard tests/*.c)

LIB_OBJ := $(patsubst %.c,$(OUT)/%.o,$(KERNELS) $(SOLVER) $(IO))
CLI_OBJ := $(patsubst %.c,$(OUT)/%.o,$(CLI))
TEST_OBJ := $(patsubst %.c,$(OUT)/%.o,$(TESTS))
DEPS := $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(TEST_OBJ:.o=.d)

.PHONY: all build-tests check clean help
all: $(OUT)/leie

$(OUT)/%.o: %.c
	@mkdir -p $(@D)
	@$(if $(Q),echo "  CC   $<")
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

$(OUT)/libleie.a: $(LIB_OBJ)
	@rm -f $@
	$(Q)ar rcs $@ $^

$(OUT)/leie: $(CLI_OBJ) $(OUT)/libleie.a
	@$(if $(Q),echo "  LINK $@")
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS_$(BUILD)) $(CLI_OBJ) $(OUT)/libleie.a $(LDFLAGS) $(LIBS) -o $@

$(OUT)/run-tests: $(TEST_OBJ) $(OUT)/libleie.a
	@$(if $(Q),echo "  LINK $@")
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS_$(BUILD)) $(TEST_OBJ) $(OUT)/libleie.a $(LDFLAGS) -lcunit $(LIBS) -o $@

build-tests: $(OUT)/run-tests
check: $(OUT)/run-tests
	./$(OUT)/run-tests $(SUITE)

clean:
	rm -rf build
-include $(DEPS)
