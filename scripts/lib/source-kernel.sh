# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # of kernels.sh
# The kernels of scripts/kernels.txt that are built from Debian's source of Linux. Sourced by
# scripts/kernel, after archive.sh.

# source_id: of all that the chosen kernel is made from, but the version of the source.
source_id()
{
	cat "$kernel_configs"/{base,"$kernel_name"}.config "$top/scripts/lib/build-kernel" | sha256sum |
		cut -c 1-12
}

# unpack_source PACKAGE DIR: what x86-64 and the configurations can need of it: a third.
unpack_source()
{
	local package=$1 dir=$2 arch
	local -a without=(--exclude='*/Documentation/*.rst' --exclude='*/drivers/gpu/*.[ch]'
		--exclude='*/sound/*.[ch]' --exclude='*/tools/testing/*')
	for arch in alpha arc arm arm64 csky hexagon loongarch m68k microblaze mips nios2 openrisc parisc \
		powerpc riscv s390 sh sparc xtensa; do
		without+=(--exclude="*/arch/$arch/*.[chS]" --exclude="*/arch/$arch/*.dts*")
	done
	mkdir "$dir/deb"
	say "downloading the source of Linux ($package)"
	(
		cd "$dir/deb"
		archive_apt -o APT::Status-Fd=1 download "$package" |
			awk -W interactive -v what="the source" -f "$top/scripts/lib/progress.awk" >&2
	) || die 1 "could not download $package (apt's reason is above); nothing was kept"
	say "unpacking it into $cache/sources"
	dpkg-deb --fsys-tarfile "$dir"/deb/*.deb | tar -x -O --wildcards '*/linux-source-*.tar.xz' |
		tar -x -J -C "$dir" --strip-components=1 "${without[@]}"
	rm -r "$dir/deb"
}

# fetch_source: makes the chosen kernel, and makes it the current one. The caller holds the suite's lock.
fetch_source()
{
	local package version source build name available
	local -a compile=("$top/scripts/lib/build-kernel")
	available=$(df --output=avail -B1M "$cache" | tail -n 1)
	((available >= 2500)) ||
		die 1 "building a kernel needs 2500 MB in $cache; $((available)) MB are free"
	ask_archive "$kernel_suite"
	read -r package version < <(archive_apt -s --no-install-recommends install "$kernel_package" |
		sed -n 's/^Inst \(linux-source-[^ ]*\) (\([^ ]*\) .*/\1 \2/p') || true
	[[ -n $package ]] || die 1 "the archive has no $kernel_package in $kernel_suite"

	if builds_here; then
		"$top/scripts/setup" --source
	else
		compile=("$top/scripts/lib/in-root" "$kernel_base" "$kernel_arch" "${compile[@]}")
	fi

	source=$cache/sources/${package}_$version
	if [[ ! -d $source ]]; then
		mkdir -p "$cache/sources"
		work=$(mktemp -d "$cache/sources/.unpack.XXXXXX")
		trap 'rm -rf "$work"; say "no source; nothing was kept"' EXIT
		trap 'exit 130' INT
		trap 'exit 143' TERM
		unpack_source "$package" "$work"
		mv -T "$work" "$source"
		trap - EXIT INT TERM
	fi

	# A build that is interrupted goes on the next time.
	build=$cache/kernels/.build-${kernel_name}_${version}_$(source_id)
	say "building the kernel $kernel_name from $package $version" \
		"(once: $((1200 / $(nproc) / 60 + 1)) minutes or so)"
	mkdir -p "$build"
	(cd "$top" && "${compile[@]}" "$source" "$build/build" "$kernel_name" \
		"$kernel_configs"/{base,"$kernel_name"}.config) || exit
	cp "$build/build/arch/x86/boot/bzImage" "$build/vmlinuz"
	cp "$build/build/include/config/kernel.release" "$build/release"
	ln -sfn build "$build/kdir"
	# Modules are built with the headers, the tools and the symbols.
	find "$build/build" \( -name '*.o' -o -name '*.a' -o -name '.*.cmd' -o -name 'vmlinux*' \) \
		-not -path '*/scripts/*' -not -path '*/tools/*' -not -name vmlinux.lds -delete
	rm -f "$build/build/arch/x86/boot/bzImage" "$build/build/build.log"
	name=$(<"$build/release")_${version}_$(source_id)
	rm -rf "${cache:?}/kernels/$name"
	mv -T "$build" "$cache/kernels/$name"
	make_current "$name"
}
