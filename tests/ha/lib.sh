# shellcheck shell=bash disable=SC2034,SC2154 # for those who source it; web.sh's and their own variables
# SPDX-License-Identifier: MIT
#
# Two nodes of Patroni, etcd and HAProxy, from the files in deploy/patroni. Source it after web.sh and site.sh, with $strict and $commit set.
#
#   ha_begin DIR     render the files into DIR, and write the commands that start them to DIR/services (as tests/faults/kill/program.js reads
#                    them) and the nodes (name, port, port of Patroni, data) to DIR/nodes
#   written_down     from now on web_start writes to $work/programs what it would start
#
# Sets haproxy_port, node_port[1..2], superuser_password, worker_password.

# render TEMPLATE FILE NAME=VALUE...: for the user that runs it, as it has passwords in it.
ha_render()
{
	local template=$1 file=$2

	shift 2
	"$web_deploy/lib/render" "$@" <"$web_deploy/patroni/$template" >"$file" && chmod 600 "$file" && ha_own "$file"
}

ha_own()
{
	[ "$(id -u)" -ne 0 ] || chown "$web_user" "$@"
}

# service NAME COMMAND...
ha_service()
{
	local name=$1

	shift
	(IFS=$'\t' && printf 'ha\t%s\t%s\t%s\n' "$name" "$ha_dir/logs" "env	-u	PGPASSWORD	HOME=$ha_dir	${web_as[*]}	$*") >>"$ha_dir/services"
}

# A port that was not handed out before.
ha_port()
{
	local port

	while :; do
		port=$(free_port)
		case " $ha_ports " in *" $port "*) ;; *) break ;; esac
	done
	ha_ports="$ha_ports $port"
	ha_port=$port
}

ha_node()
{
	local i=$1 name=db$1

	mkdir -m 700 "$ha_dir/$name" && ha_own "$ha_dir/$name" &&
	ha_render patroni.yml.in "$ha_dir/$name.yml" NODE="$name" REST="127.0.0.1:${rest_port[i]}" ETCD="127.0.0.1:$etcd_port" \
	    STRICT="$strict" SYNCHRONOUS_COMMIT="$commit" CONNECTIONS=100 DATABASE="127.0.0.1:${node_port[i]}" \
	    DATA="$ha_dir/$name/data" BIN="$postgres_bin" SOCKETS="$ha_dir/run" NETWORK=127.0.0.1/32 WATCHDOG=off \
	    SUPERUSER_PASSWORD="$superuser_password" REPLICATOR_PASSWORD="$replicator_password" REWINDER_PASSWORD="$rewinder_password" \
	    REST_PASSWORD="$rest_password" &&
	ha_service "$name" patroni "$ha_dir/$name.yml" &&
	printf '%s\t%s\t%s\t%s\n' "$name" "${node_port[i]}" "${rest_port[i]}" "$ha_dir/$name/data" >>"$ha_dir/nodes"
}

ha_begin()
{
	local i haproxy

	ha_dir=$1
	ha_ports=
	postgres_bin=$(dirname "$(ls -d /usr/lib/postgresql/15/bin/postgres 2>/dev/null || command -v postgres)") || return 1
	haproxy=$(web_program haproxy) || return 1
	for i in 1 2; do
		ha_port && node_port[i]=$ha_port
		ha_port && rest_port[i]=$ha_port
	done
	ha_port && etcd_port=$ha_port
	ha_port && etcd_peer=$ha_port
	ha_port && haproxy_port=$ha_port
	superuser_password=$(openssl rand -hex 16) && replicator_password=$(openssl rand -hex 16) &&
	rewinder_password=$(openssl rand -hex 16) && rest_password=$(openssl rand -hex 16) && worker_password=$(openssl rand -hex 16) &&
	mkdir "$ha_dir/run" "$ha_dir/logs" "$ha_dir/etcd" && chmod 700 "$ha_dir/etcd" &&
	ha_own "$ha_dir/run" "$ha_dir/etcd" &&
	ha_render etcd.yml.in "$ha_dir/etcd.yml" MEMBER=etcd1 DATA="$ha_dir/etcd/data" CLIENT="127.0.0.1:$etcd_port" PEER="127.0.0.1:$etcd_peer" &&
	ha_service etcd etcd --config-file "$ha_dir/etcd.yml" &&
	ha_node 1 && ha_node 2 &&
	ha_render haproxy.cfg.in "$ha_dir/haproxy.cfg" BIND_HOST=127.0.0.1 BIND_PORT="$haproxy_port" CONNECTIONS=90 \
	    FIRST_NODE=db1 FIRST_DATABASE="127.0.0.1:${node_port[1]}" FIRST_REST_PORT="${rest_port[1]}" \
	    SECOND_NODE=db2 SECOND_DATABASE="127.0.0.1:${node_port[2]}" SECOND_REST_PORT="${rest_port[2]}" &&
	ha_service haproxy "$haproxy" -db -f "$ha_dir/haproxy.cfg"
}

written_down()
{
	# shellcheck disable=SC2317 # web_start calls them
	web_launch()
	{
		local name=$1

		shift
		(IFS=$'\t' && printf '%s\t%s\t%s\t%s\n' "$site" "$name" "$web_logs" "${web_as[*]}	$*") >>"$work/programs"
	}
	# shellcheck disable=SC2317
	web_wait()
	{
		return 0
	}
}
