# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Run grantd behind a web server of its own, from the configurations in this directory. Source it.
# Needs bash with `set -u`; nothing here ends the shell. Functions return 1 after saying why on standard error.
#
#   web_begin DIR GRANTD       everything goes into DIR; GRANTD is the program
#   web_setting NAME VALUE     a line for grantd's settings file
#   web_start FORM PORT [BASE] start it; BASE is "" or the path before /v1 and /console, such as /api
#   web_stop                   stop it; 1 when something had to be killed or was left
#   web_end                    web_stop, and remove what lies outside DIR
#   web_grantds                the process ids of every grantd of this instance, parents included
#   web_alive                  0 while what web_start started runs
#   web_tail                   the last lines of the logs
#
# FORM is one of $web_forms. Set web_workers before web_start where the default does not fit.
# web_begin sets web_state, web_logs, web_console (folders), web_run (a short path), web_socket and web_user; web_start sets web_url.

web_forms='lighttpd-spawn lighttpd apache-proxy apache-fcgid shared-hosting nginx spawn-fcgi systemd-socket'
web_workers=2
web_address=127.0.0.1	# nginx's; the others listen there
web_deploy=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
declare -A web_settings=()
web_pids=()	# what was started, in that order; stopped in the reverse one
web_names=()
web_run=

web_say()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

# Web servers and grantd never run as root here. They are told to stop, too, should this shell be killed.
web_find_user()
{
	web_as=(setpriv --pdeathsig TERM)
	web_user=$(id -un)
	if [ "$(id -u)" -eq 0 ]; then
		web_user=nobody
		web_as+=(--reuid nobody --regid "$(id -g nobody)" --clear-groups)
	fi
}

# The socket's folder is a short one under /tmp, as a socket's path is limited to 107 bytes. The rest
# goes there too where the user that serves cannot get at DIR (under /root, mostly).
web_begin()
{
	local dir=$1 grantd=$2

	web_find_user
	web_run=$(mktemp -d /tmp/grantd-web.XXXXXX) || return 1
	chmod 755 "$web_run"
	mkdir -p "$dir" || return 1
	web_state=$(cd "$dir" && pwd)/web
	rm -rf "$web_state"
	mkdir "$web_state" || return 1
	if ! (cd / && "${web_as[@]}" test -x "$web_state"); then
		rmdir "$web_state"
		ln -s "$web_run/web" "$web_state"
		web_state=$web_run/web
		mkdir "$web_state"
	fi
	case $web_state in
	*[!A-Za-z0-9_./@%+,=-]*)
		web_say "$web_state: a web server's configuration would misread a character of this path"
		return 1 ;;
	esac
	web_logs=$web_state/logs
	web_socket=$web_run/grantd.sock
	web_conf=$web_state/grantd.conf
	web_console=$web_state/console
	mkdir "$web_state/www" "$web_state/tmp" "$web_state/bin" "$web_state/errors" "$web_logs" &&
	install -m 755 "$grantd" "$web_state/bin/grantd" &&
	cp -R "$web_deploy/../web/console" "$web_console" &&
	cp "$web_deploy"/errors/*.json "$web_state/errors/" &&
	web_error_names "$web_state/errors" || return 1
	if [ "$(id -u)" -eq 0 ]; then
		chown "$web_user" "$web_run" "$web_state/tmp" "$web_logs"
	fi
	web_setting GRANTD_LOG_FILE "$web_logs/grantd.log"
}

# lighttpd asks for <status>.html.
web_error_names()
{
	local file

	for file in "$1"/*.json; do
		ln -s "${file##*/}" "${file%.json}.html" || return 1
	done
}

web_setting()
{
	web_settings[$1]=$2
}

# It may hold a password.
web_write_settings()
{
	local name

	for name in "${!web_settings[@]}"; do
		printf '%s=%s\n' "$name" "${web_settings[$name]}"
	done >"$web_conf" &&
	chmod 600 "$web_conf" &&
	{ [ "$(id -u)" -ne 0 ] || chown "$web_user" "$web_conf"; }
}

web_render()
{
	"$web_deploy/lib/render" STATE="$web_state" RUN="$web_run" LOGS="$web_logs" PORT="$web_port" ADDRESS="$web_address" \
	    BASE="$web_base" MOUNT="${web_base:-/}" ERRORS="$web_state/errors" SOCKET="$web_socket" \
	    GRANTD="$web_state/bin/grantd" GRANTD_DIR="$web_state/bin" GRANTD_NAME=grantd \
	    WORKERS="$web_workers" CONF="$web_conf" FRAGMENT="$web_state/fragment.conf" \
	    UPSTREAM="$web_state/upstream.conf" NGINX_LOG="$web_logs/grantd-access.log" \
	    APACHE_LOG="$web_logs/grantd-access.log" LIGHTTPD_LOG="$web_logs/grantd-access.log" \
	    CONSOLE="$web_console" CONSOLE_CONF="$web_state/console.conf" \
	    ERRORS_CONF="$web_state/errors.conf" APACHE_MODULES="$(web_apache_modules)" \
	    <"$web_deploy/$1" >"$2"
}

