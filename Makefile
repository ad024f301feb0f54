# SPDX-License-Identifier: GPL-2.0
# What a person types. `make help` lists it.

KDIR ?= /lib/modules/$(shell uname -r)/build
W ?= 1

release = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)".*/\1/p' '$(KDIR)/include/generated/utsrelease.h' 2>/dev/null)
# Each kernel, and each deliberately broken VARIANT (tests only), has a tree of its own.
tree = build/$(release)$(if $(VARIANT),.$(VARIANT))

.PHONY: module tools user vm-module vm-module-path demo test load load-lab unload dkms-install clean help

module: ## build waitq.ko and waitq_lab.ko for KDIR (default: the running kernel)
	@if [ -z '$(release)' ]; then \
		echo "make: no kernel headers in KDIR=$(KDIR): install linux-headers-$$(uname -r)," \
		     "or name others, as in make KDIR=/path/to/headers (the test VM's kernel:" \
		     "make vm-module)" >&2; exit 2; fi
	@case '$(CURDIR) $(KDIR)' in *' '*' '*) \
		echo "make: kbuild takes no path with a space: $(CURDIR), KDIR=$(KDIR)" >&2; exit 2;; esac
	@scripts/lib/stage '$(tree)' '$(VARIANT)'
	+@scripts/lib/kbuild '$(abspath $(KDIR))' '$(abspath $(tree))' W=$(W)
	@$(if $(VARIANT),,CROSS_COMPILE='$(CROSS_COMPILE)' scripts/check-module '$(tree)' '$(KDIR)')

# ARCH=arm64: cross-built, with the compiler that CROSS_COMPILE names.
user-tree = build/user$(if $(CROSS_COMPILE),.$(ARCH))
configure = cmake -S userspace -B $(user-tree) $(if $(CROSS_COMPILE), \
	-DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=$(ARCH) \
	-DCMAKE_CXX_COMPILER=$(CROSS_COMPILE)g++ -DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=OFF)
jobs = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))

# A tree that has the test programs keeps them.
tools: ## build the command, and what reads kernel logs: all that the VM needs
	@test -f $(user-tree)/Makefile || $(configure) -DWAITQ_TESTS=OFF
	+@$(MAKE) -s -C $(user-tree) $(jobs) waitq check-log

explorer: ## build the explorer of drivers alone
	@grep -qs '^WAITQ_TESTS:BOOL=ON' $(user-tree)/CMakeCache.txt || $(configure) -DWAITQ_TESTS=ON
	+@$(MAKE) -s -C $(user-tree) $(jobs) waitq-explore >/dev/null

user: ## build the library, the command and the hosted tests
	@grep -qs '^WAITQ_TESTS:BOOL=ON' $(user-tree)/CMakeCache.txt || $(configure) -DWAITQ_TESTS=ON
	+@$(MAKE) -s -C $(user-tree) $(jobs)

vm-module: ## build both modules for the test VM's kernel (WAITQ_KERNEL=NAME: scripts/vm list)
	+@scripts/kernel make module VARIANT='$(VARIANT)'

# tests/cost: the wait layer beside the kernel's macros, and what counts their instructions. tests/delays: what
# holds tasks up at the windows of the wait functions, for waitq torture.
test-modules = cost delays
.PHONY: $(foreach name,$(test-modules),$(name)-module vm-$(name)-module vm-$(name)-module-path print-$(name)-module)
$(test-modules:%=%-module): %-module:
	@scripts/lib/stage 'build/$(release).$*' '' 'tests/$*'
	+@scripts/lib/kbuild '$(abspath $(KDIR))' '$(abspath build/$(release).$*)' W=$(W)

$(test-modules:%=vm-%-module): vm-%-module:
	+@scripts/kernel make $*-module

$(test-modules:%=vm-%-module-path): vm-%-module-path:
	@$(MAKE) -s print-$*-module KDIR="$$(scripts/kernel kdir)"

$(test-modules:%=print-%-module): print-%-module:
	@echo '$(abspath build/$(release).$*)/waitq_$*.ko'

# tests/wait_example: the example of module/wait/README.md, with a copy of that folder alone.
.PHONY: example vm-example
example:
	+@CROSS_COMPILE='$(CROSS_COMPILE)' tests/wait_example/run '$(KDIR)' 'build/$(release).example'

vm-example:
	+@scripts/kernel make example

# The directory that the modules are in.
vm-module-path:
	@$(MAKE) -s print-tree KDIR="$$(scripts/kernel kdir)" VARIANT='$(VARIANT)'

.PHONY: print-tree
print-tree:
	@echo '$(abspath $(tree))'

demo: ## watch a real kernel put cat to sleep and wake it, in a VM
	@./scripts/demo

test: ## run the usual suites, here and in a VM (./scripts/test --help: all of them)
	@./scripts/test

.PHONY: performance
performance: ## measure in a VM, and write docs/performance.md with its plots
	@scripts/lib/performance docs

load: module ## build for the running kernel and insmod waitq.ko; PARAMS="queues=8 ..." (root)
	insmod '$(tree)/waitq.ko' $(PARAMS)

load-lab: module ## the same with waitq_lab.ko, the lab (root)
	insmod '$(tree)/waitq_lab.ko' $(PARAMS)

unload: ## rmmod what of the two is loaded (root)
	@for module in waitq_lab waitq; do \
		test ! -d "/sys/module/$$module" || rmmod "$$module" || exit; done

# As DKMS has it: the package's name and version, and in it dkms.conf and the sources.
version = $(shell sed -n 's/^MODULE_VERSION("\(.*\)");/\1/p' module/kernel/device/main.c)
dkms-tree = $(DESTDIR)/usr/src/waitq-$(version)
dkms-install: ## put the sources where DKMS builds them for each new kernel from (root)
	mkdir -p '$(dkms-tree)'
	cp -r Kbuild module LICENSE '$(dkms-tree)/'
	sed 's/@VERSION@/$(version)/' scripts/dkms.conf >'$(dkms-tree)/dkms.conf'
	@echo 'Now: dkms install waitq/$(version)'

clean: ## remove everything built
	rm -rf build

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20
