#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# tracerd as a service: its configuration, read again while sessions are open; what it tells a service
# manager and takes from one; its log; and with no more privileges than the unit gives it.

# shellcheck source=tests/integration/lib.sh
. "${SRC_DIR:?}/tests/integration/lib.sh"
conf=$dir/conf
log=$dir/tracerd.log

# checks STATUS [FILE-TEXT]: tracerd --check-config of that text ends so.
checks() {
	printf '%b' "$2" >"$dir/check"
	"$TRACERD" --check-config "$dir/check" 2>"$dir/said"
	is $? "$1"
}

said() {
	cat "$dir/said"
	grep -q -e "$1" "$dir/said"
}

ok "the file that is shipped is right" "$TRACERD" --check-config "$SRC_DIR/packaging/tracerd.conf"
ok "an empty one, too" checks 0 ''
ok "a wrong value" checks 2 '[daemon]\nring-mb = 0\n'
ok "is told with file, line, key and what is allowed" said "$dir/check:2: ring-mb: 0 is not a number from 1 to 1024"
ok "an unknown key" checks 2 '[user]\nrat = 1\n'
ok "is told with the keys that there are" said ':2: rat: there is no such key; allowed are: sessions'
ok "an unknown section" checks 2 '[users]\nrate = 1\n'
ok "is told once" is "$(wc -l <"$dir/said")" 1
"$TRACERD" --check-config "$dir/none" 2>"$dir/said"
ok "no file" is $? 2
ok "is told" said "there is no $dir/none"
"$TRACERD" --config "$dir/none" 2>/dev/null
ok "nor does it start without a file that was named" is $? 2
echo '[daemon' >"$conf"
"$TRACERD" --config "$conf" --socket "$sock" 2>/dev/null
ok "nor with a wrong one" is $? 2
"$TRACERD" --log-level 7 2>"$dir/said"
ok "an option is checked as the key is" said '--log-level: 7 is not one of: error, warning, info, debug'
"$TRACERD" --backend bpf --socket "$sock" nonsense 2>/dev/null
ok "an argument is not expected" is $? 2

# The configuration is read again: what can change does, sessions stay.
limit_is_one() {
	tc watch -e getppid --count 1 -o /dev/null 2>"$dir/refused"
	grep -q 'there are 1 sessions already' "$dir/refused"
}
printf '[daemon]\nsocket = /nonexistent\nring-mb = 2\n' >"$conf"
daemon_start --config "$conf"
ok "an option overrides the file" grep -q "serving $sock" "$log"
watch "$dir/out" -e getppid
printf '[daemon]\nmax-sessions = 1\nring-mb = 2\n' >"$conf"
kill -HUP "$daemon_pid"
ok "SIGHUP: the new value holds" until_ok 10 limit_is_one
ok "the session is still there" sessions_are 1
printf '[daemon]\nmax-sessions = many\nring-mb = 4\n' >"$conf"
kill -HUP "$daemon_pid"
ok "a mistake is logged" until_ok 10 grep -q "$conf:2: max-sessions: many is not" "$log"
ok "and nothing changes" limit_is_one
printf '[daemon]\nring-mb = 4\nlog-level = error\n' >"$conf"
kill -HUP "$daemon_pid"
ok "what needs a restart is told" until_ok 10 grep -q 'a new value of ring-mb needs a restart' "$log"
ok "the rest is taken" until_ok 10 not limit_is_one
lines=$(wc -l <"$log")
unwatch
end "$daemon_pid"
ok "log-level = error: nothing but errors is said" is "$(wc -l <"$log")" "$lines"

# What was done until it ends is told.
daemon_start
cp "$targets/t_calls" "$dir/own-calls" # what others run beside us has another name
watch "$dir/out" -e getppid --comm own-calls
"$dir/own-calls" 1 500 0 0
end "$daemon_pid"
wait_for "$watcher"
ok "a session that it ends has all that was done before" is "$(grep -c '"syscall":"getppid"' "$dir/out")" 500

