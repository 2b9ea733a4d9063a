#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# tracectl summary: the kernel's counts are exact, and its percentiles are those of what was made.

# shellcheck source=tests/integration/lib.sh
. "${SRC_DIR:?}/tests/integration/lib.sh"
daemon_start
out=$dir/out

# counts EXPRESSION: checks the form of every interval; in it: all (intervals), s (the last one's calls by
# name), n(name, field) summed over all intervals, lost.
cat >"$dir/counts.py" <<'END'
import json, sys
FIELDS = ["syscall", "calls", "errors", "total_ns", "min_ns", "max_ns", "p50_ns", "p95_ns", "p99_ns"]
all_ = [json.loads(line) for line in open(sys.argv[1], "rb").read().decode("utf-8").splitlines()]
def check(c):
    assert all(k in c for k in FIELDS), c
    assert 0 <= c["errors"] <= c["calls"] and c["calls"] > 0, c
    assert c["min_ns"] <= c["p50_ns"] * 1.08 and c["p50_ns"] <= c["p95_ns"] <= c["p99_ns"] <= c["max_ns"] * 1.08, c
    assert c["min_ns"] * c["calls"] <= c["total_ns"] <= c["max_ns"] * c["calls"], c
for i in all_:
    assert {"duration_ns", "lost", "processes", "syscalls"} <= set(i), i
    for p in i["processes"]:
        assert {"pid", "comm", "syscalls"} <= set(p), p
        for c in p["syscalls"]:
            check(c)
    for c in i["syscalls"]:
        check(c)
        parts = [d for p in i["processes"] for d in p["syscalls"] if d["syscall"] == c["syscall"]]
        for k in ("calls", "errors", "total_ns"):
            assert sum(d[k] for d in parts) == c[k], (k, c, parts)
def n(name, field="calls", key="syscalls"):
    return sum(c[field] for i in all_ for c in i["syscalls"] if c["syscall"] == name)
s = {c["syscall"]: c for c in all_[-1]["syscalls"]} if all_ else {}
lost = sum(i["lost"] for i in all_)
if not eval("(" + sys.argv[2] + "\n)", dict(all=all_, n=n, s=s, lost=lost, pids={p["pid"] for i in all_ for p in i["processes"]},
                              comms={p["comm"] for i in all_ for p in i["processes"]})):
    print("does not hold:", sys.argv[2])
    for i in all_:
        print(json.dumps(i)[:1500])
    sys.exit(1)
END
counts() {
	python3 "$dir/counts.py" "$@"
}

gated "$targets/t_calls" 1 100000 50000 1000
begin "$TRACECTL" --socket "$sock" summary --json -o "$out" --pid "$gated"
summary=$begun
until_ok 10 sessions_are 1
events_before=$(tc status --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["events"])')
open_gate
wait_for "$gated"
events_after=$(tc status --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["events"])')
end "$summary"
ok "one interval" counts "$out" 'len(all) == 1 and all[0]["duration_ns"] > 10**8 and lost == 0'
ok "100000 getppid" counts "$out" 'n("getppid") == 100000 and n("getppid", "errors") == 0'
ok "50000 failed openat" counts "$out" 'n("openat", "errors") == 50000 and 50001 <= n("openat") < 50010'
ok "1000 nanosleep" counts "$out" 'n("nanosleep") == 1000'
ok "nanosleep takes at least what was asked for" counts "$out" \
	's["nanosleep"]["min_ns"] >= 100000 and s["nanosleep"]["p50_ns"] >= 93000 and
	s["nanosleep"]["total_ns"] >= 1000 * 100000'
ok "getppid takes less than 20 us" counts "$out" 's["getppid"]["p50_ns"] < 20000'
ok "one process, by name" counts "$out" "pids == {$gated} and comms == {'t_calls'}"
ok "its exit_group" counts "$out" 'n("exit_group") == 1'
ok "no call was sent as a record" test $((events_after - events_before)) -lt 100

tc summary --json -o "$out" -- "$targets/t_calls" 8 20000 1000 10
ok "summary -- CMD: its status" is $? 0
ok "8 threads: exact" counts "$out" 'n("getppid") == 160000 and n("openat", "errors") == 8000 and n("nanosleep") == 80'
ok "8 threads: one process" counts "$out" 'len(all[-1]["processes"]) == 1'
ok "its execve" counts "$out" 'n("execve") == 1'

