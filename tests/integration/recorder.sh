#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# Flight recorders: what they keep, within which bounds, and who may see it.

# shellcheck source=tests/integration/lib.sh
. "${SRC_DIR:?}/tests/integration/lib.sh"
conf=$dir/conf
out=$dir/out
mkdir "$dir/bin"
cp "$targets/t_calls" "$dir/bin/rec-one"
cp "$targets/t_calls" "$dir/bin/rec-two"
cp "$targets/t_calls" "$dir/bin/rec-cat"

# dump FILE OPTION..: what the recorder says, as JSON.
dump() {
	file=$1
	shift
	tc dump --json -o "$file" "$@"
}

# recorder_has NAME WORD: in the line of status.
recorder_has() {
	tc status --json >"$dir/status" && python3 -c 'import json, sys
lines = json.load(open(sys.argv[1]))["recorder_list"]
sys.exit(not any(l.split()[0] == sys.argv[2] and sys.argv[3] in l.split() for l in lines))' \
		"$dir/status" "$1" "$2"
}

cat >"$conf" <<EOF
[recorder one]
filter = --comm rec-one -e '!futex'
[recorder small]
filter = --comm=rec-cat
memory-mb = 1
EOF
daemon_start --config "$conf"
ok "status lists it" recorder_has one recording=yes

"$dir/bin/rec-one" 1 10 5 2
"$dir/bin/rec-two" 1 10 0 0
dump "$out" one
ok "a dump has what was done before it" events "$out" \
	'len(calls("getppid")) == 10 and len(calls("openat", error="ENOENT")) >= 5 and lost == 0'
ok "its filter holds" events "$out" '{e["comm"] for e in calls("getppid")} == {"rec-one"}'
dump "$out" one -e getppid
ok "dump has filters of its own" events "$out" 'len(calls()) == len(calls("getppid")) == 10'
dump "$out" one --failed --errno ENOENT -e openat
ok "of results too" events "$out" 'len(calls()) >= 5 and all(c["error"] == "ENOENT" for c in calls())'
dump "$out" one --comm rec-two
ok "of names" events "$out" 'not calls()'
dump "$out" one --path /nonexistent/file
ok "of paths" events "$out" 'len(calls()) == 5'
dump "$out" one --pid 999999999
ok "of processes that are gone" events "$out" 'not calls()'
# shellcheck disable=SC2016 # the inner shell expands it
begin sh -c '"$0" 1 3 0 0; "$0" 1 4 0 0; true' "$dir/bin/rec-one"
wait_for "$begun"
dump "$out" one --pid "$begun" -e getppid
ok "of processes, without their children" events "$out" 'not calls()'
dump "$out" one --pid "$begun" --follow -e getppid
ok "of processes with their children" events "$out" 'len(calls()) == 7'
mount=$(sed -n 's/^[^ ]* [^ ]* [^ ]* [^ ]* \([^ ]*\) .* - cgroup2 .*/\1/p' /proc/self/mountinfo | head -n 1)
group=$mount/tracer-test-$$
if [ -n "$mount" ] && mkdir -p "$group/below.service" 2>/dev/null; then
	for where in "$group" "$group/below.service"; do
		gated "$dir/bin/rec-one" 1 5 0 0
		echo "$gated" >"$where/cgroup.procs"
		open_gate
		wait_for "$gated"
	done
	dump "$out" one --cgroup "$group" -e getppid
	ok "of control groups, with those below" events "$out" 'len(calls()) == 10'
	dump "$out" one --unit below -e getppid
	ok "of units" events "$out" 'len(calls()) == 5'
	rmdir "$group/below.service" "$group"
	tc dump one --unit below >"$out" 2>"$dir/refused"
	ok "of units that are gone: refused" is $? 1
	ok "of units that are gone: says so" grep -q 'unit below.service is not running' "$dir/refused"
else
	skip "of control groups" "no cgroup2 file system"
fi
refused "of control groups in a file" 'does not tell control groups' dump --file "$conf" --unit nginx
dump "$out" one --count 3
ok "--count" events "$out" 'len(calls()) == 3'
until_ok 5 sh -c 'sleep 0.6'
"$dir/bin/rec-one" 1 7 0 0
dump "$out" one -e getppid --last 0.5s
ok "--last" events "$out" 'len(calls()) == 7'
tc dump >"$out" 2>"$dir/refused"
ok "which one has to be said" grep -q 'one, small' "$dir/refused"
tc dump one --format strace >"$out"
ok "every format" grep -q 'getppid()  *= ' "$out"

