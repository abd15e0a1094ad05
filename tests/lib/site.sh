# shellcheck shell=bash disable=SC2154 # deploy/lib/web.sh's variables
# SPDX-License-Identifier: MIT
#
# grantd as it is installed, for tests and measurements that need no more than one of it: a cluster with the
# schema in it, and a web server with workers. Source it after deploy/lib/web.sh. TEST_CLUSTER is the program
# that makes the cluster, unless that is tests/lib/cluster.
#
#   site_start DIR BUILD FORM [--fsync]
#                              with grantd of BUILD, by deploy/lib/web.sh's FORM; PG* are those of the superuser
#                              then, and web_url is the site's. Settings of the caller's come first.
#   site_end                   stop it, and delete its database
#   free_port                  one of 127.0.0.1

site_top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
site_cluster=

# Below the range that connections take their own ports from.
free_port()
{
	local port

	while :; do
		port=$((20000 + RANDOM % 12000))
		(: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo "$port"
}

site_database()
{
	local cluster=${TEST_CLUSTER:-$site_top/tests/lib/cluster}

	"$cluster" start "$site_cluster" --allow "$web_user:grantd_worker" "$@" || return 1
	"$cluster" install "$site_cluster" site >"$site_cluster/install.log" 2>&1 || {
		cat "$site_cluster/install.log" >&2
		return 1
	}
	eval "$("$cluster" env "$site_cluster")"
	psql -X -q -c 'CREATE ROLE grantd_worker LOGIN IN ROLE grantd_app'
}

site_start()
{
	local dir=$1 build=$2 form=$3

	shift 3
	chmod 755 "$dir" || return 1
	web_find_user
	site_cluster=$dir/cluster
	site_database "$@" &&
	web_begin "$dir/site" "$build/grantd" || return 1
	web_setting GRANTD_DATABASE "host=$PGHOST port=$PGPORT dbname=$PGDATABASE user=grantd_worker"
	# The address space of a program under AddressSanitizer is many terabytes.
	if grep -q __asan_init "$web_state/bin/grantd"; then
		web_setting GRANTD_MEMORY_LIMIT 0
	fi
	web_start "$form" "$(free_port)"
}

site_end()
{
	local status=0

	web_end || status=1
	if [ -n "$site_cluster" ]; then
		"${TEST_CLUSTER:-$site_top/tests/lib/cluster}" remove "$site_cluster" || status=1
		rm -f "$site_cluster/install.log"
		rmdir "$site_cluster" 2>/dev/null
	fi
	site_cluster=
	return "$status"
}
