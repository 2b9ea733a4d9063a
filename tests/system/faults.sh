#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# What happens to tracerd and its clients: killed, flooded, out of descriptors or memory. After each it
# has what it had before, and the next session works.
#
# Alone: what the kernel holds, and what is left of memory, is compared.

# shellcheck source=tests/integration/lib.sh
. "${SRC_DIR:?}/tests/integration/lib.sh"
daemon_start
out=$dir/out

peer() {
	python3 "$SRC_DIR/tests/integration/peer.py" "$sock" "$@"
}

rss_kb() {
	sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$daemon_pid/status"
}

cpu_ticks() {
	read -r _ _ _ _ _ _ _ _ _ _ _ _ _ user system _ <"/proc/$daemon_pid/stat"
	echo $((user + system))
}

# sound NAME: the daemon is as it was at first, and serves.
sound() {
	ok "$1: the daemon lives" kill -0 "$daemon_pid"
	ok "$1: no session is left" until_ok 10 sessions_are 0
	ok "$1: no descriptor is left" until_ok 10 fds_at_most "$idle_fds"
	tc run --json -o "$out" -- "$targets/t_calls" 1 50 0 0
	ok "$1: the next session works" events "$out" 'len(calls("getppid")) == 50 and lost == 0'
}
tc run --json -o "$out" -- true
until_ok 10 sessions_are 0
idle_fds=$(fds)

# Programs and maps of a process, by what its descriptors are.
kernel_ids() {
	cat "/proc/$1/fdinfo/"* 2>/dev/null | sed -n "s/^$2_id:[^0-9]*//p" | sort -un
}
still_loaded() {
	for id in $2; do
		bpftool "$1" show id "$id" >/dev/null 2>&1 && return 0
	done
	return 1
}
gated "$targets/t_calls" 1 2000 0 200
tracee=$gated
begin "$TRACECTL" --socket "$sock" watch --json -o "$dir/plain" --pid "$tracee" 2>"$dir/plain.err"
plain=$begun
begin "$TRACECTL" --socket "$sock" watch --reconnect --json -o "$dir/again" --pid "$tracee" 2>"$dir/again.err"
again=$begun
until_ok 20 sessions_are 2
progs=$(kernel_ids "$daemon_pid" prog)
maps=$(kernel_ids "$daemon_pid" map)
ok "kill -9: it had programs" test -n "$progs"
end "$daemon_pid" KILL
if command -v bpftool >/dev/null; then
	ok "kill -9: they are gone from the kernel" until_ok 20 not still_loaded prog "$progs"
	ok "kill -9: so are the maps" until_ok 20 not still_loaded map "$maps"
fi
wait_for "$plain"
ok "kill -9: a client ends with 1" is $? 1
ok "kill -9: and says so" grep -q 'tracerd closed the connection' "$dir/plain.err"
ok "kill -9: what it had seen is whole" events "$dir/plain" 'True'
ok "kill -9: one with --reconnect waits" until_ok 5 grep -q waiting "$dir/again.err"
ok "kill -9: the tracee is untouched" in_call "$tracee" 257
daemon_start
ok "--reconnect: it is back" until_ok 20 sessions_are 1
ok "--reconnect: and says so" until_ok 5 grep -q 'is back' "$dir/again.err"
open_gate
wait_for "$tracee"
ok "kill -9: the tracee ends as ever" is $? 0
end "$again" INT
ok "--reconnect: sees what comes then" events "$dir/again" 'len(calls("getppid")) == 2000'
tc run --json -o "$out" -- true
until_ok 10 sessions_are 0
idle_fds=$(fds)

# shellcheck disable=SC2016 # the inner shell expands it
begin "$TRACECTL" --socket "$sock" run --reconnect --json -o "$dir/run" -- sh -c 'until [ -e "$0" ]; do sleep 0.1; done; exec true' "$dir/go"
runner=$begun
until_ok 20 sessions_are 1
end "$daemon_pid" KILL
daemon_start
ok "--reconnect: run goes on" until_ok 20 sessions_are 1
: >"$dir/go"
wait_for "$runner"
ok "--reconnect: run ends with its command" is $? 0
ok "--reconnect: run sees the end of it" events "$dir/run" '[c for c in calls("execve") if c["comm"] == "true"]'
until_ok 10 sessions_are 0
idle_fds=$(fds)

