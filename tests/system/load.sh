#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# What is watched is extreme: many processes and threads, numbers that come again, names made to hurt, a
# cgroup that goes away, clocks that differ, a disk that is full.
#
# Alone: thousands of threads and processes.

# shellcheck source=tests/integration/lib.sh
. "${SRC_DIR:?}/tests/integration/lib.sh"
daemon_start
out=$dir/out
tc run --json -o "$out" -- true
until_ok 10 sessions_are 0
idle_fds=$(fds)

# sound NAME: the daemon lives, is small, has what it had, and the next session works.
sound() {
	ok "$1: the daemon lives" kill -0 "$daemon_pid"
	ok "$1: no session is left" until_ok 10 sessions_are 0
	ok "$1: no descriptor is left" until_ok 10 fds_at_most "$idle_fds"
	ok "$1: memory within 64 MB" small "$dir/status"
	tc run --json -o "$out" -- "$targets/t_calls" 1 50 0 0
	ok "$1: the next session works" events "$out" 'len(calls("getppid")) == 50 and lost == 0'
}

# As fast as this machine can, with everything that a process does.
begin "$TRACECTL" --socket "$sock" watch --json -o "$out" --comm t_brief
watcher=$begun
until_ok 20 sessions_are 1
cp "$targets/t_brief" "$dir/t_brief"
"$dir/t_brief" 20000 >"$dir/rate"
end "$watcher" INT
echo "# $(cat "$dir/rate") short-lived processes a second"
ok "20000 short-lived processes: each fork and end is there, or counted" events "$out" \
	'len(of("fork")) + len(of("exit")) + len(calls()) + len(of("exec")) + len(of("signal")) == end["events"] and
	(len(of("fork")) >= 20000 and len(of("exit")) >= 20000 if not lost else made >= 80000)'
sound "short-lived processes"

tc run --json -o "$out" -e getppid -- "$targets/t_calls" 5000 4 0 0
ok "5000 threads: status" is $? 0
ok "5000 threads: every call is there, or counted" events "$out" \
	'made == 5000 * 4 + len(["exec"]) + 4999 + 5000 and (lost or len({c["tid"] for c in calls()}) == 5000)'
tc summary --json -o "$out" -e getppid -- "$targets/t_calls" 5000 4 0 0
ok "5000 threads: counted exactly" python3 -c 'import json, sys
s = [json.loads(l) for l in open(sys.argv[1])]
print(s)
sys.exit(sum(c["calls"] for i in s for c in i["syscalls"]) != 20000)' "$out"
sound "5000 threads"

# Numbers come again: a namespace with few of them (its own limit since Linux 6.14), as root sees it from outside.
cat >"$dir/wrap.sh" <<'END'
mount -t proc proc /proc 2>/dev/null
echo 400 >/proc/sys/kernel/pid_max 2>/dev/null
seen= again=no
i=0
while [ $i -lt 600 ]; do
	true &
	case " $seen " in
	*" $! "*) again=yes ;;
	esac
	seen="$seen $!"
	wait $!
	i=$((i + 1))
done
echo "$again"
END
max=$(cat /proc/sys/kernel/pid_max)
case $(uname -r) in
[0-5].* | 6.[0-9].* | 6.1[0-3].*) skip "pid wrap-around" "before Linux 6.14 the limit is that of the host" ;;
*)
	tc run -f --json -o "$out" -- unshare -p -m --fork sh "$dir/wrap.sh" >"$dir/again"
	ok "pid wrap-around: numbers came again" grep -q yes "$dir/again"
	ok "pid wrap-around: every process that began also ended" events "$out" \
		'lost or len({e["child_pid"] for e in of("fork")}) <= len([e for e in of("exit") if e["process"]])'
	ok "pid wrap-around: the host's limit is what it was" is "$(cat /proc/sys/kernel/pid_max)" "$max"
	sound "pid wrap-around"
	;;
esac

mount=$(sed -n 's/^[^ ]* [^ ]* [^ ]* [^ ]* \([^ ]*\) .* - cgroup2 .*/\1/p' /proc/self/mountinfo | head -n 1)
group=$mount/tracer-fault-$$
if [ -n "$mount" ] && mkdir "$group" 2>/dev/null; then
	gated "$targets/t_calls" 1 10 0 0
	echo "$gated" >"$group/cgroup.procs"
	watch "$out" --cgroup "$group" -e getppid
	open_gate
	wait_for "$gated"
	until_ok 5 rmdir "$group"
	ok "a cgroup that goes: the session stays" sessions_are 1
	mkdir "$group"
	gated "$targets/t_calls" 1 7 0 0
	echo "$gated" >"$group/cgroup.procs"
	open_gate
	wait_for "$gated"
	unwatch
	ok "a cgroup that goes: another of its name is another" events "$out" 'len(calls()) == 10 and lost == 0'
	until_ok 5 rmdir "$group"
	tc watch --cgroup "$group" -o "$out" 2>"$dir/refused"
	ok "a cgroup that is gone: refused" test $? -ne 0
	ok "a cgroup that is gone: in one sentence" one_line "$dir/refused"
	sound "a cgroup that goes"
