#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# tracectl where no daemon runs: it starts one for itself, which ends with it.

# shellcheck source=tests/integration/lib.sh
. "${SRC_DIR:?}/tests/integration/lib.sh"
out=$dir/out
if [ -S /run/tracerd/tracerd.sock ] && "$TRACECTL" status >/dev/null 2>&1; then
	echo "1..0 # SKIP a tracerd serves this host"
	exit 0
fi

# alone CMD..: the command's status, or 99 if any process that it began outlives it by two seconds.
cat >"$dir/alone.py" <<'END'
import ctypes, os, signal, sys, time
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
pid = os.fork()
if not pid:
    os.execv(sys.argv[1], sys.argv[1:])
for s in (signal.SIGTERM, signal.SIGINT):
    signal.signal(s, lambda n, f: os.kill(pid, n))
status = os.waitpid(pid, 0)[1]
end = time.monotonic() + 2
while True:
    try:
        if os.waitpid(-1, os.WNOHANG)[0] == 0:
            if time.monotonic() > end:
                sys.exit(99)
            time.sleep(0.01)
    except ChildProcessError:
        break
sys.exit(os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
END
alone() {
	python3 "$dir/alone.py" "$TRACECTL" "$@"
}

# orphan BACKEND: a daemon whose tracectl is gone before it begins to serve.
orphan() {
	python3 -c 'import socket, subprocess, sys
ours, theirs = socket.socketpair()
daemon = subprocess.Popen([sys.argv[1], "--private", "--fd", str(theirs.fileno()), "--backend", sys.argv[2]],
                          pass_fds=[theirs.fileno()])
ours.close()
theirs.close()
try:
    sys.exit(daemon.wait(60))
except subprocess.TimeoutExpired:
    daemon.kill()
    sys.exit("it goes on")' "$TRACERD" "$1"
}

ok "nobody to serve: the daemon ends (bpf)" orphan bpf
ok "nobody to serve: the daemon ends (ptrace)" orphan ptrace
alone run --json -o "$out" -- sh -c 'echo out; exit 6' >"$dir/stdout" 2>"$dir/stderr"
ok "run: the command's status, and nothing is left behind" is $? 6
ok "run: its output" is "$(cat "$dir/stdout")" out
ok "run: everything from its execve on" events "$out" \
	'calls()[0]["syscall"] == "execve" and calls()[0]["ret"] == 0 and calls("exit_group") and lost == 0'
ok "run: nothing of the tracer's own" events "$out" '{e["comm"] for e in ev[2:]} == {"sh"}'
ok "run: no word on stderr" not test -s "$dir/stderr"
alone run -o "$out" -- /nonexistent/x 2>/dev/null
ok "run: 127 as with a daemon" is $? 127
alone summary --json -o "$out" -- "$targets/t_calls" 1 1234 0 0
ok "summary" is $? 0
ok "summary: exact" grep -q '"syscall": *"getppid", *"calls": *1234' "$out"
alone watch --json -o "$out" --duration 0.5 --pid $$
ok "watch ends by itself" is $? 0
ok "watch: whole" events "$out" 'True'
begin "$targets/t_block" nanosleep
waiting=$begun
until_ok 5 in_call "$waiting" 35
alone pending --json -o "$out" --pid "$waiting"
ok "pending" is $? 0
ok "pending: the call" events "$out" 'len(calls("nanosleep")) == 1'
end "$waiting" KILL
alone status --json >"$out"
ok "status" is $? 0
ok "status: of the private one" python3 -c 'import json, sys; sys.exit(json.load(open(sys.argv[1]))["backend"] != "bpf")' "$out"

rm -f "$out"
begin python3 "$dir/alone.py" "$TRACECTL" watch --json -o "$out" -e getppid
watcher=$begun
# Nothing tells when it is live but that it shows something.
shows() {
	"$targets/t_calls" 1 1 0 0
	test -s "$out"
}
until_ok 20 shows
kill -TERM "$watcher"
wait_for "$watcher"
status=$?
ok "SIGTERM: nothing is left behind" test $status -ne 99
ok "SIGTERM: the end is told" events "$out" 'len(calls("getppid")) >= 1'
finish
