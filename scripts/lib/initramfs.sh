# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Builds the VM's root file system: a directory that is packed as an initramfs. Sourced.

# put SRC DST: a copy of the file at that place of the image, with the directories above it.
put()
{
	mkdir -p "${2%/*}"
	cp -L --preserve=mode "$1" "$2"
}

# slim FILE: without its debug information, which is most of it and all of which the VM reads. A file of
# another architecture is none of this machine's strip's, and stays as it is.
slim()
{
	strip --strip-debug "$1" 2>/dev/null || true
}

# needed FILE: the loader and the libraries that an ELF file names, a line each.
needed()
{
	readelf -ld "$1" 2>/dev/null |
		sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p; s/.*program interpreter: \(.*\)\]/\1/p'
}

# find_library NAME: where it is on the system that the VM's programs are from.
find_library()
{
	local dir
	for dir in "" /lib/"$triplet" /usr/lib/"$triplet" /usr/local/lib /lib /usr/lib; do
		[[ $1 == /* || -n $dir ]] || continue
		[[ -e $sysroot$dir/$1 ]] || continue
		echo "${dir:+$dir/}$1"
		return
	done
	return 1
}

# complete ROOT FILE: makes FILE, a path inside ROOT, work there: the shared libraries that it names
# come to the paths where its loader looks for them. A file without any needs nothing. (By name
# and not by running its loader, which may be another architecture's.)
complete()
{
	local root=$1 file=$2 name path
	while read -r name; do
		path=$(find_library "$name") || {
			say "$file lacks a library: $name is not in ${sysroot:-this machine}'s"
			return 1
		}
		[[ ! -e $root$path ]] || continue
		put "$sysroot$path" "$root$path"
		complete "$root" "$path"
	done < <(needed "$root$file")
	slim "$root$file"
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
