# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What the measurements share: a cluster of their own, databases full of tenants and grants, what is to be measured running behind
# web servers, and processor times. Source it; nothing here ends the shell. Functions return 1 after saying why.
#
#   bench_options NAMES ARGUMENT...
#                                 sets the variables that these options name, and bench_rest, what follows them
#   bench_find_build [BUILD]      sets build, where grantd and the bench's own programs are; builds them where BUILD is not given
#   bench_begin                   sets work; the cluster runs from then on, and PG* are those of its superuser
#   bench_end                     stops everything and deletes it
#   bench_world NAME TENANTS GRANTS ENTRIES
#                                 makes a database, and a line in $work/NAME.targets (see load.c) for each grant, or
#                                 for about 100,000 of them
#   reset_grants SCHEMA...        every grant is off again
#   instance_start NAME DATABASE  starts what NAME says, behind its web server; sets instance_port[NAME]
#   instance_stop NAME
#   load_http WHAT NAME CONNECTIONS SECONDS TARGETS
#                                 measures an instance with load.c
#   load_pgbench SCRIPT ROLE CLIENTS SECONDS
#                                 measures a script of pgbench that begins with walk.pgbench. Set world_keys and world_grants
#   measurement LABELS            the last measurement with these labels, an object of JSON, as a line of JSON
#
# Set workers (processes of each application) and most_connections before instance_start.
# shellcheck disable=SC2034,SC2154 # set here for those who source this, and by them and by what is sourced here

bench_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bench_top=$(cd "$bench_here/../.." && pwd)
bench_folder=${GRANTD_BUILD:-$bench_top/.build}/bench
# shellcheck source=deploy/lib/packages.sh
. "$bench_top/deploy/lib/packages.sh"
# shellcheck source=deploy/lib/web.sh
. "$bench_top/deploy/lib/web.sh"
# shellcheck source=tests/lib/site.sh
. "$bench_top/tests/lib/site.sh"
PATH=$PATH:/usr/lib/postgresql/15/bin
bench_programs='grantd grantctl tests/bench/load tests/bench/make-keys tests/bench/peer-libfcgi'
declare -A instance_pid=() instance_port=() instance_server=() instance_application=()

bench_say()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

