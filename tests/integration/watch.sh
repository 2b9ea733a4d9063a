#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# tracectl watch: every filter shows what it says and nothing else, on processes of before and after.

# shellcheck source=tests/integration/lib.sh
. "${SRC_DIR:?}/tests/integration/lib.sh"
daemon_start
out=$dir/out
mkdir "$dir/bin"
cp "$targets/t_calls" "$dir/bin/"
calls=$dir/bin/t_calls

# A process of 10 getppid, 5 failing openat and 2 nanosleep is watched by the options; PID in them is its.
watch_calls() {
	gated "$calls" 1 10 5 2
	words=
	for word; do
		[ "$word" != PID ] || word=$gated
		words="$words $word"
	done
	# shellcheck disable=SC2086 # the words of these tests have no blanks
	watch "$out" $words
	open_gate
	wait_for "$gated"
	unwatch
}

watch_calls --pid PID
ok "--pid: every call" events "$out" \
	'len(calls("getppid")) == 10 and len([c for c in calls("openat", error="ENOENT") if c["args"]["pathname"] == "/nonexistent/file"]) == 5 and
	len(calls("nanosleep", ret=0)) == 2 and lost == 0'
ok "--pid: nothing else" events "$out" "{e['pid'] for e in ev} == {$gated}"
ok "--pid: its execve, names before and after" events "$out" \
	'len(calls("execve", ret=0)) == 1 and ev[-1]["comm"] == "t_calls"'
ok "--pid: its end" events "$out" 'calls("exit_group", ret=None) and ev[-1]["type"] == "exit"'

gated "$calls" 1 3 0 0
first=$gated first_gate=$gate
gated "$calls" 1 4 0 0
watch "$out" --pid "$first,$gated"
open_gate
echo >"$first_gate"
wait_for "$first"
wait_for "$gated"
unwatch
ok "--pid of two" events "$out" \
	"len(calls('getppid', pid=$first)) == 3 and len(calls('getppid', pid=$gated)) == 4"

gated "$calls" 4 10 0 0
watch "$out" --tid "$gated" -e getppid
open_gate
wait_for "$gated"
unwatch
ok "--tid: this thread only" events "$out" "len(calls()) == 10 and {e['tid'] for e in ev} == {$gated}"
gated "$calls" 4 10 0 0
watch "$out" --pid "$gated" -e getppid
open_gate
wait_for "$gated"
unwatch
ok "--pid: all its threads" events "$out" 'len(calls()) == 40 and len({e["tid"] for e in calls()}) == 4'

cp "$calls" "$dir/bin/known-name"
cp "$calls" "$dir/bin/known-too"
watch "$out" --comm known-name -e getppid
"$dir/bin/known-name" 1 21 0 0
"$dir/bin/known-too" 1 22 0 0
unwatch
ok "--comm: processes of that name" events "$out" \
	'len(calls("getppid")) == 21 and {e["comm"] for e in calls()} == {"known-name"}'
watch "$out" --comm 'known-*' -e getppid
"$dir/bin/known-name" 1 21 0 0
"$dir/bin/known-too" 1 22 0 0
"$calls" 1 23 0 0
unwatch
ok "--comm: a glob" events "$out" 'len(calls("getppid")) == 43'
watch "$out" --comm known-name --comm known-too -e getppid
"$dir/bin/known-name" 1 21 0 0
"$dir/bin/known-too" 1 22 0 0
unwatch
ok "--comm: two names" events "$out" 'len(calls("getppid")) == 43'
watch "$out" --comm watched-name -e getppid
"$targets/t_comm" watched-name
unwatch
ok "--comm: a name that comes, goes and comes" events "$out" \
	'len(calls("getppid")) == 16 and {e["comm"] for e in calls()} == {"watched-name"}'

if command -v setpriv >/dev/null; then
	watch "$out" --uid 54321 -e getppid
	setpriv --reuid 54321 --clear-groups "$calls" 1 12 0 0
	"$calls" 1 13 0 0
	unwatch
	ok "--uid" events "$out" 'len(calls()) == 12 and {e["uid"] for e in calls()} == {54321}'
else
	skip "--uid" "setpriv is not installed"
fi

