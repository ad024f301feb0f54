# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables shared with scripts/vm
# Starts QEMU on an initramfs and follows the guest's report. Sourced.

# accelerators ICOUNT: the ones to try, the better one first. A /dev/kvm that opens proves nothing:
# on a machine whose processor has no such feature it can still make a VM, which then hangs.
accelerators()
{
	if [[ -z $1 && -r /dev/kvm && -w /dev/kvm ]] && grep -qwE 'vmx|svm' /proc/cpuinfo; then
		echo kvm
	fi
	echo tcg
}

# inherited FD: the guest's next serial port writes to a descriptor which QEMU inherits, so that
# QEMU neither opens nor truncates (hence append=on) what the caller gave.
inherited()
{
	options+=(-add-fd "fd=$1,set=$1" -chardev "file,id=fd$1,path=/dev/fdset/$1,append=on")
	ports+=("fd$1")
}

# serial: makes the ports, of which the first is the console, options.
serial()
{
	local port
	if [[ $arch == amd64 ]]; then
		for port in "${ports[@]}"; do
			options+=(-serial "chardev:$port")
		done
	else
		# The machine has one port of its own. The four others are a PCI card.
		options+=(-serial "chardev:${ports[0]}" -chardev "null,id=unused" -device
			"pci-serial-4x,chardev1=unused,chardev2=${ports[1]},chardev3=${ports[2]},chardev4=${ports[3]}")
	fi
}

# machine: the architecture's own options, program first, in options, and its kernel's in arguments. Its
# console is the log; the other ports are the guest's ttyS1 to ttyS3, with whatever comes before
# them on ttyS0.
machine()
{
	case $arch in
	amd64)
		command+=(qemu-system-x86_64)
		# -cx16: in QEMU 7.2 cmpxchg16b leaves an operand in the flags, of which the allocator of
		# 6.12 dies, within a few boots.
		options+=(-machine q35 -cpu "max,-cx16")
		# no_timer_check, tsc=reliable: on a busy machine the emulated processors get no time for a
		# moment. The kernel takes that for a broken timer and stops; or it takes the TSC for
		# unstable and patches code that another processor runs, and QEMU's emulation fails there.
		# ia32_emulation: some kernels run 32-bit programs only when told to.
		arguments="console=ttyS0 no_timer_check tsc=reliable ia32_emulation=1"
		;;
	arm64)
		command+=(qemu-system-aarch64)
		# The architected pointer authentication is slow to emulate, and nobody attacks here.
		options+=(-machine virt -cpu "max,pauth-impdef=on")
		arguments="console=ttyAMA0"
		;;
	esac
}

# start ACCELERATOR: QEMU in the background, with the log on its descriptor 3, stdout on 4,
# stderr on 5 and the report on 6. Reads initramfs, kernel, arch, log, work, mode, smp, mem, icount,
# append; sets qemu, report and copiers.
start()
{
	# The VM must not outlive this script, even when that is killed without a chance to clean up.
	local -a command=(setpriv --pdeathsig KILL)
	local -a options=() ports=()
	local arguments
	machine
	options+=(
		-nodefaults -no-user-config -display none -smp "$smp" -m "$mem"
		-kernel "$kernel" -initrd "$work/initramfs"
		# A guest that reboots has crashed: stop, and let the missing report say so.
		-no-reboot
	)
	# oops=panic: after an oops nothing that the guest reports is worth anything. A warning lets it
	# go on, and the log tells. printk.devkmsg=on: no limit on the markers that tests write.
	arguments+=" loglevel=7 printk.time=1 printk.devkmsg=on panic=-1 oops=panic"
	options+=(-append "$arguments${append:+ $append}")
	case $1${icount:+-icount} in
	kvm) options+=(-accel kvm) ;;
	tcg) options+=(-accel "tcg,thread=multi") ;;
	tcg-icount) options+=(-accel "tcg,thread=single" -icount "shift=0,sleep=off") ;;
	esac

	[[ -z ${gdb-} ]] || options+=(-chardev "socket,id=gdb,path=$gdb,server=on,wait=off" -gdb chardev:gdb)

	printf 'waitq VM: accelerator %s%s, %s CPUs, %s memory, %s\n' "$1" "${icount:+ with icount}" \
		"$smp" "$mem" "${kernel%/*}" >"$log"
	rm -f "$work"/{report,stdout,stderr}
	mkfifo "$work"/{report,stdout,stderr}
	copiers=()
	inherited 3
	if [[ $mode == run ]]; then
		inherited 4
		inherited 5
		inherited 6
		serial
		# dd passes on what arrives as it arrives, and says at the end how many bytes that were.
		LC_ALL=C dd bs=64k <"$work/stdout" 2>"$work/stdout.count" &
		copiers+=($!)
		LC_ALL=C dd bs=64k <"$work/stderr" >&2 2>"$work/stderr.count" &
		copiers+=($!)
		"${command[@]}" "${options[@]}" </dev/null >"$work/qemu" 2>&1 \
			3>>"$log" 4>"$work/stdout" 5>"$work/stderr" 6>"$work/report" &
	else
		# mux=on: Ctrl+A X ends the VM when a command in it can't be ended.
		# signal=off: Ctrl+C is a byte for the guest's terminal, not a signal for QEMU.
		options+=(-chardev "stdio,id=terminal,mux=on,signal=off" -chardev "null,id=none")
		# QEMU then says on stderr why the VM ended: see ended_by_hand.
		options+=(-trace qemu_system_shutdown_request)
		ports+=(terminal none)
		inherited 6
		serial
		"${command[@]}" "${options[@]}" <&0 2>"$work/qemu" 3>>"$log" 6>"$work/report" &
	fi
	qemu=$!
	exec {report}<"$work/report"
}

# ended_by_hand: whether the terminal's Ctrl+A X ended QEMU, and not the guest. QEMU calls that reason
# host-qmp-quit, and counts its reasons from 0 in the order of its QAPI type ShutdownCause.
ended_by_hand()
{
	grep -q 'qemu_system_shutdown_request reason=2$' "$work/qemu"
}

stop()
{
	local pid
	for pid in ${qemu:-} "${copiers[@]}"; do
		kill -KILL "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	qemu='' copiers=()
	[[ -z ${report:-} ]] || exec {report}<&-
	report=''
}

# follow SECONDS [KEY]: reads the report until QEMU ends, or until KEY came, into got[]. Status 1:
# the time was over.
follow()
{
	local deadline=$((SECONDS + $1)) key=${2:-} line status
	while ((SECONDS < deadline)); do
		status=0
		IFS= read -r -t $((deadline - SECONDS)) -u "$report" line || status=$?
		# Beyond 128: nothing for so long. Otherwise the end: QEMU has closed its side.
		((status <= 128)) || return 1
		((status == 0)) || return 0
		got[${line%% *}]=${line#* }
		[[ ${line%% *} != "$key" ]] || return 0
	done
	return 1
}
