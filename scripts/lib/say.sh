# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What every script here says, and how it stops. Sourced, after `set -euo pipefail`.

# Progress goes to stderr: stdout belongs to the answer, or to the command that runs in the VM.
say()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

# die STATUS LINE...: the reason and the remedy, one line each.
die()
{
	local status=$1 line
	shift
	for line; do
		say "$line"
	done
	exit "$status"
}
