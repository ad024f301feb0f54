# SPDX-License-Identifier: GPL-2.0
# awk -W interactive -v suite=NAME -f ktap.awk < OUTPUT - turns what a suite prints (GoogleTest's report, or lines
# "ok NAME" and "not ok NAME" with a closing "N passed, N failed, N skipped", or KTAP of its own) into KTAP
# lines. Fail-closed: a suite without a plan, or short of it, is a failure of its own.

function result(ok, name, note) {
	gsub(/^[ \t-]+/, "", name)
	print (ok ? "ok " : "not ok ") suite ": " name note
	if (!ok) printf "%s", said
	said = ""
	done++
	fflush()
}
function seconds(ms) { return sprintf(" (%.2f s)", ms / 1000) }

{ sub(/\r$/, "") }

# GoogleTest. Its summary repeats failed tests, without a time.
/^\[==========\] Running [0-9]+ tests? / { planned += $3; plan = 1; next }
/^\[ RUN      \]/ { said = ""; reason = ""; next }
match($0, /^\[( +OK|  FAILED |  SKIPPED) \] /) && / \([0-9]+ ms\)$/ {
	ms = $(NF - 1); sub(/\(/, "", ms)
	name = substr($0, RLENGTH + 1)
	sub(/,? where GetParam.*/, "", name); sub(/ \([0-9]+ ms\)$/, "", name)
	if (/^\[  SKIPPED/) result(1, name, " # SKIP " (reason ? reason : "without a reason"))
	else result(/^\[       OK/, name, seconds(ms))
	next
}
/: Skipped$/ { take_reason = 1; next }
take_reason { reason = $0; take_reason = 0; next }

# KTAP.
/^KTAP version/ { next }
/^1\.\.[0-9]+$/ { planned += substr($0, 4); plan = numbered = 1; next }
numbered { sub(/^ok [0-9]+ /, "ok "); sub(/^not ok [0-9]+ /, "not ok ") }

# Plain lines.
/^not ok / { result(0, substr($0, 8), ""); next }
/^ok / { result(1, substr($0, 4), ""); next }
/^[0-9]+ passed, [0-9]+ failed/ { planned += $1 + $3 + $5; plan = 1; next }

# A suite's own figures.
/^# / { print; fflush(); next }

{ said = said "# " $0 "\n" }

END {
	if (!plan) result(0, "did not say how many tests it has", "")
	else if (done != planned) result(0, "ran " done + 0 " of " planned " tests", "")
}