# What is needed to name things is kept where it was told long ago: by the shell, at its first call.
mkfifo "$dir/talk"
# shellcheck disable=SC2016 # the inner shell expands it
begin sh -c 'exec 7</etc/hostname; printf rec-cat >/proc/$$/comm; while read -r n; do read -r x <&7; done <"$0"' "$dir/talk"
talker=$begun
exec 9>"$dir/talk"
until_ok 5 grep -q rec-cat "/proc/$talker/comm"
echo >&9
for n in 1000 2000 2000 2000 2000 2000 2000 2000 2000 2000 2000; do
	"$dir/bin/rec-cat" 1 "$n" 0 0
	echo >&9
done
until_ok 5 in_call "$talker" 0
dump "$out" small --pid "$talker" -y
ok "old facts are still known" events "$out" \
	'0 < len(calls("dup2")) / 2 < 12 and {c["comm"] for c in calls()} == {"rec-cat"} and
	{c["fds"]["oldfd"] for c in calls("dup2") if c["args"]["oldfd"] == 7} == {"/etc/hostname"}'
exec 9>&-
wait_for "$talker"
tc status --json >"$dir/status"
ok "memory is bounded" python3 -c 'import json, sys
lines = json.load(open(sys.argv[1]))["recorder_list"]
sizes = [int(w[6:]) for l in lines for w in l.split() if w.startswith("bytes=")]
print(sizes)
sys.exit(not 500000 < sizes[1] < 1300000)' "$dir/status"

if command -v setpriv >/dev/null; then
	setpriv --reuid 54321 --clear-groups "$TRACECTL" --socket "$sock" dump one >"$out" 2>"$dir/refused"
	ok "another user may not" is $? 1
	ok "and is told so" grep -q 'only root' "$dir/refused"
	ok "and gets nothing" not test -s "$out"
else
	skip "another user may not" "setpriv is not installed"
fi

dump "$out" one -e openat
ok "paths are kept" events "$out" 'calls("openat")[-1]["args"]["pathname"].startswith("/")'
cat >"$conf" <<EOF
[daemon]
payload = off
[recorder one]
filter = --comm rec-one -e '!futex'
[recorder two]
filter = --comm rec-two
EOF
kill -HUP "$daemon_pid"
until_ok 10 recorder_has two recording=yes
ok "a recorder can be added" recorder_has two recording=yes
dump "$out" one
ok "the others keep what they have" events "$out" 'len(calls("getppid")) >= 24'
ok "who may see no data gets none" events "$out" \
	'all(c["args"]["pathname"].startswith("0x") for c in calls("openat")) and {e["comm"] for e in calls()} == {"rec-one"}'
ok "and removed" not recorder_has small recording=yes
cat >"$conf" <<EOF
[recorder long]
payload = full
filter = --comm t_long -e write -s 300000
EOF
kill -HUP "$daemon_pid"
until_ok 10 recorder_has long recording=yes
"$targets/t_long" files
dump "$out" long
ok "data that is longer than a record" events "$out" 'len(calls("write")[0]["args"]["buf"]) == 32'
dump "$out" long -s 300000
ok "and all of it" events "$out" 'len(calls("write")[0]["args"]["buf"]) == 200000 and lost == 0'
cat >"$conf" <<EOF
[daemon]
payload = metadata
[recorder long]
payload = full
filter = --comm t_long -e write -s 300000
[recorder three]
filter = --comm rec-two
EOF
kill -HUP "$daemon_pid"
until_ok 10 recorder_has three recording=yes
dump "$out" long -s 300000
ok "and none of it for who may see no contents" events "$out" \
	'calls("write")[0]["args"]["buf"].startswith("0x")'
: >"$conf"
kill -HUP "$daemon_pid"
until_ok 10 not recorder_has one recording=yes
tc dump >"$out" 2>"$dir/refused"
ok "none is left: says so" grep -q 'keeps no recorder' "$dir/refused"
ok "and nothing is attached" status_has programs_attached 0
end "$daemon_pid"
ok "nothing else was said" not grep -v -e recording -e serving -e 'read again' "$dir/tracerd.log"
finish