mount=$(sed -n 's/^[^ ]* [^ ]* [^ ]* [^ ]* \([^ ]*\) .* - cgroup2 .*/\1/p' /proc/self/mountinfo | head -n 1)
group=${mount:+$mount/tracer-test-$$}
if [ -n "$mount" ] && mkdir -p "$group/below"; then
	gated "$calls" 1 14 0 0
	echo "$gated" >"$group/cgroup.procs"
	watch "$out" --cgroup "$group" -e getppid
	open_gate
	wait_for "$gated"
	gated "$calls" 1 15 0 0
	echo "$gated" >"$group/below/cgroup.procs"
	open_gate
	wait_for "$gated"
	"$calls" 1 16 0 0
	unwatch
	ok "--cgroup: members, also of those below, also those that come" events "$out" 'len(calls()) == 29'
	rmdir "$group/below" "$group"
else
	skip "--cgroup" "no cgroup2 file system"
fi

watch_calls --pid PID -e getppid,nanosleep
ok "-e: names" events "$out" 'len(calls()) == 12'
watch_calls --pid PID -e %file
ok "-e: a class" events "$out" \
	'len([c for c in calls("openat") if c["error"]]) == 5 and not calls("getppid") and calls("execve")'
watch_calls --pid PID -e '/^(getp|nano)'/
ok "-e: an expression" events "$out" '{c["syscall"] for c in calls()} == {"getppid", "nanosleep"}'
watch_calls --pid PID -e '!getppid,%file,%memory'
ok "-e: all but" events "$out" \
	'not calls("getppid") and not calls("openat") and not calls("mmap") and len(calls("nanosleep")) == 2'
watch_calls --pid PID --failed
ok "--failed" events "$out" 'len(calls("openat")) == 5 and all(c["error"] for c in calls())'
watch_calls --pid PID --ok
ok "--ok" events "$out" \
	'len(calls("getppid")) == 10 and not [c for c in calls() if c["error"]]'
watch_calls --pid PID --errno ENOENT -e openat
ok "--errno" events "$out" 'len(calls()) == 5'
watch_calls --pid PID --errno EPERM,EXDEV
ok "--errno of others" events "$out" 'not calls()'
watch_calls --pid PID --slower 90us -e getppid,nanosleep
ok "--slower" events "$out" \
	'len(calls("nanosleep")) == 2 and len(calls("getppid")) < 10 and all(c["duration_ns"] >= 90000 for c in calls())'
watch_calls --pid PID --path '/nonexist*'
ok "--path" events "$out" 'len(calls()) == 5'
watch_calls --pid PID --path '*/libc.so.6' -e openat,read
ok "--path: also by descriptor" events "$out" 'calls("openat") and calls("read") and len(calls()) < 5'

gated "$targets/t_fds" dup "$dir"
watch "$out" --pid "$gated" --fd 50
open_gate
wait_for "$gated"
unwatch
ok "--fd" events "$out" 'len(calls("write")) == 2 and {c["args"].get("fd", 50) for c in calls("write")} == {50}'

gated sh -c "$calls 1 17 0 0; $calls 1 18 0 0"
watch "$out" --pid "$gated" -e getppid --follow
open_gate
wait_for "$gated"
unwatch
ok "--follow: children too" events "$out" \
	"len([c for c in calls() if c['comm'] == 't_calls']) == 35 and len({c['pid'] for c in calls()} - {$gated}) == 2"
gated sh -c "$calls 1 17 0 0; :"
watch "$out" --pid "$gated"
open_gate
wait_for "$gated"
unwatch
ok "no --follow: the process only" events "$out" "{e['pid'] for e in ev} == {$gated}"

gated "$calls" 1 100 0 0
watch "$out" --pid "$gated" -e getppid --count 7
open_gate
ok "--count ends by itself" wait_for "$watcher"
wait_for "$gated"
ok "--count: so many" events "$out" 'len(calls()) == 7'
begun_at=$(date +%s%N)
tc watch --json -o "$out" --pid $$ --duration 0.3
took=$((($(date +%s%N) - begun_at) / 1000000))
ok "--duration ends by itself" events "$out" 'True'
ok "--duration: so long ($took ms)" test $took -ge 300 -a $took -lt 3000

