# SPDX-License-Identifier: MIT
# From the lines of tests/bench/run to a table in Markdown: medians over the rounds, and ratios of medians.
def median: sort | if length == 0 then null elif length % 2 == 1 then .[length / 2 | floor]
	else (.[length / 2 - 1] + .[length / 2]) / 2 | round end;
def ratio($a; $b): if $a == null or $b == null or $b == 0 then "–" else $a / $b * 100 | round / 100 | tostring end;
def place: { bare: 0, own: 1, "grantd-lighttpd": 2, "grantd-nginx": 3, "grantd-apache": 4, "libfcgi-lighttpd": 5, "php-lighttpd": 6,
	"php-nginx": 7, node: 8 }[.];
def dash: if . == null or . == 0 then "–" else tostring end;

def medians:
	{ name: .[0].name, rounds: length, errors: (map(.errors) | add), per_second: (map(.per_second) | median),
	  p50_us: (map(.p50_us) | median), p99_us: (map(.p99_us) | median),
	  cpu_us: { database: (map(.cpu_us.database) | median), server: (map(.cpu_us.server) | median),
	      application: (map(.cpu_us.application) | median), load: (map(.cpu_us.load) | median) } };

def table:
	map(medians) | sort_by(.name | place)
	| (map({ key: .name, value: . }) | from_entries) as $of
	| ([$of["php-lighttpd"].per_second, $of["php-nginx"].per_second] | max) as $php
	| "| contestant | requests/s | p50 ms | p99 ms | errors | database µs | server µs | application µs | load µs | rate: × bare | × own | × PHP | × Node | database: × bare |",
	  "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
	  (.[] | "| \(.name) | \(.per_second) | \(.p50_us / 10 | round / 100) | \(.p99_us / 10 | round / 100) | \(.errors) | \(.cpu_us.database | dash)"
	    + " | \(.cpu_us.server | dash) | \(.cpu_us.application | dash) | \(.cpu_us.load | dash)"
	    + " | \(ratio(.per_second; $of.bare.per_second)) | \(ratio(.per_second; $of.own.per_second)) | \(ratio(.per_second; $php))"
	    + " | \(ratio(.per_second; $of.node.per_second)) | \(ratio(.cpu_us.database; $of.bare.cpu_us.database)) |");

.[0] as $d
| "Measured \($d.date) at \($d.commit): \($d.machine.cores) × \($d.machine.cpu), \($d.machine.memory), \($d.machine.kernel), load \($d.machine.load).",
  "",
  "\($d.versions.grantd) (\($d.versions.cflags)), PostgreSQL \($d.versions.postgresql), \($d.versions.lighttpd), \($d.versions.nginx), \($d.versions.apache), \($d.versions.php), Node \($d.versions.node) with fastify \($d.versions.fastify) and pg \($d.versions.pg); "
    + "\($d.workers) processes of each application, medians of \($d.rounds) rounds of \($d.seconds) s. PostgreSQL's settings: \($d.settings).",
  (.[1:] | group_by([.keys, .connections])[]
    | "", "**\(.[0].keys) keys, \(.[0].connections) connections**", "", (group_by(.name) | table))