# All of them take a value: numbers, but for --only and --out. At most one argument may follow.
bench_options()
{
	local names=" $1 " name

	shift
	while [[ ${1-} == -* ]]; do
		name=${1#--}
		[[ $names == *" $name "* && -n ${2-} ]] || return 1
		[[ $name == only || $name == out || $2 =~ ^[0-9][0-9\ ]*$ ]] || return 1
		printf -v "${name//-/_}" %s "${2//,/ }"
		shift 2
	done
	bench_rest=("$@")
	[ $# -le 1 ]
}

# Optimized, as it is installed.
bench_find_build()
{
	if [ $# -gt 0 ]; then
		build=$(cd "$1" && pwd) || return 1
	else
		build=$bench_folder/build
		mkdir -p "$build" &&
		{ [ -e "$bench_top/configure" ] || "$bench_top/autogen.sh" >"$bench_folder/autogen.log" 2>&1; } &&
		{ [ -e "$build/config.status" ] || (cd "$build" && "$bench_top/configure" -q); } || return 1
	fi
	# shellcheck disable=SC2086 # one each
	make -s -C "$build" -j "$(nproc)" $bench_programs >"$build/bench-make.log" 2>&1 || {
		tail -n 20 "$build/bench-make.log" >&2
		return 1
	}
}

# At PostgreSQL's own settings but for where it listens; see tests/lib/cluster.
bench_begin()
{
	web_find_user
	work=$(mktemp -d /tmp/grantd-bench.XXXXXX) && chmod 755 "$work" || return 1
	"$bench_top/tests/lib/cluster" start "$work/cluster" --fsync --allow "$web_user:grantd_worker" --allow "$(id -un):grantd_worker" \
	    --allow "$web_user:bench_peer" --allow "$(id -un):bench_peer" || return 1
	eval "$("$bench_top/tests/lib/cluster" env "$work/cluster")"
	# Everything that is measured in turns is connected all the time.
	psql -X -q -d postgres -c 'ALTER SYSTEM SET max_connections = 200' &&
	"$bench_top/tests/lib/cluster" stop "$work/cluster" && "$bench_top/tests/lib/cluster" start "$work/cluster" --fsync || return 1
	postmaster=$(psql -X -q -At -d postgres -c "SELECT split_part(pg_read_file('postmaster.pid'), E'\n', 1)")
}

bench_end()
{
	local name

	[ -n "${work-}" ] || return 0
	for name in "${!instance_pid[@]}"; do
		instance_stop "$name"
	done
	"$bench_top/tests/lib/cluster" remove "$work/cluster"
	rm -rf "$work"
}

query()
{
	psql -X -q -At -v ON_ERROR_STOP=1 "$@"
}

# Roles belong to the cluster, and there may be several worlds in it.
bench_world()
{
	local name=$1 tenants=$2 grants=$3 entries=$4 template

	"$bench_top/tests/lib/cluster" install "$work/cluster" "$name" >"$work/install.log" 2>&1 || {
		cat "$work/install.log" >&2
		return 1
	}
	export PGDATABASE=$name
	if [ -z "$(query -c "SELECT 1 FROM pg_roles WHERE rolname = 'grantd_worker'")" ]; then
		query -c 'CREATE ROLE grantd_worker LOGIN IN ROLE grantd_app' || return 1
	fi
	template=$("$build/grantctl" tenant create --name template) &&
	query -c 'CREATE SCHEMA bench' -c 'CREATE TABLE bench.keys (n bigint PRIMARY KEY, key text, name text, hash bytea)' &&
	"$build/tests/bench/make-keys" "$tenants" | query -c 'COPY bench.keys FROM STDIN' &&
	query -v "tenants=$tenants" -v "grants=$grants" -v "entries=$entries" -v "template=$template" -f "$bench_here/world.sql" &&
	query -c "COPY (SELECT key, bench.tenant(n), bench.grant(g) FROM generate_series(0, $grants - 1) g
		JOIN bench.keys ON n = g % $tenants WHERE (hashint8(g) & 2147483647) % (($grants + 99999) / 100000) = 0
		ORDER BY g) TO STDOUT" >"$work/$name.targets"
}

# As whoever switches them takes them to be; and what switching left behind is gone.
reset_grants()
{
	local schema

	for schema; do
		query -c "UPDATE $schema.grants SET audit_enabled = false WHERE audit_enabled" -c "VACUUM $schema.grants" || return 1
	done
}

# An instance is a shell that holds a web server and what is behind it, until it is told to end.
instance()
{
	local name=$1

	trap 'web_end; exit' EXIT
	trap 'exit 0' TERM
	trap '' INT
	instance_pid=()
	web_workers=$workers
	web_begin "$work/$name" "$build/grantd" &&
	web_setting GRANTD_DATABASE "host=$PGHOST port=$PGPORT dbname=$PGDATABASE user=grantd_worker" || exit 1
	# The address space of a program under AddressSanitizer is many terabytes.
	if grep -q __asan_init "$web_state/bin/grantd"; then
		web_setting GRANTD_MEMORY_LIMIT 0
	fi
	web_port=$(free_port)
	web_base=
	"instance_of_${name//-/_}" || exit 1
	instance_tell >"$work/$name.new" && mv "$work/$name.new" "$work/$name.ready"
	wait "${web_pids[@]}"
}

# A line: the port, and the processes of the web server and of the application, 0 where there is none.
instance_tell()
{
	local i server=0 application=0

	for i in "${!web_pids[@]}"; do
		case ${web_names[i]} in
		lighttpd | nginx | apache)	server=${web_pids[i]} ;;
		*)				application=${web_pids[i]} ;;
		esac
	done
	echo "$web_port $server $application"
}

instance_start()
{
	local name=$1

	PGDATABASE=$2 instance "$name" &
	instance_pid[$name]=$!
	until [ -e "$work/$name.ready" ]; do
		kill -0 "${instance_pid[$name]}" 2>/dev/null || {
			bench_say "$name did not start"
			unset "instance_pid[$name]"
			return 1
		}
		sleep 0.05
	done
	read -r "instance_port[$name]" "instance_server[$name]" "instance_application[$name]" <"$work/$name.ready"
}

instance_stop()
{
	local name=$1

	kill -TERM "${instance_pid[$name]}" 2>/dev/null
	wait "${instance_pid[$name]}"
	unset "instance_pid[$name]"
	rm -rf "${work:?}/$name" "$work/$name.ready"
}

instance_of_grantd_lighttpd()
{
	web_start lighttpd "$web_port"
}

instance_of_grantd_apache()
{
	web_start apache-proxy "$web_port"
}

instance_of_grantd_nginx()
{
	web_start nginx "$web_port"
}

# peer_render FILE TO: a configuration of ours.
peer_render()
{
	"$bench_top/deploy/lib/render" STATE="$web_state" RUN="$web_run" LOGS="$web_logs" PORT="$web_port" SOCKET="$web_socket" \
	    WORKERS="$web_workers" SCRIPT="$web_state/www/index.php" <"$bench_here/$1" >"$web_state/$2"
}