tc summary --json -o "$out" -- sh -c "$targets/t_calls 1 1111 0 0; $targets/t_calls 2 2222 0 0; exit 5"
ok "with children: status" is $? 5
ok "with children: exact" counts "$out" 'n("getppid") - n("getppid", "errors") in (5555, 5556, 5557, 5558)'
ok "with children: three processes" counts "$out" 'len(pids) == 3 and comms == {"sh", "t_calls"}'

gated "$targets/t_calls" 1 200000 0 3000
begin "$TRACECTL" --socket "$sock" summary --json -o "$out" --pid "$gated" --interval 0.2
summary=$begun
until_ok 10 sessions_are 1
open_gate
wait_for "$gated"
end "$summary"
ok "--interval: several objects" counts "$out" 'len(all) >= 2'
ok "--interval: each as long as asked for" counts "$out" \
	'[i for i in all if 1.5e8 < i["duration_ns"] < 6e8]'
ok "--interval: together exact" counts "$out" 'n("getppid") == 200000 and n("nanosleep") == 3000 and lost == 0'

gated "$targets/t_calls" 1 100 50 10
begin "$TRACECTL" --socket "$sock" summary --json -o "$out" --pid "$gated" -e getppid,openat --failed
summary=$begun
until_ok 10 sessions_are 1
open_gate
wait_for "$gated"
end "$summary"
ok "filters hold in summaries" counts "$out" 'n("openat") == 50 and set(s) == {"openat"}'

begun_at=$(date +%s%N)
tc summary --json -o "$out" --pid $$ --duration 0.3
took=$((($(date +%s%N) - begun_at) / 1000000))
ok "--duration ends by itself ($took ms)" test $took -ge 300 -a $took -lt 3000
ok "one object even where nothing happened" counts "$out" 'len(all) == 1'

tc summary -o "$out" -- "$targets/t_calls" 1 12345 678 0
ok "the table has names and counts" grep -q 'getppid' "$out"
ok "the table's counts are exact" grep -q '12345\|12,345' "$out"
ok "the table has errors" grep -q '678' "$out"
ok "the table has no colour in a file" not grep -q "$(printf '\033')" "$out"

# Two summaries and a stream at once, of one process.
gated "$targets/t_calls" 4 10000 0 0
watch "$dir/stream" --pid "$gated" -e getppid
begin "$TRACECTL" --socket "$sock" summary --json -o "$out" --pid "$gated"
one=$begun
begin "$TRACECTL" --socket "$sock" summary --json -o "$dir/two" --pid "$gated" -e getppid
two=$begun
until_ok 10 sessions_are 3
open_gate
wait_for "$gated"
end "$one"
end "$two"
unwatch
ok "two summaries at once: the first" counts "$out" 'n("getppid") == 40000'
ok "two summaries at once: the second" counts "$dir/two" 'n("getppid") == 40000 and set(s) == {"getppid"}'
ok "and a stream beside them" events "$dir/stream" 'made == 40000 + len(["exec", "exit"]) + 2 * 3'

tc summary --json -o "$out" -- "$targets/t_forks" 300 /bin/true >"$dir/pids"
ok "fork storm: every child is counted" counts "$out" \
	'n("execve") == 301 and n("exit_group") == 301 and lost == 0 and len(pids) == 301'

# What was counted for a client that is killed is nobody's: not its either who gets its bit, 63 sessions later.
gated "$targets/t_calls" 1 5000 0 0
begin "$TRACECTL" --socket "$sock" summary --json -o "$out" --pid "$gated"
killed=$begun
until_ok 10 sessions_are 1
open_gate
wait_for "$gated"
end "$killed" KILL
until_ok 10 sessions_are 0
for _ in $(seq 63); do
	tc watch --pid $$ --duration 0.01 -o /dev/null
done
tc summary --json -o "$out" --pid $$ --duration 0.1
ok "the counts of a killed client are not another's" counts "$out" 'n("getppid") == 0 and pids <= {'$$'}'
finish
