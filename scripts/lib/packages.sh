# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The one list of Debian packages: of this machine (scripts/setup), and of the roots in which
# modules of other suites and architectures are built (scripts/lib/in-root). Sourced.

# packages_module SUITE: building the module. The compiler that a kernel's headers ask for is
# its suite's default g++. objtool, which kbuild runs on each object, is linked against libelf.
# pahole makes the module's BTF, where the headers bring the vmlinux that it needs.
packages_module()
{
	echo make g++ kmod
	case $1 in
	bullseye) echo libelf1 ;;
	bookworm) echo libelf1 pahole ;;
	*) echo libelf1t64 pahole ;;
	esac
}

# packages_user [ARCH]: building the library and the command, on amd64 for ARCH.
packages_user()
{
	local arch=${1:+:$1}
	echo "cmake make libcli11-dev nlohmann-json3-dev libboost-dev$arch liburing-dev$arch"
	[[ -z $arch ]] || echo "libstdc++6$arch"
}

# packages_tests [ARCH]: the same for the test programs; xz unpacks the source of Linux, of which
# the explorer takes the wait queues, and addr2line of binutils says where in a driver it is.
packages_tests()
{
	local arch=${1:+:$1}
	echo "xz-utils binutils libgtest-dev$arch libkmod-dev$arch libboost-context-dev$arch librapidcheck-dev$arch"
}

# The VM and its image.
packages_vm()
{
	echo qemu-system-x86 busybox-static cpio
}

# The same of another architecture: its root has the rest.
packages_vm_arm64()
{
	echo qemu-system-arm
}

# Writing docs/performance.md and its plots.
packages_performance()
{
	echo gnuplot-nox jq
}

# Counting instructions by function: scripts/bench --functions.
packages_functions()
{
	echo python3 binutils
}

# Checking the style of a change.
packages_lint()
{
	echo clang-format clang-tidy shellcheck
}

# Sanitizers, fuzzing and coverage of the hosted core.
packages_sanitizers()
{
	echo gcovr clang
	case $(. /etc/os-release && echo "${VERSION_CODENAME:-}") in
	bookworm) echo libclang-rt-14-dev ;;
	*) echo libclang-rt-19-dev ;;
	esac
}

# Building for another suite or architecture.
packages_roots()
{
	echo mmdebstrap uidmap
}

# Building a kernel from its source.
packages_source()
{
	echo flex bison bc libelf-dev xz-utils
}

# packages_root SUITE ARCH: what a root holds.
packages_root()
{
	packages_module "$1"
	# The module as a person of that suite gets it.
	echo dkms
	! source_suites | grep -qx "$1" || packages_source
	if [[ $2 == arm64 ]]; then
		echo g++-aarch64-linux-gnu busybox-static:arm64
		packages_user arm64
		packages_tests arm64
	fi
}
