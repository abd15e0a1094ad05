#!/bin/bash
# SPDX-License-Identifier: MIT
# HUP: new settings, new workers, no lost request.
# shellcheck source=tests/faults/lib.sh
. "$(dirname "$0")/lib.sh"

settings=$work/grantd.conf

reload()
{
	local before

	before=$(workers)
	grantd_signal HUP
	until_true all_replaced "$before"
}

# The number of workers follows the file.
echo 'GRANTD_WORKERS=2' >"$settings"
grantd_start --config "$settings"
ok "2 workers" until_true worker_count 2
echo 'GRANTD_WORKERS=5' >"$settings"
ok "HUP replaces the workers" reload
ok "5 workers" until_true worker_count 5
echo 'GRANTD_WORKERS=1' >"$settings"
ok "HUP replaces the workers again" reload
ok "1 worker" until_true worker_count 1

# A file that is wrong changes nothing.
before=$(workers)
echo 'GRANTD_WORKERS=many' >"$settings"
grantd_signal HUP
ok "a file that is wrong is logged" until_true logged 'reload: .*GRANTD_WORKERS.*stays as it was'
rm "$settings"
grantd_signal HUP
ok "a file that is gone is logged" until_true logged 'reload: .*grantd.conf' 2
is "and the same worker serves" "$(workers)" "$before"
ok "and answers" answers

# What takes a restart says so.
printf '%s\n' 'GRANTD_WORKERS=0' 'GRANTD_LISTEN_MODE=0600' 'GRANTD_WAITING_REQUESTS=7' >"$settings"
ok "HUP with settings that cannot change" reload
ok "workers: a warning" logged 'GRANTD_WORKERS has changed, which takes a restart'
ok "mode: a warning" logged 'GRANTD_LISTEN_MODE has changed, which takes a restart'
ok "waiting requests: a warning" logged 'GRANTD_WAITING_REQUESTS has changed, which takes a restart'
ok "1 worker still" until_true worker_count 1
grantd_stop "after reloads"

# What the unit has systemd do at a reload, by hand: a line after the other, until one fails.
unit_reload()
{
	local line

	while IFS= read -r line; do
		# shellcheck disable=SC2086 # words
		$line || return
	done < <(sed -n 's/^ExecReload=//p' "$here/../../deploy/systemd/grantd.service.in" |
		sed "s|@GRANTD@|$grantd|; s|@CONF@|$settings|; s|\$MAINPID|$grantd_pid|")
}

echo 'GRANTD_WORKERS=2' >"$settings"
grantd_start --config "$settings"
ok "unit: 2 workers" until_true worker_count 2
before=$(workers)
printf '%s\n' 'GRANTD_WORKERS=many' 'GRANTD_POOLER=yes' >"$settings"
said=$(unit_reload 2>&1)
is "unit: a reload with settings that are wrong fails" $? 1
is "unit: with each reason" "$(grep -c 'GRANTD_' <<<"$said")" 2
is "unit: and the same workers serve" "$(workers)" "$before"
not_ok "unit: grantd was not even told" logged reload
echo 'GRANTD_WORKERS=3' >"$settings"
ok "unit: with good ones it is done" unit_reload
ok "unit: 3 workers" until_true worker_count 3
grantd_stop "after the unit's reloads"

# The log file can be moved away.
GRANTD_LOG_FILE=$work/own.log grantd_start --workers 1
mv "$work/own.log" "$work/old.log"
ok "HUP with the log moved" reload
ok "HUP opens the log anew" until_true grep -q reloaded "$work/own.log"
fcgi get /healthz >/dev/null
ok "and workers write to it" until_true grep -q Healthz "$work/own.log"
grantd_stop "with a log file"

# Under load
under_load()
{
	local what=$1 load

	shift
	rm -f "$work/enough"
	"$client" -u "$work/enough" -c 8 "$socket" get /healthz >"$work/load" 2>&1 &
	load=$!
	background+=("$load")
	"$@"
	touch "$work/enough"
	wait "$load"
	like "$what: no request is lost" "$(cat "$work/load")" '^good=[1-9][0-9]+ bad=0$' || :
	diag "$what: $(cat "$work/load")"
}

ten_reloads()
{
	local i

	for i in 1 2 3 4 5 6 7 8 9 10; do
		ok "reload $i under load" reload
	done
}

# Without waiting for one to be done before the next.
storm()
{
	local i

	for i in $(seq 20); do
		grantd_signal HUP
		answers
	done
	before=$(logged_count reloaded)
	ok "a reload after the storm" reload
	ok "20 HUP in a row are obeyed" test "$before" -ge 2
}

logged_count()
{
	grep -Ec -- "$1" "$log"
}

grantd_start --workers 4
under_load "HUP under load" ten_reloads
under_load "20 HUP in a row" storm
ok "4 workers in the end" until_true worker_count 4
grantd_stop "after reloads under load"

# A request in hand is finished by its old worker, while new ones serve.
GRANTD_PEER_TIMEOUT=20000 grantd_start --workers 2
before=$(workers)
fcgi request POST /healthz param CONTENT_LENGTH=1 begin 1 0 touch "$work/held" wait "$work/go" \
	params end read >"$work/answer" 2>&1 &
held=$!
until_true test -e "$work/held"
grantd_signal HUP
new_ones()
{
	[ "$(workers | grep -cvxF "$before")" -eq 2 ]
}
ok "HUP with a request in hand: new workers come" until_true new_ones
ok "and answer" answers
touch "$work/go"
wait "$held"
is "and the old worker answers what it had" "$? $(head -c 11 "$work/answer")" "0 Status: 405"
ok "and ends" until_true all_replaced "$before"
grantd_stop "after a request in hand"

# One process reads its settings between two requests.
echo 'GRANTD_LOG_LEVEL=error' >"$settings"
grantd_start --workers 0 --config "$settings"
answers
not_ok "one process: nothing is logged at first" logged Healthz
echo 'GRANTD_LOG_LEVEL=info' >"$settings"
grantd_signal HUP
ok "one process: HUP reads the settings" until_true logged reloaded
answers
ok "one process: and uses them" until_true logged Healthz
grantd_stop "one process"

done_testing