begin "$targets/t_calls" 1 1000000000 0 0
storm=$begun
i=0
while [ $i -lt 20 ]; do
	begin "$TRACECTL" --socket "$sock" watch -o /dev/null --pid "$storm" 2>/dev/null
	until_ok 10 sessions_are 1
	end "$begun" KILL
	i=$((i + 1))
done 2>/dev/null
sound "20 clients killed in a storm"

# It opens a session, takes nothing for a while, and then all: what came and what was lost is what was made.
before=$(rss_kb)
peer deaf "$storm" 3 >"$dir/deaf" 2>&1
ok "a client that does not read for 3 s: exact, and told what it lost" sh -c "cat '$dir/deaf' && exit $?"
after=$(rss_kb)
grep -q __asan_init "$TRACERD" ||
	ok "a client that does not read: memory within its queue" test $((after - before)) -lt 40000
sound "a client that does not read"
end "$storm" KILL

# Those that stop within a frame hold nobody up, and have their answers when they go on.
mkfifo "$dir/rest"
begin python3 "$SRC_DIR/tests/integration/peer.py" "$sock" halves 40 "$dir/rest" >"$dir/halves"
halves=$begun
until_ok 20 grep -q begun "$dir/halves"
tc run --json -o "$out" -- "$targets/t_calls" 1 50 0 0
ok "40 that stop within a frame: a session works" events "$out" 'len(calls("getppid")) == 50 and lost == 0'
echo >"$dir/rest"
wait_for "$halves"
ok "40 that stop within a frame: they are answered when they go on" is $? 0
sound "40 that stop within a frame"

ok "200 connects a second are all served" peer connects 200 2
sound "200 connects a second"
for bad in half long short zero huge; do
	ok "misbehaviour: $bad" peer $bad
done
peer random-for 3
before=$(rss_kb)
ok "random bytes for ${FAULT_SECONDS:-5} s" peer random-for "${FAULT_SECONDS:-5}"
sound "random bytes"
after=$(rss_kb)
grep -q __asan_init "$TRACERD" ||
	ok "random bytes: memory has not grown" is "$((after - before < 6000 ? 0 : after - before))" 0
end "$daemon_pid"

# Descriptors run out: who is there is served on, the others when there is room again.
begin prlimit --nofile=128 "$TRACERD" --socket "$sock" 2>"$dir/tracerd.log"
daemon_pid=$begun
until_ok 20 tc status
tc run --json -o "$out" -- true
until_ok 10 sessions_are 0
idle_fds=$(fds)
gated "$targets/t_calls" 1 1000 0 100
watch "$dir/watched" --pid "$gated" -e getppid
begin python3 "$SRC_DIR/tests/integration/peer.py" "$sock" crowd 200
crowd=$begun
exhausted() {
	[ "$(fds)" -ge 126 ]
}
ok "out of descriptors" until_ok 10 exhausted
ticks=$(cpu_ticks)
open_gate
wait_for "$gated"
ok "out of descriptors: it does not spin" test $(($(cpu_ticks) - ticks)) -lt 50
end "$crowd" KILL
end "$watcher" INT
ok "out of descriptors: a session goes on" events "$dir/watched" 'len(calls("getppid")) == 1000 and lost == 0'
sound "out of descriptors"
end "$daemon_pid"

# Memory runs out: it may grow no further than where it is.
if ! grep -q __asan_init "$TRACERD"; then
	daemon_start
	tc run --json -o "$out" -- true
	until_ok 10 sessions_are 0
	idle_fds=$(fds)
	begin "$targets/t_calls" 1 1000000000 0 0
	storm=$begun
	size=$(sed -n 's/^VmSize:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$daemon_pid/status")
	prlimit --pid "$daemon_pid" --as=$(((size + 2048) * 1024)): 2>"$dir/prlimit"
	peer deaf "$storm" 2 starved >"$dir/deaf" 2>&1
	ok "out of memory: exact, and told what it lost" sh -c "cat '$dir/deaf' && exit $?"
	prlimit --pid "$daemon_pid" --as=unlimited: 2>"$dir/prlimit"
	end "$storm" KILL
	sound "out of memory"
	end "$daemon_pid"
fi
finish
