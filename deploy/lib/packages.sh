# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# The Debian packages that the project needs, and one function to have them there. Source it.

# shellcheck disable=SC2034 # for those who source this
packages_build='gcc libc6-dev make pkg-config autoconf automake libtool libfcgi-dev libjson-c-dev libpq-dev libssl-dev
	libsystemd-dev libsmartcols-dev libcurl4-openssl-dev'
packages_database='postgresql-15 curl'
packages_test='libcmocka-dev postgresql-15-pgtap sqitch libdbd-pg-perl clang libclang-rt-14-dev
	libfcgi-bin spawn-fcgi lighttpd lighttpd-mod-deflate apache2 libapache2-mod-fcgid nginx pgbouncer iproute2 mandoc jq gojq socat wrk zsh prometheus
	clang-format clang-tidy cppcheck shellcheck rsyslog rsyslog-openssl ccache'
packages_deb='dpkg-dev debhelper'
packages_deb_test='lintian debootstrap'
# The browser that the console is tested in, and nothing else.
packages_console='chromium fonts-dejavu-core'
packages_bench='php8.2-fpm php8.2-pgsql php8.2-opcache nginx apache2 lighttpd jq'
# tests/ha, which tests/run does not run.
packages_ha='patroni etcd-server haproxy python3-etcd iproute2 openssl'

# The packages that a kind of web server needs.
packages_server()
{
	case $1 in
	lighttpd) echo lighttpd ;;
	apache) echo apache2 libapache2-mod-fcgid ;;
	nginx) echo nginx ;;
	esac
}

packages_missing()
{
	local package

	for package in "$@"; do
		# Debian's nginx comes in several sizes, and any of them will do.
		[ "$package" = nginx ] && command -v /usr/sbin/nginx >/dev/null && continue
		dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
			echo "$package"
	done
}

# packages_need PACKAGE...: install what is missing, where this user may; otherwise say what to
# install and return 1. A package that starts a service on installation is kept from it: nothing here may
# touch the machine's own servers.
packages_need()
{
	local missing policy status

	mapfile -t missing < <(packages_missing "$@")
	[ "${#missing[@]}" -eq 0 ] && return 0
	if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
		echo "These packages are missing: ${missing[*]}" >&2
		echo "Install them as root: apt-get install ${missing[*]}" >&2
		return 1
	fi
	echo "installing: ${missing[*]}" >&2
	policy=/usr/sbin/policy-rc.d
	if [ -e "$policy" ]; then
		policy=
	else
		printf '#!/bin/sh\nexit 101\n' >"$policy"
		chmod 755 "$policy"
	fi
	{
		apt-get -q update &&
			DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends "${missing[@]}"
	} >&2 </dev/null
	status=$?
	[ -z "$policy" ] || rm -f "$policy"
	return "$status"
}
