# SPDX-License-Identifier: GPL-2.0
# awk -f junit.awk < KTAP - the same results as JUnit XML.

function xml(text) {
	gsub(/&/, "\\&amp;", text); gsub(/</, "\\&lt;", text); gsub(/>/, "\\&gt;", text)
	gsub(/"/, "\\&quot;", text); gsub(/[^[:print:]\t]/, "?", text)
	return text
}
function close_case() {
	if (!open) return
	body = body (message != "" ? message "</failure>" : "") "</testcase>\n"
	message = ""; open = 0
}

/^(not )?ok / {
	close_case()
	failed = /^not/
	line = $0; sub(/^(not )?ok /, "", line)
	suite = line; sub(/:.*/, "", suite)
	name = substr(line, length(suite) + 3)
	reason = ""; time = 0
	if (match(name, / # SKIP /)) { reason = substr(name, RSTART + 8); name = substr(name, 1, RSTART - 1) }
	if (match(name, / \([0-9.]+ s\)$/)) {
		time = substr(name, RSTART + 2, RLENGTH - 5); name = substr(name, 1, RSTART - 1)
	}
	body = body "<testcase classname=\"" xml(suite) "\" name=\"" xml(name) "\" time=\"" time "\">"
	if (reason != "") body = body "<skipped message=\"" xml(reason) "\"/>"
	if (failed) { body = body "<failure>"; message = "\n" }
	total++; failures += failed; skipped += reason != ""; open = 1
	next
}
open && failed { message = message xml(substr($0, 3)) "\n" }
END {
	close_case()
	printf "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
	printf "<testsuite name=\"waitq\" tests=\"%d\" failures=\"%d\" skipped=\"%d\">\n%s</testsuite>\n</testsuites>\n", total, failures, skipped, body
}
