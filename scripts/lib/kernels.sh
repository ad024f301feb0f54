# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # what it sets is for its callers
# Reads scripts/kernels.txt. Sourced, after say.sh.

kernel_table=${BASH_SOURCE[0]%/*}/../kernels.txt
cache=${XDG_CACHE_HOME:-$HOME/.cache}/waitq
machine_suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-unknown}")

kernel_names()
{
	awk '!/^#/ && NF {print $1}' "$kernel_table"
}

# choose_kernel NAME: sets kernel_name, kernel_suite, kernel_package, kernel_arch, kernel_features,
# kernel_base (the release that the suite belongs to). An empty NAME: the machine's own suite's.
choose_kernel()
{
	local wanted=$1
	[[ -n $wanted ]] || wanted=$(awk -v suite="$machine_suite" '
		!/^#/ && NF { if (!first) first = $1; if ($1 == suite) own = $1 }
		END { print own ? own : first }' "$kernel_table")
	kernel_name=''
	read -r kernel_name kernel_suite kernel_package kernel_arch kernel_features < <(
		awk -v name="$wanted" '!/^#/ && $1 == name' "$kernel_table") || true
	[[ -n $kernel_name ]] ||
		die 2 "there is no kernel $wanted" "kernels: $(kernel_names | xargs)"
	kernel_base=${kernel_suite%-backports}
}

# The kernel's compiler and tools are this machine's own: no root of another suite is needed.
builds_here()
{
	[[ $kernel_base == "$machine_suite" && $kernel_arch == amd64 ]]
}