# A service manager: descriptors in, datagrams out.
begin python3 "$SRC_DIR/tests/integration/service.py" activate "$dir/passed" listen "$TRACERD" 2>"$log"
daemon_pid=$begun
ok "a socket that was passed is served" until_ok 20 "$TRACECTL" --socket "$dir/passed" status
ok "under its own path" grep -q "serving $dir/passed" "$log"
"$TRACERD" --socket "$dir/passed" 2>"$dir/second"
ok "no other tracerd takes it" grep -q "another tracerd serves" "$dir/second"
end "$daemon_pid"
ok "it is the service manager's: it stays" test -S "$dir/passed"
python3 "$SRC_DIR/tests/integration/service.py" activate "$dir/datagram" datagram "$TRACERD" 2>"$log"
ok "a socket of another kind is refused" is $? 1
ok "in words" grep -q 'no listening Unix stream socket' "$log"

begin python3 "$SRC_DIR/tests/integration/service.py" notify "$dir/notify" "$dir/told" "$TRACERD" --socket "$sock" --config "$conf"
manager=$begun
ok "READY=1 when it serves" until_ok 20 grep -q '^READY=1$' "$dir/told"
ok "and it serves" tc status
ok "STATUS= for people" grep -q "^STATUS=Serving $sock by bpf" "$dir/told"
fed() {
	[ "$(grep -c '^WATCHDOG=1$' "$dir/told")" -ge 3 ]
}
ok "WATCHDOG=1 again and again" until_ok 10 fed
kill -HUP "$manager"
ok "RELOADING=1" until_ok 10 grep -q '^RELOADING=1$' "$dir/told"
ok "with the time" grep -q '^MONOTONIC_USEC=[0-9]*$' "$dir/told"
ready_again() {
	[ "$(grep -c '^READY=1$' "$dir/told")" -eq 2 ]
}
ok "and READY=1 after it" until_ok 10 ready_again
end "$manager"
ok "it ends with 0" is $? 0
ok "STOPPING=1" grep -q '^STOPPING=1$' "$dir/told"

# Priorities are for the journal only: the variable is inherited by those who write elsewhere.

JOURNAL_STREAM=1:1 "$TRACERD" --config /nonexistent 2>"$dir/said"
ok "a stream that is not the journal's has no priorities" said '^tracerd: there is no'
: >"$dir/said"
stream=$(stat -c %d:%i "$dir/said")
JOURNAL_STREAM=$stream "$TRACERD" --config /nonexistent 2>>"$dir/said"
ok "the journal's has" said '^<3>there is no'

# With the four capabilities of the unit as an ordinary user, and in a container's namespaces.
caps=+bpf,+perfmon,+sys_ptrace,+dac_read_search
mkdir "$dir/run" "$dir/bin"
cp "$TRACERD" "$dir/bin" # the build tree may be root's alone
chown 54320 "$dir/run"
begin setpriv --reuid 54320 --regid 54320 --clear-groups --no-new-privs --inh-caps="-all,$caps" \
	--ambient-caps="-all,$caps" --bounding-set="-all,$caps" \
	"$dir/bin/tracerd" --backend bpf --socket "$dir/run/s" 2>"$log"
daemon_pid=$begun
ok "four capabilities are enough" until_ok 20 "$TRACECTL" --socket "$dir/run/s" status
"$TRACECTL" --socket "$dir/run/s" run --json -o "$dir/out" -- cat /etc/hostname >/dev/null
ok "for what root does" events "$dir/out" 'calls("openat")'
"$TRACECTL" --socket "$dir/run/s" pending --pid $$ >"$dir/pending" 2>&1
ok "and pending" grep -q wait "$dir/pending"
end "$daemon_pid"

# daemon_in UNSHARE-OPTION..: the socket is outside of what is unshared.
daemon_in() {
	begin unshare "$@" setpriv --inh-caps="-all,$caps" --bounding-set="-all,$caps" \
		"$TRACERD" --backend bpf --socket "$sock" 2>"$log"
	daemon_pid=$begun
}
if unshare --mount --ipc --uts --net --cgroup true 2>/dev/null; then
	daemon_in --mount --ipc --uts --net --cgroup
	ok "in a container that has the four capabilities" until_ok 20 tc status
	tc run --json -o "$dir/out" -- cat /etc/hostname >/dev/null
	ok "it traces" events "$dir/out" 'calls("openat")'
	end "$daemon_pid"
	unshare --pid --fork --mount-proc "$TRACECTL" run --json -o "$dir/out" -- cat /etc/hostname >/dev/null 2>"$dir/said"
	ok "where processes have other numbers than on the host, ptrace is used" said 'using ptrace, for .* PID namespace'
	ok "and traces" events "$dir/out" 'calls("openat")'
else
	skip "in a container" "namespaces can't be made here"
fi
finish
