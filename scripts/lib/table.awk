# SPDX-License-Identifier: GPL-2.0
# awk -f table.awk JOBS KTAP - JOBS: lines "JOB SECONDS"; KTAP: lines "ok JOB.SUITE: ...". Prints a row
# for each job, the reason of each skip, and last "N passed, N failed, N skipped".

FNR == NR { jobs[++n] = $1; seconds[$1] = $2; next }
/^(not )?ok / {
	name = $0
	sub(/^(not )?ok /, "", name)
	job = name
	sub(/\..*/, "", job)
	if (/^not ok/) failed[job]++
	else if (match(name, / # SKIP /)) {
		skipped[job]++
		reasons = reasons sprintf("skipped  %s: %s\n", substr(name, 1, RSTART - 1), substr(name, RSTART + 8))
	} else
		passed[job]++
}
END {
	format = "%-14s %7s %7s %8s %8s\n"
	printf format, "kernel", "passed", "failed", "skipped", "seconds"
	for (i = 1; i <= n; i++) {
		job = jobs[i]
		printf format, job, passed[job] + 0, failed[job] + 0, skipped[job] + 0, seconds[job]
		p += passed[job]; f += failed[job]; s += skipped[job]
	}
	printf "%s", reasons
	printf "%d passed, %d failed, %d skipped\n", p, f, s
}