web_apache_modules()
{
	local dir

	for dir in /usr/lib/apache2/modules /usr/lib64/httpd/modules; do
		[ ! -d "$dir" ] || break
	done
	echo "$dir"
}

# The program's path: a user's PATH often lacks /usr/sbin.
web_program()
{
	PATH=$PATH:/usr/sbin:/sbin command -v "$1" || {
		web_say "$1 is not installed"
		return 1
	}
}

# web_launch NAME COMMAND...: in the background, as the user that serves, in a process group of its own so
# that a terminal's interrupt does not reach it before web_stop does. Descriptor 9 is the caller's for a lock.
web_launch()
{
	local name=$1

	shift
	set -m
	(cd / && exec "${web_as[@]}" "$@") >>"$web_logs/$name.out" 2>&1 </dev/null 9>&- &
	set +m
	web_pids+=($!)
	web_names+=("$name")
}

# web_wait WHAT COMMAND...: until the command succeeds; not for longer than 30 seconds, and not once
# something that was started has ended.
web_wait()
{
	local what=$1 end=$((SECONDS + 30))

	shift
	until "$@" >/dev/null 2>&1; do
		if ! web_alive; then
			web_say "$web_dead ended while starting"
			web_tail >&2
			return 1
		fi
		if [ "$SECONDS" -ge "$end" ]; then
			web_say "$what: not within 30 seconds"
			web_tail >&2
			return 1
		fi
		sleep 0.05
	done
}

web_alive()
{
	local i

	for i in "${!web_pids[@]}"; do
		if ! kill -0 "${web_pids[i]}" 2>/dev/null; then
			web_dead=${web_names[i]}
			return 1
		fi
	done
}

