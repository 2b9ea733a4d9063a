#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# tracerd itself: how it starts and ends, who it serves, and clients that misbehave or vanish.

# shellcheck source=tests/integration/lib.sh
. "${SRC_DIR:?}/tests/integration/lib.sh"
daemon_start
out=$dir/out

# peer MODE ..: a client that speaks the protocol badly.
peer() {
	python3 "$SRC_DIR/tests/integration/peer.py" "$sock" "$@"
}

tc status >"$out"
ok "status: as text" grep -qi 'bpf' "$out"
ok "status: the kernel" grep -q "$(uname -r)" "$out"
tc status --json >"$dir/status"
ok "status: as JSON" python3 -c 'import json, sys
s = json.load(open(sys.argv[1]))
print(s)
assert s["backend"] == "bpf"
for k in ("sessions", "events", "lost", "memory_bytes"): assert k in s, k' "$dir/status"
ok "idle: memory within 64 MB" small "$dir/status"
ok "idle: no program is attached" status_has programs_attached 0
if command -v bpftool >/dev/null && bpftool -j link show >"$dir/links" 2>/dev/null; then
	ok "idle: bpftool agrees" not grep -q "\"pid\":${daemon_pid}[,}]" "$dir/links"
fi
# In a mount namespace of its own, for tracefs may not be mounted here.
ok "newer calls: the kernel tells their names, numbers and arguments" unshare -m sh -c \
	"[ -d /sys/kernel/tracing/events ] || mount -t tracefs tracefs /sys/kernel/tracing; exec '$BUILD_DIR'/tests/unit/test_newer watch"
watch "$out" -e getppid
ok "with a session programs are attached" not status_has programs_attached 0
ok "status: the session" sh -c "\"\$1\" --socket \"\$2\" status | grep -qi stream" sh "$TRACECTL" "$sock"
unwatch
ok "after the last session none is attached" status_has programs_attached 0

if command -v setpriv >/dev/null; then
	setpriv --reuid 54321 --clear-groups "$TRACECTL" --socket "$sock" status >"$out"
	ok "another user is served" is $? 0
	ok "and told that it sees its own processes" grep -q 'your own processes' "$out"
fi

"$TRACERD" --socket "$sock" 2>"$dir/second"
ok "a second tracerd refuses to start" is $? 1
ok "and says so" grep -q "$sock" "$dir/second"
ok "the first one serves on" tc status

begin python3 "$SRC_DIR/tests/integration/peer.py" "$sock" hold 64
holder=$begun
ok "64 sessions at once" until_ok 30 sessions_are 64
tc watch --json -o "$out" --pid $$ 2>"$dir/refused"
ok "the 65th is refused" test $? -ne 0
ok "with the reason" grep -q '64' "$dir/refused"
ok "in one sentence" one_line "$dir/refused"
end "$holder" KILL
ok "all are gone with their client" until_ok 5 sessions_are 0
ok "and with them the programs" status_has programs_attached 0
tc run --json -o "$out" -- true
ok "then there is room again" events "$out" 'calls("execve")'

begin "$targets/t_calls" 1 100000000 0 0
storm=$begun
watch "$out" --pid "$storm" -e getppid
until_ok 10 test -s "$out"
kill -KILL "$watcher"
wait_for "$watcher" 2>/dev/null
ok "a client that is killed mid-stream is gone at once" until_ok 2 sessions_are 0
watch "$out" --pid "$storm" -e getppid
kill -STOP "$watcher"
kill -KILL "$watcher"
wait_for "$watcher" 2>/dev/null
ok "so is one that had stopped" until_ok 2 sessions_are 0
end "$storm" KILL

for bad in short long zero random half type nul unterminated twice stop-first snapshot-first keys huge; do
	ok "misbehaviour: $bad" peer $bad
	ok "misbehaviour: $bad: the daemon serves on" tc status
done
ok "misbehaviour leaves no session" until_ok 5 sessions_are 0
ok "nor a program" status_has programs_attached 0
tc run --json -o "$out" -- true
ok "nor any harm" events "$out" 'calls("execve")'

watch "$out" -e getppid
"$targets/t_calls" 1 5 0 0
begin "$TRACECTL" --socket "$sock" watch -o "$dir/human"
other=$begun
until_ok 10 sessions_are 2
end "$daemon_pid" TERM
ok "SIGTERM ends it with 0, whoever listens" is $? 0
ok "the socket is removed" test ! -e "$sock"
wait_for "$watcher"
ok "its clients end, and say that something failed" test $? -ne 0
wait_for "$other"
ok "in human form too" test $? -ne 0

daemon_start
mkfifo "$dir/fifo"
rm -f "$out"
begin "$TRACECTL" --socket "$sock" run --json -o "$out" -- sh -c "read -r x <\"$dir/fifo\"; echo lives >\"$dir/lives\""
runner=$begun
until_ok 10 grep -q execve "$out"
end "$daemon_pid" KILL 2>/dev/null
echo go >"$dir/fifo"
wait_for "$runner"
ok "run: the daemon dies: status 125" is $? 125
ok "but the command goes on" until_ok 5 grep -q lives "$dir/lives"
ok "a socket that a dead one left" test -S "$sock"
daemon_start
ok "does not keep the next from starting" status_has sessions 0
end "$daemon_pid" INT
ok "SIGINT ends it, too" is $? 0

daemon_start --queue-mb 1 --ring-mb 2
gated "$targets/t_calls" 1 100000 0 0
watch "$out" --pid "$gated" -e getppid
kill -STOP "$watcher"
open_gate
wait_for "$gated"
kill -CONT "$watcher"
unwatch
ok "small queues and rings: exact as well" events "$out" 'lost > 0 and made == 100000 + len(["exec", "exit"])'
end "$daemon_pid"

# What the session before was told of a process that stays watched is told to the next that has its bit, too.
told_anew() {
	daemon_start --backend "$1"
	begin python3 -c 'import os, time
f = open("/etc/hostname")
while True:
    os.lseek(f.fileno(), 0, os.SEEK_SET)
    time.sleep(0.01)'
	seeker=$begun
	begin "$TRACECTL" --socket "$sock" watch --pid "$seeker" -o /dev/null
	holder=$begun
	until_ok 10 sessions_are 1
	for _ in $(seq 63); do
		tc watch --pid "$seeker" --count 1 -o /dev/null
	done
	tc watch --pid "$seeker" -e lseek --count 1 >"$out"
	end "$holder" INT
	end "$seeker" KILL
	end "$daemon_pid"
	grep -q "python3\[$seeker\].*/etc/hostname" "$out" || {
		cat "$out"
		return 1
	}
}
ok "the 64th session after another is told what that was" told_anew bpf
ok "with ptrace, too" told_anew ptrace
finish
