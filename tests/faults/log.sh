#!/bin/bash
# SPDX-License-Identifier: MIT
# A log whose reader stands still costs its lines, and nothing else: neither an answer nor the end.
# shellcheck source=tests/faults/lib.sh
. "$(dirname "$0")/lib.sh"

# More lines than a pipe holds.
ask_often()
{
	"$client" -n 500 -c 2 "$socket" get /healthz | grep -qx 'good=1000 bad=0'
}

# Start grantd with its standard error in $work/pipe.
grantd_piped()
{
	"$grantd" --listen "$socket" "$@" </dev/null >"$log" 2>"$work/pipe" &
	grantd_started $!
	until_true answers || bail "grantd does not start"
}

mkfifo "$work/pipe"

# $reader has it open and reads nothing.
exec {reader}<>"$work/pipe"
GRANTD_LOG_FILE=$work/pipe grantd_start --workers 2
ok "a FIFO that nobody reads: requests are answered" ask_often
victim=$(workers | head -n 1)
kill -KILL "$victim"
ok "the parent replaces a worker" until_true process_gone "$victim"
ok "and all is answered" ask_often
timeout 5 cat "$work/pipe" >"$work/read" &
catcher=$!
background+=("$catcher")
lost_is_said()
{
	answers && grep -Eq 'warning [0-9]+ [0-9]+ lines lost: the log took none$' "$work/read"
}
ok "when it is read again, the number of lost lines is said" until_true lost_is_said
kill "$catcher"
wait "$catcher" 2>/dev/null
ok "it is filled again" ask_often
grantd_stop "a FIFO that nobody reads"
exec {reader}<&-

# A reload does not wait for a reader either.
GRANTD_LOG_FILE=$work/pipe grantd_start --workers 2
old=$(workers)
grantd_signal HUP
ok "a FIFO without a reader: a reload goes on" until_true all_replaced "$old"
grantd_stop "a FIFO without a reader"

exec {reader}<>"$work/pipe"
grantd_piped --workers 2
ok "standard error that nobody reads: requests are answered" ask_often
grantd_signal TERM
grantd_stop "standard error that nobody reads"

grantd_piped --workers 0
ok "and in one process" ask_often
grantd_stop "one process"
exec {reader}<&-

done_testing