else
	skip "a cgroup that goes" "no cgroup2 file system to write to"
fi

# Names: escapes that would rename the terminal, newlines, bytes that are no UTF-8, quotes.
cat >"$dir/hostile.py" <<'END'
import ctypes, os, sys
evil = b'\x1b[31m\x1b]0;owned\x07\n\r\xff\xfe"\'\\\xe2\x80\xae\xc3'
libc = ctypes.CDLL(None)
libc.prctl(15, evil[:15], 0, 0, 0)
for name in (evil, b"\xf0\x9f\x98", b"a\nb", b"\x9b2J", b"x" * 255):
    path = os.fsencode(sys.argv[1]) + b"/" + name
    fd = os.open(path, os.O_CREAT | os.O_RDWR)
    os.write(fd, evil)
    os.close(fd)
    try:
        os.open(path + b"-not", os.O_RDONLY)
    except OSError:
        pass
program = os.fsencode(sys.argv[1]) + b"/" + b"\x1b[1m\n\xff"
os.symlink("/bin/true", program)
os.execv(program, [evil, evil * 20, b"", b"\n"])
END
# harmless FILE [CATEGORY..]: valid UTF-8 without characters that a terminal acts on, but newlines and tabs.
harmless() {
	python3 -c 'import sys, unicodedata
text = open(sys.argv[1], "rb").read().decode("utf-8")
bad = {c for c in text if c not in "\n\t" and unicodedata.category(c) in (sys.argv[2:] or ("Cc", "Cf"))}
print(bad, [l for l in text.splitlines() if any(c in l for c in bad)][:3])
sys.exit(bool(bad) or not text)' "$@"
}
for format in human strace json; do
	mkdir "$dir/evil"
	tc run --format $format -y -s 300 -o "$out" -- python3 "$dir/hostile.py" "$dir/evil"
	ok "hostile names, $format: status" is $? 0
	if [ $format = json ]; then
		ok "hostile names, json: no control characters" harmless "$out" Cc
		ok "hostile names, json: nothing is lost" events "$out" 'lost == 0 and calls("execve", ret=0)'
	else
		ok "hostile names, $format: harmless to a terminal" harmless "$out"
	fi
	rm -rf "$dir/evil"
done
tc summary -o "$out" -- python3 "$dir/hostile.py" "$(mkdir "$dir/evil" && echo "$dir/evil")"
ok "hostile names, summary: harmless to a terminal" harmless "$out"
rm -rf "$dir/evil"

# One that waits, with such a name and such a command line, for a path that has one.
cat >"$dir/waits.py" <<'END'
import ctypes, os, sys
evil = b'\x1b[31m\x1b]0;owned\x07\n\r\xff\xfe"\'\\\xe2\x80\xae\xc3'
ctypes.CDLL(None).prctl(15, evil[:15], 0, 0, 0)
path = os.fsencode(sys.argv[1]) + b"/" + evil
os.mkfifo(path)
os.open(path, os.O_RDONLY)
END
mkdir "$dir/evil"
begin python3 "$dir/waits.py" "$dir/evil" "$(printf '\033[1m\n\377')"
waits=$begun
until_ok 10 in_call "$waits" 257
for format in human strace json; do
	tc pending --pid "$waits" --format $format -o "$out"
	ok "hostile names, pending, $format: it is there" grep -q openat\\\|open "$out"
	# shellcheck disable=SC2046 # none or one
	ok "hostile names, pending, $format: harmless to a terminal" harmless "$out" $([ $format != json ] || echo Cc)
done
end "$waits" KILL
rm -rf "$dir/evil"
sound "hostile names"

# Clocks: a client whose monotonic clock is a day ahead shows the same times.
if unshare -T --monotonic 86400 true 2>/dev/null; then
	unshare -T --monotonic 86400 --boottime 86400 "$TRACECTL" --socket "$sock" run --json -o "$out" -- \
		"$targets/t_calls" 1 10 0 0
	ok "a client with another monotonic clock: status" is $? 0
	ok "a client with another monotonic clock: times are of now" events "$out" \
		"calls('getppid') and all(abs(c['time'] - $(date +%s)) < 60 for c in calls())"
	unshare -T --monotonic 86400 "$TRACECTL" --socket "$sock" watch --json -o "$out" --duration 500ms --pid $$
	ok "a client with another monotonic clock: --duration" is $? 0
	sound "clocks"
else
	skip "clocks" "no time namespaces"
fi

mkdir "$dir/small"
if mount -t tmpfs -o size=64k tmpfs "$dir/small" 2>/dev/null; then
	begin "$targets/t_calls" 1 1000000000 0 0
	storm=$begun
	for format in human json; do
		tc watch --format $format -o "$dir/small/out" --pid "$storm" 2>"$dir/full"
		ok "a full disk, $format: it ends with 1" is $? 1
		ok "a full disk, $format: in one sentence" one_line "$dir/full"
		ok "a full disk, $format: which says so" grep -q 'No space left' "$dir/full"
		rm -f "$dir/small/out"
	done
	end "$storm" KILL
	umount "$dir/small"
	sound "a full disk"
else
	skip "a full disk" "no tmpfs can be mounted"
fi
end "$daemon_pid"
finish
