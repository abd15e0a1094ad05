# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# systemd's units: well formed, and as closed as they say. Nothing here talks to a running systemd.

mkdir "$work/units"
for unit in grantd.service grantd.socket; do
	"$web_deploy/lib/render" GRANTD="$web_state/bin/grantd" CONF=/etc/grantd/grantd.conf SOCKET=/run/grantd/grantd.sock \
	    <"$web_deploy/systemd/$unit.in" >"$work/units/$unit"
done
no_complaint()
{
	systemd-analyze verify --man=no "$work/units/grantd.service" "$work/units/grantd.socket" >"$work/verify" 2>&1
	cat "$work/verify"
	# It may speak of other units of this machine, too.
	! grep -q grantd "$work/verify"
}
expect 'systemd-analyze verify has no complaint' no_complaint
expect 'systemd-analyze security: an exposure of 1.5 at most' \
    systemd-analyze security --no-pager --offline=true --threshold=15 "$work/units/grantd.service"
