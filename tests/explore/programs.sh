# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Programs in two halves: with -D BROKEN the explorer must find what the program's line "found:" says,
# without it must find nothing. Sourced, after `set -euo pipefail`, by what sets `explorer` and `source`.

explore_program()
{
	"$explorer" --kernel-source "$source" "$@" --limit 50000 --random 5000 2>&1
}

# head_of FILE KEY: the values of the lines "KEY: value" in the comment at the head of a program.
head_of()
{
	sed -n "/^ \*\//q; s/^ \* $2: //p" "$1"
}

not_ok()
{
	echo "# ${2//$'\n'/$'\n'# }"
	echo "not ok $1"
}

# check_program FILE: prints a line for the broken half and one for the mended. `said_broken` is what
# the explorer told of the broken half, if it found that; empty: it did not.
check_program()
{
	local file=$1 name=${1##*/} found said status=0
	name=${name%.c}
	# shellcheck disable=SC2034 # the caller's
	said_broken=''
	found=$(head_of "$file" found)
	[[ -n $found ]] || { echo "not ok $name: it does not say what must be found"; return; }
	said=$(explore_program "$file" -D BROKEN) || status=$?
	if ((status == 1)) && grep -F -- '*** ' <<<"$said" | grep -qF -- "$found"; then
		echo "ok $name, broken: $found"
		# shellcheck disable=SC2034
		said_broken=$said
	else
		not_ok "$name, broken: status $status, and not \"$found\"" "$said"
	fi
	status=0
	said=$(explore_program "$file") || status=$?
	if ((status == 0)); then
		echo "ok $name, mended"
	else
		not_ok "$name, mended: status $status" "$said"
	fi
}

# in_parallel FUNCTION FILE...: calls it with each, JOBS at a time, and prints what they say and the
# sum. All that it needs is exported. Status 0: no line begins with "not ok".
in_parallel()
{
	local each=$1 out failed
	shift
	export -f explore_program head_of not_ok check_program "${each?}"
	export explorer source
	# shellcheck disable=SC2016 # that shell expands it
	out=$(printf '%s\n' "$@" | xargs -P "${JOBS:-$(nproc)}" -I{} bash -c 'set -euo pipefail; "$1" "$2"' bash "$each" {})
	echo "$out"
	failed=$(grep -c '^not ok' <<<"$out" || true)
	echo "$(grep -c '^ok' <<<"$out" || true) passed, $failed failed, 0 skipped"
	((failed == 0))
}

# files_of DIRECTORY [NAME...]: the paths of these programs, or of all.
files_of()
{
	local directory=$1 name
	shift
	(($#)) || { printf '%s\n' "$directory"/*.c; return; }
	for name; do
		echo "$directory/$name.c"
	done
}
