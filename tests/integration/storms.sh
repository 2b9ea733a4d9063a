#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# Many calls, threads, processes and slow clients at once: whatever is not shown is counted.
#
# Alone: as many calls as the processors can make.

# shellcheck source=tests/integration/lib.sh
. "${SRC_DIR:?}/tests/integration/lib.sh"
daemon_start
out=$dir/out

tc run --json -o "$out" -- "$targets/t_forks" 300 /bin/true >"$dir/pids"
ok "fork storm: status" is $? 0
ok "fork storm: nothing is lost" events "$out" 'lost == 0'
ok "fork storm: every child's fork, execve, exit_group and exit" events "$out" '(lambda pids:
	len(pids) == 300 and
	pids <= {e["child_pid"] for e in of("fork")} and
	pids == {c["pid"] for c in calls("execve", ret=0) if c["comm"] == "true"} and
	pids == {c["pid"] for c in calls("exit_group") if c["comm"] == "true"} and
	pids == {e["pid"] for e in of("exit") if e["comm"] == "true" and e["process"]}
	)({int(p) for p in open(pids)})' "pids=$dir/pids"
ok "fork storm: each fork is one call, that of the parent" events "$out" \
	'sum(c["syscall"] in ("clone", "clone3", "fork", "vfork") for c in calls()) == 300'
ok "fork storm: one execve for each" events "$out" 'len(calls("execve")) == 301'

tc run --json -o "$out" -e getppid -- "$targets/t_calls" 32 5000 0 0
ok "32 threads: status" is $? 0
ok "32 threads: delivered and lost are what was made" events "$out" \
	'made == 32 * 5000 + len(["exec"]) + 31 + 32' # with its exec, forks and exits, of which some may be lost
ok "32 threads: each has its share" events "$out" \
	'lost or {sum(c["tid"] == t for c in calls()) for t in {c["tid"] for c in calls()}} == {5000}'

# Everything of them: facts, data, forks, exits; what is lost may be of any kind.
tc run --json -o "$out" -- "$targets/t_calls" 32 1000 1000 0
ok "32 threads and strings: every one that arrived is whole" events "$out" \
	'all(c["args"]["pathname"] == "/nonexistent/file"
	for c in calls("openat", error="ENOENT") if c["tid"] != c["pid"])'

tc run --json -y -o "$out" -- "$targets/t_forks" 1000 /bin/true >"$dir/pids"
ok "1000 processes: every end" events "$out" \
	'len([e for e in of("exit") if e["comm"] == "true"]) + lost >= 1000'
tc status --json >"$dir/status"
ok "1000 processes: memory within 64 MB" small "$dir/status"

# Who looks at all tasks comes upon some that are being made: they are followed all the same.
while :; do tc pending --uid 65534; done >"$dir/pending" 2>&1 &
looking=$!
tc run --json -e exit_group -o "$out" -- "$targets/t_forks" 3000 /bin/true >"$dir/pids"
kill $looking
wait $looking 2>"$dir/killed"
ok "processes that are looked at while they begin: every end" events "$out" 'len(of("exit")) + lost >= 3001'

# Two clients, one storm.
gated "$targets/t_calls" 2 20000 0 0
begin "$TRACECTL" --socket "$sock" watch --json -o "$dir/other" --pid "$gated" -e getppid
other=$begun
until_ok 10 sessions_are 1
begin "$TRACECTL" --socket "$sock" watch --json -o "$out" --pid "$gated" -e getppid
watcher=$begun
until_ok 10 sessions_are 2
open_gate
wait_for "$gated"
end "$watcher"
end "$other"
ok "two clients: the first is exact" events "$out" 'made == 40000 + len(["exec", "fork", "exit", "exit"])'
ok "two clients: so is the second" events "$dir/other" 'made == 40000 + len(["exec", "fork", "exit", "exit"])'

# A client that stops reading while 400,000 calls are made: about 40 MB, of which its queue takes 16.
gated "$targets/t_calls" 1 400000 0 0
watch "$out" --pid "$gated" -e getppid
kill -STOP "$watcher"
open_gate
wait_for "$gated"
tc status --json >"$dir/full"
kill -CONT "$watcher"
unwatch
ok "a client that stops loses exactly what is said" events "$out" \
	'lost > 0 and made == 400000 + len(["exec", "exit"])'
ok "where it was lost is said" events "$out" \
	'sum(e["count"] for e in of("lost")) == lost and {e["where"] for e in of("lost")} <= {"ring", "client"} and
	all(ev[0]["time"] <= e["time"] < ev[0]["time"] + 60 for e in of("lost"))'
ok "the daemon's memory stays within 64 MB" small "$dir/full"

# Sessions come and go while a storm goes on, which ends only when it is killed.
begin "$targets/t_calls" 2 1000000000 0 0
storm=$begun
for i in 1 2 3 4 5 6 7 8 9 10; do
	tc watch --json -o "$out$i" --pid "$storm" -e getppid --count 100
done
end "$storm" KILL
some_are_whole() {
	for i in 1 2 3 4 5 6 7 8 9 10; do
		events "$out$i" 'len(calls()) == 100 and {c["syscall"] for c in calls()} == {"getppid"}' || return 1
	done
}
ok "sessions that come and go within a storm" some_are_whole
ok "the daemon lives" kill -0 "$daemon_pid"
finish