gated "$targets/t_block" pipe
watch "$out" --pid "$gated" -e read
open_gate
until_ok 5 in_call "$gated" 0
end "$gated" KILL
unwatch
ok "a call cut off by SIGKILL never returned" events "$out" \
	'(lambda c: c["ret"] is None and c["error"] is None and "blocked" not in c)(calls("read")[-1]) and
	of("exit")[-1]["signal"] == "SIGKILL"'

begin "$targets/t_block" pipe
blocked=$begun
until_ok 5 in_call "$blocked" 0
watch "$out" --pid "$blocked" -e read
until_ok 5 test -s "$out"
end "$blocked" KILL
unwatch
ok "a call that began before the watch is shown as blocked, once" events "$out" \
	'len([c for c in calls("read") if c.get("blocked")]) == 1'

# Nobody watches the watchers: else each line would make more lines.
begin "$TRACECTL" --socket "$sock" watch --json -o "$dir/other"
other=$begun
until_ok 10 sessions_are 1
begin "$TRACECTL" --socket "$sock" watch --json -o "$out"
watcher=$begun
until_ok 10 sessions_are 2
begin "$calls" 1 50 0 0
made=$begun
wait_for "$made"
end "$watcher" TERM
end "$other" TERM
ok "no filter: all processes" events "$out" "len(calls('getppid', pid=$made)) == 50"
ok "no filter: neither tracerd nor any tracectl" events "$out" \
	"not {$daemon_pid, $watcher, $other} & {e['pid'] for e in calls()}"
ok "nor does the other show what we write" events "$dir/other" \
	"not {$daemon_pid, $other} & {e['pid'] for e in calls()} and not calls('write', pid=$watcher)"

# Data that is longer than a record, for one session and not for the other.
gated "$targets/t_long" files
begin "$TRACECTL" --socket "$sock" watch --json -o "$dir/long" --pid "$gated" -e write,writev,read -s 300000
long=$begun
until_ok 10 sessions_are 1
begin "$TRACECTL" --socket "$sock" watch --json -o "$out" --pid "$gated" -e write,writev,read
watcher=$begun
until_ok 10 sessions_are 2
open_gate
wait_for "$gated"
end "$watcher" TERM
end "$long" TERM
until_ok 20 sessions_are 0
ok "-s 300000: all of a line, of a buffer that was read, of a vector" events "$dir/long" \
	'len(calls("write")[0]["args"]["buf"]) == 200000 and len(calls("read")[-1]["args"]["buf"]) == 65536 and
	[len(v["iov_base"]) for v in calls("writev")[0]["args"]["iov"]] == [20000] * 5 and lost == 0'
ok "-s 300000: in the right order" events "$dir/long" \
	'calls("write")[0]["args"]["buf"][8:] == "".join("%07d " % i for i in range(8, 200000, 8))[:-1] + "\n"'
ok "-s 32 beside it" events "$out" \
	'[len(c["args"]["buf"]) for c in calls("write")] == [32, 32] and
	[len(v["iov_base"]) for v in calls("writev")[0]["args"]["iov"]] == [32] * 5 and made < 20 and lost == 0'

watch "$out" -e getppid
"$targets/t_pid_reuse" "$dir" >"$dir/reused"
case $? in
0)
	unwatch
	pid=$(cat "$dir/reused")
	rm -f "$dir/first" "$dir/second"
	watch "$out" --follow -y -e write --comm t_pid_reuse --comm first --comm second
	"$targets/t_pid_reuse" "$dir" >"$dir/reused"
	unwatch
	pid=$(cat "$dir/reused")
	ok "a pid that is used again is another process" events "$out" \
		"[(c['comm'], c['args']['buf'], c['fds']['fd'].rsplit('/')[-1]) for c in calls('write', pid=$pid)] ==
		[(n, n, n) for n in ('first', 'second')]"
	;;
*)
	unwatch
	skip "a pid that is used again is another process" "the kernel gave other pids"
	;;
esac

watch "$out" -e getppid --comm t_calls
: >"$dir/told"
gated "$calls" 1 5 0 0
open_gate
wait_for "$gated"
unwatch
ok "a process that comes later" events "$out" "len(calls(pid=$gated)) == 5"
finish
