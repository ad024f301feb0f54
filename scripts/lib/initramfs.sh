# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Builds the VM's root file system: a directory that is packed as an initramfs. Sourced.

# put SRC DST: a copy of the file at that place of the image, with the directories above it.
put()
{
	mkdir -p "${2%/*}"
	cp -L --preserve=mode "$1" "$2"
}

# complete ROOT FILE: makes FILE, a path inside ROOT, work there: its shared libraries come to the
# paths where its loader looks for them. A file without any needs nothing.
complete()
{
	local root=$1 file=$1$2 list library
	# ldd fails on what is no dynamic executable: scripts, data, static programs.
	list=$(ldd "$file" 2>/dev/null) || return 0
	[[ $list != *'not found'* ]] || {
		say "$2 lacks libraries:" "$(grep 'not found' <<<"$list")"
		return 1
	}
	# Debug information is most of a program, and the VM copies all of it at boot.
	strip --strip-debug "$file"
	while read -r library; do
		[[ -e $root$library ]] || put "$library" "$root$library"
	done < <(grep -o '/[^ ]*' <<<"$list" | sort -u)
}

# add ROOT SRC[:DST]: a file or directory of the caller's, and the libraries of its programs.
add()
{
	local root=$1 src=${2%:/*} dst='' file
	[[ $2 != *:/* ]] || dst=/${2##*:/}
	src=$(realpath "$src")
	if [[ -z $dst ]]; then
		# Programs go where PATH leads, all else into the directory that the command starts in.
		dst=/root/
		[[ -d $src || ! -x $src ]] || dst=/bin/
	fi
	[[ $dst != */ ]] || dst+=${src##*/}

	if [[ -d $src ]]; then
		mkdir -p "$root$dst"
		cp -R --preserve=mode,links "$src/." "$root$dst"
		while IFS= read -r -d '' file; do
			complete "$root" "$dst/$file"
		done < <(find "$src" -type f -perm /111 -printf '%P\0')
	else
		put "$src" "$root$dst"
		[[ ! -x $src ]] || complete "$root" "$dst"
	fi
}

# quoted WORD...: the words as a shell reads them back, whatever is in them.
quoted()
{
	local LC_ALL=C word quote="'\\''"
	for word; do
		printf "'%s' " "${word//\'/"$quote"}"
	done
}

# pack ROOT FILE: the directory as an initramfs. Everything in it belongs to root there.
pack()
{
	(cd "$1" && find . -print0 | LC_ALL=C sort -z | cpio -0 -o -H newc -R 0:0 --quiet) >"$2"
}
