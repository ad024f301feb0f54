# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # what it sets is for its callers
# Reads scripts/kernels.txt. Sourced, after say.sh.

kernel_table=${BASH_SOURCE[0]%/*}/../kernels.txt
kernel_configs=${BASH_SOURCE[0]%/*}/../configs
cache=${XDG_CACHE_HOME:-$HOME/.cache}/waitq
machine_suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-unknown}")

# kernel_names KIND: of the packaged ones, of those built from source, or of any.
kernel_names()
{
	awk -v kind="$1" '!/^#/ && NF {
		of = $3 == "linux-source" ? "source" : "packaged"
		if (kind == "any" || kind == of) print $1
	}' "$kernel_table"
}

# source_suites: in which kernels are built.
source_suites()
{
	awk '!/^#/ && $3 == "linux-source" {print $2}' "$kernel_table"
}

# choose_kernel NAME: sets kernel_name, kernel_kind (packaged, source, tree), kernel_suite, kernel_package,
# kernel_arch, kernel_features, kernel_base (the release that the suite belongs to). An empty NAME:
# the machine's own suite's. A NAME with a slash in it: a kernel's build tree.
choose_kernel()
{
	local wanted=$1
	if [[ $wanted == */* ]]; then
		choose_tree "$wanted"
		return
	fi
	[[ -n $wanted ]] || wanted=$(awk -v suite="$machine_suite" '
		!/^#/ && NF { if (!first) first = $1; if ($1 == suite) own = $1 }
		END { print own ? own : first }' "$kernel_table")
	kernel_name=''
	read -r kernel_name kernel_suite kernel_package kernel_arch kernel_features < <(
		awk -v name="$wanted" '!/^#/ && $1 == name' "$kernel_table") || true
	[[ -n $kernel_name ]] ||
		die 2 "there is no kernel $wanted" "kernels: $(kernel_names any | xargs)" \
			"A build tree of your own is named by its directory, with a slash: --kernel ./$wanted"
	kernel_base=${kernel_suite%-backports}
	kernel_kind=packaged
	[[ $kernel_package != linux-source ]] || kernel_kind=source
}

# choose_tree DIR: the same of a kernel that somebody has built there, with make or make O=.
choose_tree()
{
	local dir=$1 compiler
	[[ -d $dir ]] || die 2 "--kernel: there is no directory $dir"
	kernel_kind=tree kernel_name=$(realpath "$dir") kernel_suite=$machine_suite kernel_base=$machine_suite
	[[ -r $dir/.config ]] || die 2 "$dir is no build tree of a kernel: it has no .config" \
		"Where it was built with O=, that directory is the one to name."
	if grep -q '^CONFIG_X86_64=y' "$dir/.config"; then
		kernel_arch=amd64 kernel_image=$kernel_name/arch/x86/boot/bzImage
	else
		die 2 "$dir is a kernel for another architecture than x86-64"
	fi
	[[ -r $kernel_image && -r $dir/include/config/kernel.release && -r $dir/Module.symvers ]] ||
		die 2 "$dir holds no finished kernel (of its image, include/config/kernel.release" \
			"and Module.symvers one is missing): run make there"
	kernel_features=$("${BASH_SOURCE[0]%/*}/features" "$dir")
	# The compiler's own words, which begin with its name.
	compiler=$(sed -n 's/^CONFIG_CC_VERSION_TEXT="\(.*\)"/\1/p' "$dir/.config")
	kernel_cc=${compiler%% *}
	[[ $("$kernel_cc" --version 2>/dev/null | head -n 1) == "$compiler" ]] ||
		die 2 "the kernel in $dir was built by $compiler," \
			"and modules for it must be; $kernel_cc is $("$kernel_cc" --version 2>/dev/null | head -n 1 || echo "not here")"
}

# The kernel's compiler and tools are this machine's own: no root of another suite is needed.
builds_here()
{
	[[ $kernel_base == "$machine_suite" && $kernel_arch == amd64 ]]
}

# name_kernel NAME: the kernel that this script and those that it calls mean.
name_kernel()
{
	local name=$1
	[[ $name != */* ]] || name=$(realpath -m "$name")
	export WAITQ_KERNEL=$name
}
