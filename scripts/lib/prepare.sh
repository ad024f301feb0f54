# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # what it sets is for its callers
# Everything that must exist before a VM can boot, built where it is missing. Sourced.

# build_user TOP: the user space of this machine. Two runs must not build the same files at once. (In a
# subshell: a lock ends with its scope.)
build_user()
{
	mkdir -p "$1/build/vm"
	(
		flock 9
		# The build names each target it has, also where nothing was to do.
		make -s --no-print-directory -C "$1" user | sed -u '/] Built target /d' >&2
	) 9>"$1/build/vm/.lock"
}

# prepare TOP MODULE: sets kernel, arch, sysroot (where the VM's programs and their libraries are from;
# empty: this machine), triplet, module, command_line_tool and check_log. MODULE is the one to load
# in place of the project's own, or empty.
prepare()
{
	local top=$1 suffix=''
	module=$2

	# First of all: a kernel that there is not is told before anything is installed for it.
	arch=$("$top/scripts/kernel" arch)
	sysroot='' triplet=x86_64-linux-gnu
	if [[ $arch == amd64 ]]; then
		"$top/scripts/setup"
	else
		"$top/scripts/setup" --roots "--$arch"
		triplet=aarch64-linux-gnu suffix=.$arch
		sysroot=$("$top/scripts/kernel" root)
	fi
	kernel=$("$top/scripts/kernel" image)

	mkdir -p "$top/build/vm"
	(
		flock 9
		[[ -n $module ]] || make -s --no-print-directory -C "$top" vm-module >&2
		[[ -z $sysroot ]] || "$top/scripts/kernel" make user | sed -u '/] Built target /d' >&2
	) 9>"$top/build/vm/.lock-$("$top/scripts/kernel" release)"
	build_user "$top"
	if [[ -z $module ]]; then
		module=$(make -s --no-print-directory -C "$top" vm-module-path)
		[[ $module == /* ]] || module=$top/$module
	fi

	command_line_tool=$top/build/user$suffix/cli/waitq
	check_log=$top/build/user/tests/log/check-log
	[[ -r $module ]] || die 1 "the build gave no $module"
	[[ -x $check_log ]] || die 1 "the build gave no $check_log"
}
