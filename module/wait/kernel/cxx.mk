# SPDX-License-Identifier: GPL-2.0
# cxx.mk - C++ under kbuild: included by a Kbuild file that has set
#   cxx-objects   the C++ objects of its modules, as in a module's list: dir/name.o
#   cxx-kernel    this folder, seen from the Kbuild file
#   cxx-layouts   layouts beside the wait layer's own, without .c: dir/layout. May be empty
# Makes each object of cxx-objects from its .cpp, and from each layout's .c its .h, before any
# object of a module.

# gcc says "cannot execute cc1plus", which not everybody understands.
ifeq ($(shell $(CC) -print-prog-name=cc1plus),cc1plus)
$(error $(CC), which this kernel's modules are built with, has no C++ beside it: \
	install the g++ of the same version)
endif

# Sizes, alignments and values of this kernel, for C++; as the kernel's asm-offsets.h.
cxx-all-layouts := $(cxx-kernel)/wait_layout $(cxx-layouts)
cxx-headers := $(addprefix $(obj)/,$(addsuffix .h,$(cxx-all-layouts)))
cxx-include := $(addprefix -I$(obj)/,$(patsubst %/,%,$(sort $(dir $(cxx-all-layouts)))))
targets += $(addsuffix .s,$(cxx-all-layouts)) $(addsuffix .h,$(cxx-all-layouts))

$(cxx-headers): $(obj)/%.h: $(obj)/%.s FORCE
	$(call filechk,offsets,__KAPI_$(notdir $*)_H__)

$(addprefix $(obj)/,$(foreach module,$(obj-m:.o=),$($(module)-y))): $(cxx-headers)

# kbuild's own flags (_c_flags, modkern_cflags: scripts/Makefile.lib) carry every mitigation,
# sanitizer and tracing option of this kernel, so C++ is compiled with them too, less what only C
# has. A flag that a newer kernel adds and g++ does not take for C++ must fail the build, not
# warn: -Werror. scripts/check-module compares the flags of a C object with those of each C++ one.
cxx-c-only := -std=% -g% -Wno-pointer-sign -Wstrict-prototypes -Wmissing-prototypes \
	-Wold-style-definition -Wdeclaration-after-statement -Wbad-function-cast \
	-Woverride-init -Wno-override-init -Wnested-externs -Wjump-misses-init \
	-Wno-designated-init -Wdesignated-init -Wno-alloc-size-larger-than \
	-Wno-missing-prototypes -Wenum-conversion -Wno-enum-conversion \
	-Wincompatible-pointer-types -Wno-incompatible-pointer-types \
	-fms-extensions -fms-anonymous-structs -Wno-microsoft% \
	$(addprefix -Werror=,implicit-function-declaration implicit-int strict-prototypes \
		incompatible-pointer-types designated-init missing-prototypes \
		int-conversion)
# No runtime to lean on: no exceptions, RTTI, guarded statics, destructors at exit.
# -g0: pahole can't turn C++ debug information into BTF.
cxx-flags := -std=gnu++20 -Werror -g0 -ffreestanding -nostdinc -nostdinc++ \
	-fno-exceptions -fno-rtti -fno-threadsafe-statics -fno-use-cxa-atexit \
	-DWAITQ_FREESTANDING $(cxx-include)

# c_flags is what kbuild's compile command uses; its own carries -include of C headers.
$(addprefix $(obj)/,$(cxx-objects)): private c_flags = -Wp,-MMD,$(depfile) \
	$(filter-out $(cxx-c-only),$(_c_flags) $(modkern_cflags)) $(cxx-flags)

$(addprefix $(obj)/,$(cxx-objects)): $(obj)/%.o: $(src)/%.cpp FORCE
	$(call if_changed_rule,cc_o_c)
