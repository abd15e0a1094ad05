#!/bin/bash
# SPDX-License-Identifier: MIT
# USR2: another program in place of the one that runs, with no request lost; and what the service manager is told.
# shellcheck source=tests/faults/lib.sh
. "$(dirname "$0")/lib.sh"

# The program as a package manager leaves it: another file at the same path.
mkdir "$work/bin"
install_program()
{
	cp "$1" "$work/bin/new"
	mv "$work/bin/new" "$work/bin/grantd"
}
install_program "$grantd"
whole_program=$grantd
grantd=$work/bin/grantd

settings=$work/grantd.conf
echo 'GRANTD_WORKERS=2' >"$settings"

runs_program_of()
{
	[ "$(stat -L -c %i "/proc/$grantd_pid/exe")" = "$1" ]
}

# The new program runs, and all of its workers came after it.
upgraded()
{
	runs_program_of "$(stat -c %i "$grantd")" && logged ' takes over, with ' "$1" && worker_count 2 && answers
}

upgrade()
{
	install_program "$whole_program"
	grantd_signal USR2
	until_true upgraded "$1"
}

# The service manager's end of $NOTIFY_SOCKET (sd_notify(3)): what it is told, one after the other.
export NOTIFY_SOCKET=$work/notify
socat -u UNIX-RECV:"$NOTIFY_SOCKET" OPEN:"$work/told",creat,append &
background+=($!)
disown # the shell is not to tell of its end
until_true test -S "$NOTIFY_SOCKET"
told()
{
	[ "$(grep -oE -- "$1" "$work/told" | wc -l)" -ge "${2:-1}" ]
}

WATCHDOG_USEC=200000 grantd_start --config "$settings"
ok "the service manager is told when all workers serve" until_true told 'STATUS=Serving with 2 workers'
ok "and that the process is alive, over and over" until_true told 'WATCHDOG=1' 3
before=$(workers)
ok "another program takes over" upgrade 1
ok "with workers of its own" all_replaced "$before"
ok "the service manager is told of that" until_true told 'RELOADING=1'
ok "with the time" told 'MONOTONIC_USEC=[1-9][0-9]+'
ok "and when it serves" until_true told 'STATUS=Serving with 2 workers' 2

# Whose connections are kept, and who makes one for each request, sees nothing of it.
load()
{
	"$client" "$@" -u "$work/enough" -c 4 "$socket" "${steps[@]}" >"$work/load${1-}" 2>&1 &
	loads+=($!)
	background+=($!)
}
loads=()
steps=(kept /healthz)
load -k
steps=(get /healthz)
load
for i in 2 3 4 5 6; do
	ok "under load, $i" upgrade "$i"
done
touch "$work/enough"
wait "${loads[@]}"
like "on kept connections no request is lost" "$(cat "$work/load-k")" '^good=[1-9][0-9]+ bad=0$'
like "on new connections no request is lost" "$(cat "$work/load")" '^good=[1-9][0-9]+ bad=0$'
diag "kept: $(cat "$work/load-k"), new: $(cat "$work/load")"

# A request that has come by half is answered by the program that has that half.
fcgi "${patch_steps[@]}" begin 1 0 params stdin '{"audit_en' touch "$work/begun" wait "$work/go" \
	stdin 'abled":true}' end read >"$work/answer" 2>&1 &
half=$!
background+=("$half")
until_true test -e "$work/begun"
install_program "$whole_program"
grantd_signal USR2
ok "a request has come by half: workers wait for the rest" until_true logged 'is asked whether' 7
until_true worker_count 2
touch "$work/go"
wait "$half"
is "it is answered" $? 0
like "with a whole answer" "$(tr -d '\r\n' <"$work/answer")" '^Status: 503 .*"unavailable".*\}$'
ok "and then the new program comes" until_true upgraded 7

# What cannot serve does not come.
before=$(workers)
echo 'GRANTD_WORKERS=many' >"$settings"
grantd_signal USR2
ok "settings that the new program cannot use are said" until_true logged 'upgrade: .*--check-config ended with status 1; everything stays'
ok "the service manager, too" until_true told 'STATUS=The new program cannot serve'
echo 'GRANTD_WORKERS=2' >"$settings"
install_program /bin/false
grantd_signal USR2
ok "a program that is another is not executed" until_true logged 'upgrade: .*ended with status 1; everything stays' 2
rm "$grantd"
grantd_signal USR2
ok "a program that is gone is said" until_true logged 'upgrade: .*No such file or directory; everything stays'
is "the same workers serve" "$(workers)" "$before"
ok "and answer" answers

# One that never says whether it could keeps nobody waiting for ever: not the settings, nor the next one.
cat >"$work/bin/new" <<END
#!/bin/sh
echo \$\$ >"$work/asked"
exec tail -f /dev/null
END
chmod 755 "$work/bin/new"
mv "$work/bin/new" "$work/bin/grantd"
echo 'GRANTD_STOP_TIMEOUT=300' >>"$settings"
before=$(workers)
grantd_signal HUP
ok "the time for stopping is set" until_true all_replaced "$before"
grantd_signal USR2
ok "a program that says nothing is killed" until_true logged 'upgrade: .*--check-config takes too long and is killed'
ok "and everything stays as it was" until_true logged 'upgrade: .*--check-config was killed by signal 9; everything stays'
before=$(workers)
grantd_signal HUP
ok "settings are read again" until_true all_replaced "$before"
grantd_signal USR2
ok "asked once more" until_true test -s "$work/asked"
sed -i '/GRANTD_STOP_TIMEOUT/d' "$settings"
ok "and killed once more" until_true logged 'takes too long and is killed' 2
before=$(workers)
grantd_signal HUP
ok "as before" until_true all_replaced "$before"

# Checked, and then no program any more: those that were told to end are replaced. The new one says that it could serve when it
# is told to.
cat >"$work/bin/new" <<END
#!/bin/sh
[ "\$5" = --check-config ] || exit 1
rm "$work/bin/grantd"
END
chmod 755 "$work/bin/new"
mv "$work/bin/new" "$work/bin/grantd"
grantd_signal USR2
ok "a program that goes away after it was asked is said" until_true logged 'upgrade: .*No such file or directory; everything stays' 2
ok "and the old one has workers again" until_true worker_count 2
ok "and answers" until_true answers

install_program "$whole_program"
ok "then a new one comes all the same" upgrade 8
grantd_stop "after upgrades"
ok "told to stop, it says so to the service manager" told 'STOPPING=1'

# In the midst of an upgrade, told to stop.
grantd_start --config "$settings"
rm -f "$work/begun" "$work/go"
fcgi "${patch_steps[@]}" begin 1 0 params stdin '{"audit_en' touch "$work/begun" wait "$work/go" read >"$work/answer" 2>&1 &
background+=($!)
until_true test -e "$work/begun"
grantd_signal USR2
ok "asked, and waiting for half a request" until_true logged 'is asked whether'
grantd_signal TERM
touch "$work/go"
grantd_stop "in the midst of an upgrade"

# What is no descriptor of ours is nobody's.
GRANTD_INHERITED="1 0 5 6" grantd_start --config "$settings"
ok "the variable of another process is said to be" logged 'GRANTD_INHERITED is not for this process'
grantd_stop "with another's variable"
done_testing