# peer_lighttpd FRAGMENT
peer_lighttpd()
{
	local program

	program=$(web_program lighttpd) &&
	web_render lighttpd/private.conf.in "$web_state/server.conf" &&
	peer_render "$1" fragment.conf || return 1
	: >"$web_state/errors.conf"
	: >"$web_state/console.conf"
	web_launch lighttpd "$program" -D -f "$web_state/server.conf"
}

# Any answer will do: requests are checked when they are measured.
peer_answers()
{
	web_wait "an answer from port $web_port" curl -s --max-time 5 -o /dev/null "http://127.0.0.1:$web_port/"
}

peer_statement()
{
	install -m 644 "$bench_here/bare-statement.sql" "$web_state/statement.sql"
}

php_fpm()
{
	local program

	program=$(web_program php-fpm8.2) && peer_statement && peer_render peers/php/php-fpm.conf.in php-fpm.conf &&
	install -m 644 "$bench_here/peers/php/index.php" "$web_state/www/index.php" || return 1
	BENCH_DSN="pgsql:host=$PGHOST;port=$PGPORT;dbname=$PGDATABASE;user=bench_peer" BENCH_STATEMENT=$web_state/statement.sql \
	    web_launch php-fpm "$program" --nodaemonize --fpm-config "$web_state/php-fpm.conf" -d opcache.enable=1 \
	    -d opcache.validate_timestamps=0 -d opcache.jit=tracing -d opcache.jit_buffer_size=32M
	web_wait "PHP-FPM's socket" test -S "$web_socket"
}

instance_of_php_lighttpd()
{
	php_fpm && peer_lighttpd peers/php/lighttpd.conf.in && peer_answers
}

# A process of PHP-FPM waits for the next request on a connection that is kept and looks at no other: there have to be as many as
# connections, or some are never served.
instance_of_php_nginx()
{
	local program

	web_workers=$((most_connections > workers ? most_connections : workers))
	program=$(web_program nginx) && php_fpm && peer_render peers/php/nginx.conf.in server.conf || return 1
	web_launch nginx "$program" -p "$web_state" -e "$web_logs/nginx.log" -c "$web_state/server.conf"
	peer_answers
}

# npm ci empties node_modules first: done again only when other versions are wanted.
node_modules()
{
	local from=$bench_here/peers/node to=$bench_folder/node

	cmp -s "$from/package-lock.json" "$to/installed" && return
	mkdir -p "$to" && cp "$from/package.json" "$from/package-lock.json" "$to/" || return 1
	npm ci --prefix "$to" --no-audit --no-fund --ignore-scripts >"$to/npm.log" 2>&1 || {
		tail -n 5 "$to/npm.log" >&2
		return 1
	}
	cp "$from/package-lock.json" "$to/installed"
}

instance_of_node()
{
	node_modules && peer_statement &&
	mkdir "$web_state/node" &&
	cp -r "$bench_folder/node/node_modules" "$bench_here/peers/node/package.json" "$bench_here/peers/node/server.js" \
	    "$web_state/node/" || return 1
	PGUSER=bench_peer web_launch node node "$web_state/node/server.js" "$web_port" "$workers" "$web_state/statement.sql"
	peer_answers
}

instance_of_libfcgi_lighttpd()
{
	peer_statement && install -m 755 "$build/tests/bench/peer-libfcgi" "$web_state/bin/peer-libfcgi" || return 1
	PGUSER=bench_peer web_launch libfcgi "$web_state/bin/peer-libfcgi" "$web_socket" "$workers" "$web_state/statement.sql"
	web_wait 'the socket' test -S "$web_socket" && peer_lighttpd peers/libfcgi.lighttpd.conf.in && peer_answers
}

# cpu_look ROOT...: sets cpu_times, processor time of each process's tree so far, and cpu_at, when that was, in microseconds. Of what
# lives the scheduler tells nanoseconds for each thread. What has ended and was waited for is among its parent's times, in ticks.
cpu_look()
{
	local before=${EPOCHREALTIME/./}

	mapfile -t cpu_times < <(grep -s '' /proc/[0-9]*/stat /proc/[0-9]*/task/[0-9]*/schedstat | awk -F : -v roots="$*" \
	    -v hertz="$(getconf CLK_TCK)" '
	{
		split($1, path, "/")
		pid = path[3]
	}
	path[4] == "task" {
		time[pid] += substr($0, length($1) + 2) / 1000
		next
	}
	{
		sub(/.*\) /, "")
		split($0, field, " ")
		parent[pid] = field[2]
		time[pid] += (field[14] + field[15]) * 1000000 / hertz
	}
	function root_of(pid) {
		while (pid > 1 && !(pid in sum))
			pid = parent[pid]
		return pid
	}
	END {
		n = split(roots, root, " ")
		for (i = 1; i <= n; i++)
			if (root[i] > 1)
				sum[root[i]] = 0
		for (pid in time)
			if ((r = root_of(pid) + 0) > 1)
				sum[r] += time[pid]
		for (i = 1; i <= n; i++)
			printf "%.0f\n", sum[root[i]]
	}')
	cpu_at=$(((before + ${EPOCHREALTIME/./}) / 2))
}

