# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # what it sets is for its callers
# Everything that must exist before a VM can boot, built where it is missing. Sourced. A script that ends
# while this is at work must call end_beside.

# beside COMMAND...: begins the command in the background, in a process group of its own, so that a
# signal to the group ends all of it.
beside()
{
	set -m
	"$@" </dev/null &
	beside=$!
	set +m
}

# beside_done: waits for that command; its status. It has printed the reason of a failure itself.
beside_done()
{
	local status=0
	wait "$beside" || status=$?
	beside=''
	return "$status"
}

# end_beside: ends that command, if it still runs.
end_beside()
{
	[[ -n ${beside-} ]] || return 0
	kill -TERM -- "-$beside" 2>/dev/null || true
	wait "$beside" 2>/dev/null || true
	beside=''
}

# build_programs TOP WHAT: make's target user or tools, for this machine. Two runs must not build the same
# files at once. (In a subshell: a lock ends with its scope.)
build_programs()
{
	mkdir -p "$1/build/vm"
	(
		flock 9
		make -s --no-print-directory -C "$1" "$2" | compiling "$2"
	) 9>"$1/build/vm/.lock"
}

# compiling TARGET: says how far CMake's make is, whose output it reads.
compiling()
{
	local what="the command"
	[[ $1 != user* ]] || what="the programs and their tests"
	[[ $1 != *' '* ]] || what+=" ${1#* }"
	awk -W interactive -v what="compiling $what" -f "${BASH_SOURCE[0]%/*}/progress.awk"
}

# build_modules TOP: both, for the kernel.
build_modules()
{
	mkdir -p "$1/build/vm"
	(
		flock 9
		make -s --no-print-directory -C "$1" vm-module PROGRESS=yes >&2
	) 9>"$1/build/vm/.lock-$("$1/scripts/kernel" release)"
}

# prepare TOP WHAT: sets kernel, arch, sysroot (where the VM's programs and their libraries are from; empty:
# this machine), triplet, command_line_tool and check_log, and in the array module, which the caller
# has declared, the files of waitq and waitq_lab: the project's own where the caller gave none. WHAT is
# tools (all that a VM needs) or user (the test programs as well). Scripts that this one runs find
# WAITQ_PREPARED in the environment, and build nothing again: that takes 5 s for each boot of a VM.
prepare()
{
	local top=$1 what=$2 suffix='' build='' name path
	[[ -v module[waitq] && -v module[waitq_lab] ]] || build=yes

	# First of all: a kernel that there is not is told before anything is installed for it.
	arch=$("$top/scripts/kernel" arch)
	sysroot='' triplet=x86_64-linux-gnu
	[[ $arch == amd64 ]] || triplet=aarch64-linux-gnu suffix=.$arch
	if [[ ${WAITQ_PREPARED-} != "${WAITQ_KERNEL:-own}" ]]; then
		build_all "$top" "$what" "$build"
		export WAITQ_PREPARED=${WAITQ_KERNEL:-own}
	fi
	[[ $arch == amd64 ]] || sysroot=$("$top/scripts/kernel" root)
	kernel=$("$top/scripts/kernel" image)
	path=$(make -s --no-print-directory -C "$top" vm-module-path)
	for name in waitq waitq_lab; do
		[[ -v module[$name] ]] || module[$name]=$path/$name.ko
		[[ -r ${module[$name]} ]] || die 1 "the build gave no ${module[$name]}"
	done
	command_line_tool=$top/build/user$suffix/cli/waitq
	check_log=$top/build/user/tests/log/check-log
	[[ -x $check_log ]] || die 1 "the build gave no $check_log"
}

# build_all TOP WHAT MODULES: installs and builds what prepare tells of, the modules if MODULES is not empty.
build_all()
{
	local top=$1 what=$2 modules=$3
	local -a setup=("$top/scripts/setup")
	[[ $what != user ]] || setup+=(--tests)
	if [[ $arch == amd64 ]]; then
		# The kernel comes while apt installs.
		beside "$top/scripts/kernel" fetch
		"${setup[@]}"
		beside_done
	else
		"${setup[@]}" --roots "--$arch"
		"$top/scripts/kernel" fetch
	fi
	# Each of the two builds ends with a part that keeps one processor busy.
	[[ -z $modules ]] || beside build_modules "$top"
	build_programs "$top" "$what"
	[[ $arch == amd64 ]] || "$top/scripts/kernel" make "$what" | compiling "$what for $arch"
	[[ -z $modules ]] || beside_done
}
