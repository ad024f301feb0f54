# SPDX-License-Identifier: GPL-2.0
# awk -W interactive -v what=TEXT [-v total=N] -f progress.awk - reads what a tool says as it works, and says
# "TEXT: N %", "TEXT: N of TOTAL objects" or, without a total, "TEXT: N objects" a few times on the way. Read are apt's status lines, CMake's
# "[ 45%] ..." and kbuild's "CC [M]  ..."; of the rest, errors pass and all else is dropped.

function tell(done, of, amount) {
	if (of <= 0 || done * 5 < step * of) return
	step = int(done * 5 / of) + 1
	print what ": " amount >"/dev/stderr"
	fflush("/dev/stderr")
}
function percent(value) { tell(int(value), 100, int(value) " %") }
# A new stage of the same tool begins at 0 again.
function stage(name) { if (name != last) { step = 1; last = name } }

BEGIN { step = 1; verb["dlstatus"] = "downloading"; verb["pmstatus"] = "installing"; text = what }
/^(dl|pm)status:/ {
	split($0, field, ":")
	stage(field[1])
	what = text ", " verb[field[1]]
	# A package's name may have its architecture behind a colon.
	percent(field[3] ~ /^[0-9.]+$/ ? field[3] : field[4])
	next
}
/^\[ *[0-9]+%\] (Building|Linking) / {
	share = $0; sub(/^\[ */, "", share)
	percent(share)
	next
}
# Not of the modules' own: what kbuild makes around each.
/\.s$|\.mod\.o$|\.module-common\.o$/ { next }
/^ +CC +(\[M\])? / {
	++count
	if (total) tell(count, total, count " of " total " objects")
	# How many a kernel has, nobody tells.
	else if (count % 300 == 0) { print what ": " count " objects" >"/dev/stderr"; fflush("/dev/stderr") }
	next
}
/^([EW]|Err[:0-9]*|dpkg|pmerror):/ { print >"/dev/stderr" }