# cpu_begin NAME [PROCESS], cpu_end NAME [PROCESS]: around a measurement of an instance, or of the database alone where there is
# none of that name. PROCESS is what makes the load. cpu_end sets load_cpu: microseconds of the database, the web server,
# the application and PROCESS.
cpu_begin()
{
	cpu_look "$postmaster" "${instance_server[$1]-0}" "${instance_application[$1]-0}" "${2-0}"
	cpu_before=("${cpu_times[@]}")
}

cpu_end()
{
	local i

	cpu_look "$postmaster" "${instance_server[$1]-0}" "${instance_application[$1]-0}" "${2-0}"
	load_cpu=()
	for i in "${!cpu_times[@]}"; do
		load_cpu+=($((cpu_times[i] - cpu_before[i])))
	done
}

# Sets load_line, what load.c prints less its processor time, which is in load_cpu; load_all, all good requests; and load_errors.
load_http()
{
	local what=$1 name=$2 line

	cpu_begin "$name"
	line=$("$build/tests/bench/load" "$what" "${instance_port[$name]}" "$3" "$4" "$5" 2>"$work/load.err") || {
		cat "$work/load.err" >&2
		return 1
	}
	cpu_end "$name"
	sed "1!d; s/^/$name: /" "$work/load.err" >&2
	load_cpu[3]=${line##*$'\t'}
	load_line=${line%$'\t'*}
	IFS=$'\t' read -r load_all _ load_errors _ <<<"$load_line"
}

# The first second is for connecting and planning and counts for nothing, nor does what comes after the others: a transaction
# counts that ended while the processor times were watched. pgbench logs a line for each.
load_pgbench()
{
	local script=$1 clients=$3 pid from

	rm -f "$work"/pgbench.log.*
	PGUSER=$2 pgbench --no-vacuum --protocol=prepared --client="$clients" --jobs="$((clients > 1 ? 2 : 1))" --time="$(($4 + 2))" \
	    --log --log-prefix="$work/pgbench.log" --define=n=-1 --define="clients=$clients" --define="keys=$world_keys" \
	    --define="slice=$((world_grants / clients))" --define="start=$(($(date +%s%3N) << 16 | 0x7000))" \
	    --define=low=-9223372036854775808 --file="$script" "$PGDATABASE" >"$work/pgbench.out" 2>"$work/pgbench.err" &
	pid=$!
	sleep 1
	cpu_begin none "$pid"
	from=$cpu_at
	sleep "$4"
	cpu_end none "$pid"
	wait "$pid" || {
		tail -n 5 "$work/pgbench.err" >&2
		return 1
	}
	load_all=$(cat "$work"/pgbench.log.* | wc -l)
	load_errors=$(sed -n 's/.*failed transactions: \([0-9]*\).*/\1/p' "$work/pgbench.out")
	load_line=$(cat "$work"/pgbench.log.* | pgbench_times "$from" "$cpu_at" | sort -n |
	    awk -v seconds="$(((cpu_at - from) / 1000))" -v errors="$load_errors" '
	    { time[NR - 1] = $1 }
	    END {
		OFS = "\t"
		print NR, seconds / 1000, errors, time[int((NR - 1) / 2)], time[int((NR - 1) * 99 / 100)], time[NR - 1]
	    }')
}

# pgbench_times FROM TO: of the log's lines that lie between, how long each took.
pgbench_times()
{
	awk -v from="$1" -v to="$2" '{ at = $5 * 1000000 + $6 } at > from && at <= to { print $3 }'
}

measurement()
{
	printf '%s\t%s\n' "$load_line" "${load_cpu[*]}" | jq -R -c --argjson labels "$1" 'split("\t") | (.[:6] | map(tonumber)) as $of
	    | (.[6] | split(" ") | map(if $of[0] == 0 then null else tonumber / $of[0] | round end)) as $cpu
	    | $labels + { requests: $of[0], seconds: $of[1], per_second: ($of[0] / $of[1] | round), errors: $of[2], p50_us: $of[3],
	      p99_us: $of[4], max_us: $of[5],
	      cpu_us: { database: $cpu[0], server: $cpu[1], application: $cpu[2], load: $cpu[3] } }'
}