web_tail()
{
	local file

	for file in "$web_logs"/*; do
		case $file in
		*access.log)	continue ;;
		esac
		[ -s "$file" ] || continue
		printf -- '--- %s\n' "$file"
		tail -n 20 "$file"
	done
}

web_grantds()
{
	find /proc -mindepth 2 -maxdepth 2 -name exe -lname "$web_state/bin/grantd*" 2>/dev/null |
	    sed 's|/proc/\([0-9]*\)/exe|\1|' | grep -v '[^0-9]' | sort -n
}

web_start()
{
	local form=$1

	web_port=$2
	web_base=${3-}
	web_url=http://$web_address:$web_port$web_base
	case $form in
	shared-hosting)	web_setting GRANTD_BASE_PATH "$web_base/grantd.fcgi" ;;
	*)		web_setting GRANTD_BASE_PATH "$web_base" ;;
	esac
	web_write_settings || return 1
	"${web_as[@]}" "$web_state/bin/grantd" --check-config --config "$web_conf" \
	    >"$web_logs/check-config.out" 2>&1 || {
		web_say "grantd does not accept its settings:"
		cat "$web_logs/check-config.out" >&2
		return 1
	}
	case $form in
	lighttpd-spawn)	web_lighttpd spawn ;;
	lighttpd)	web_grantd && web_lighttpd connect ;;
	apache-proxy)	web_grantd && web_apache apache/grantd-proxy.conf.in PROXY ;;
	apache-fcgid)	web_apache apache/grantd-fcgid.conf.in FCGID ;;
	shared-hosting)	web_shared_hosting ;;
	nginx)		web_grantd && web_nginx ;;
	spawn-fcgi)	web_spawn_fcgi && web_nginx ;;
	systemd-socket)	web_systemd_socket && web_nginx ;;
	*)
		web_say "$form is not one of: $web_forms"
		return 1 ;;
	esac &&
	web_wait "an answer from $web_url/healthz" curl -sf --max-time 5 "$web_url/healthz"
}

web_grantd()
{
	web_launch grantd "$web_state/bin/grantd" --workers "$web_workers" --listen "$web_socket" \
	    --config "$web_conf"
	web_wait "grantd's socket" test -S "$web_socket"
}

# spawn-fcgi opens the socket and becomes grantd (-n), so that a supervisor sees grantd itself.
web_spawn_fcgi()
{
	local program

	program=$(web_program spawn-fcgi) || return 1
	web_render spawn-fcgi/grantd-spawn-fcgi.in "$web_state/bin/grantd-spawn-fcgi" &&
	chmod 755 "$web_state/bin/grantd-spawn-fcgi" || return 1
	PATH=$PATH:${program%/*} web_launch grantd "$web_state/bin/grantd-spawn-fcgi"
	web_wait "grantd's socket" test -S "$web_socket"
}

# What systemd does with grantd.socket, without systemd.
web_systemd_socket()
{
	local program

	program=$(web_program systemd-socket-activate) || return 1
	web_launch grantd "$program" -l "$web_socket" \
	    "$web_state/bin/grantd" --workers "$web_workers" --config "$web_conf"
	web_wait "grantd's socket" test -S "$web_socket"
}

# Where lighttpd can compress, it compresses the console's files.
web_lighttpd_deflate()
{
	[ -e /usr/lib/lighttpd/mod_deflate.so ] || return 0
	cat <<-EOF
	server.modules += ( "mod_deflate" )
	\$HTTP["url"] =~ "^$web_base/console/" {
		deflate.allowed-encodings = ( "gzip" )
		deflate.mimetypes = ( "text/html", "text/css", "text/javascript", "image/svg+xml" )
	}
	EOF
}

web_lighttpd()
{
	local program

	program=$(web_program lighttpd) || return 1
	web_render lighttpd/private.conf.in "$web_state/server.conf" &&
	web_render lighttpd/grantd-errors.conf.in "$web_state/errors.conf" &&
	web_render lighttpd/grantd-console.conf.in "$web_state/console.conf" &&
	web_lighttpd_deflate >>"$web_state/console.conf" &&
	web_render "lighttpd/grantd-$1.conf.in" "$web_state/fragment.conf" || return 1
	web_launch lighttpd "$program" -D -f "$web_state/server.conf"
}

web_nginx()
{
	local program

	program=$(web_program nginx) || return 1
	web_render nginx/private.conf.in "$web_state/server.conf" &&
	web_render nginx/grantd-upstream.conf.in "$web_state/upstream.conf" &&
	web_render nginx/grantd-console.conf.in "$web_state/console.conf" &&
	web_render nginx/grantd.conf.in "$web_state/fragment.conf" || return 1
	web_launch nginx "$program" -p "$web_state" -e "$web_logs/nginx.log" -c "$web_state/server.conf"
}

# web_apache FRAGMENT DEFINE
web_apache()
{
	local program

	program=$(web_program apache2) || return 1
	web_render apache/private.conf.in "$web_state/server.conf" &&
	web_render apache/grantd-errors.conf.in "$web_state/errors.conf" &&
	web_render apache/grantd-console.conf.in "$web_state/console.conf" &&
	web_render "$1" "$web_state/fragment.conf" || return 1
	web_launch apache "$program" -d "$web_state" -f "$web_state/server.conf" -D "$2" -DFOREGROUND
}

# A folder of the document root with .htaccess, grantd.fcgi, errors/ and console/ in it; the host's configuration knows nothing of grantd.
web_shared_hosting()
{
	local program folder=$web_state/www$web_base

	program=$(web_program apache2) || return 1
	mkdir -p "$folder" &&
	cp -R "$web_state/errors" "$folder/errors" &&
	cp -R "$web_console" "$folder/console" &&
	web_render shared-hosting/console-htaccess.in "$folder/console/.htaccess" &&
	web_render shared-hosting/htaccess.in "$folder/.htaccess" &&
	web_render shared-hosting/grantd.fcgi.in "$folder/grantd.fcgi" &&
	chmod 755 "$folder/grantd.fcgi" &&
	: >"$web_state/fragment.conf" &&
	: >"$web_state/errors.conf" &&
	: >"$web_state/console.conf" &&
	web_render apache/private.conf.in "$web_state/server.conf" || return 1
	web_launch apache "$program" -d "$web_state" -f "$web_state/server.conf" -D FCGID -DFOREGROUND
}

# web_gone PID: not there, or ended and not yet waited for.
web_gone()
{
	local stat

	! stat=$(cat "/proc/$1/stat" 2>/dev/null) || [[ ${stat##*) } == Z* ]]
}

# Up to 15 seconds for each; what still runs then is killed and counts as a failure.
web_stop_one()
{
	local pid=$1 name=$2 end=$((SECONDS + 15)) status=0

	kill -TERM "$pid" 2>/dev/null
	until web_gone "$pid"; do
		if [ "$SECONDS" -ge "$end" ]; then
			web_say "$name did not stop within 15 seconds; killed"
			kill -KILL "$pid" 2>/dev/null
			status=1
			break
		fi
		sleep 0.05
	done
	wait "$pid" 2>/dev/null
	return "$status"
}

web_stop()
{
	local i status=0 pid left end=$((SECONDS + 10))

	for ((i = ${#web_pids[@]} - 1; i >= 0; i--)); do
		web_stop_one "${web_pids[i]}" "${web_names[i]}" || status=1
	done
	web_pids=()
	web_names=()
	# What a web server spawned may outlive it by a moment.
	while left=$(web_grantds) && [ -n "$left" ]; do
		if [ "$SECONDS" -ge "$end" ]; then
			web_say "left running by the web server, killed: ${left//$'\n'/ }"
			for pid in $left; do
				kill -KILL "$pid" 2>/dev/null
			done
			return 1
		fi
		sleep 0.05
	done
	return "$status"
}

web_end()
{
	local status=0

	[ -n "$web_run" ] || return 0
	web_stop || status=1
	rm -rf "$web_run"
	web_run=
	return "$status"
}
