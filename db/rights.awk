# SPDX-License-Identifier: MIT
# From db/catalog.expected, as rows of SQL in C: what roles may do with what. (kind, name, part, privileges, role)
BEGIN { FS = "\t" }
$2 ~ /^privileges of grantd_(app|auth)$/ && $1 ~ /^(schema|table|column|function) [a-z_.]+$/ {
	split($1, object, " ")
	parts = split(object[2], part, ".")
	if (parts == 1)
		part[2] = part[1]
	printf("\", ('%s', '%s', '%s', '%s', '%s')\"\n", object[1], part[2], (parts == 3 ? part[3] : ""), $3,
		substr($2, length("privileges of ") + 1))
}
