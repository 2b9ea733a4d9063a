#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# Who may see what: an ordinary user asks everything that can be asked while processes that are none of its
# business are busy, and gets no record, name, path, count or pid of theirs.

# shellcheck source=tests/integration/lib.sh
. "${SRC_DIR:?}/tests/integration/lib.sh"
command -v setpriv >/dev/null || {
	echo "1..0 # SKIP no setpriv"
	exit 0
}
me=54321 other=54322
mkdir "$dir/bin" "$dir/out" "$dir/secret"
chown $me "$dir/out"
chmod 700 "$dir/secret"
cp "$TRACECTL" "$TRACERD" "$targets/t_hidden" "$targets/t_calls" "$dir/bin/" # the build tree may be root's alone
cp "$targets/t_hidden" "$dir/bin/mine"
for kind in setuid setgid caps; do
	cp "$targets/t_hidden" "$dir/bin/$kind"
done
chmod 4755 "$dir/bin/setuid"
chgrp 2 "$dir/bin/setgid"
chmod 2755 "$dir/bin/setgid"
# cap_net_raw+ep, as setcap writes it
python3 -c 'import os, struct, sys
os.setxattr(sys.argv[1], "security.capability", struct.pack("<5I", 0x02000001, 1 << 13, 0, 0, 0))' "$dir/bin/caps"
printf '[user]\nsessions = 4\nmemory-mb = 2\n' >"$dir/conf"
daemon_start --config "$dir/conf"
daemon_began=$(date +%s)
ctl=$dir/bin/tracectl

# as UID CMD..
as() {
	uid=$1
	shift
	setpriv --reuid "$uid" --regid "$uid" --clear-groups "$@"
}

# hide NAME CMD..: one more process that must stay hidden.
hidden=
hide() {
	begun_file=$dir/secret/$1
	shift
	begin "$@" >"$begun_file"
	until_ok 10 test -s "$begun_file"
	hidden="$hidden $(cat "$begun_file")"
}

hide root "$dir/bin/t_hidden" as-is
hide other setpriv --reuid $other --regid $other --clear-groups "$dir/bin/t_hidden" as-is
hide gid setpriv --reuid $me --regid $other --clear-groups "$dir/bin/t_hidden" as-is
hide drop "$dir/bin/t_hidden" drop $me $me
for kind in setuid setgid caps; do
	hide $kind setpriv --reuid $me --regid $me --clear-groups "$dir/bin/$kind" as-is
done
hide undump setpriv --reuid $me --regid $me --clear-groups "$dir/bin/t_hidden" undump
begin setpriv --reuid $me --regid $me --clear-groups "$dir/bin/mine" mine >"$dir/secret/mine"
mine=$begun

# What root's session sees: all of them are busy.
begin "$TRACECTL" --socket "$sock" watch --json -o "$dir/secret/all" -e timerfd_gettime,timerfd_settime
root_session=$begun
until_ok 20 sessions_are 1

cat >"$dir/check.py" <<'END'
import json, os, sys
kind, path, mine, uid = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
hidden = {int(p) for p in sys.argv[5:]}
raw = open(path, "rb").read().decode("utf-8")
def fail(why):
    print(why)
    print(raw[:1500])
    sys.exit(1)
if "hidden" in raw:
    fail("a hidden name: " + raw[raw.index("hidden") - 300:][:400])
lines = [json.loads(l) for l in raw.splitlines()]
seen = set()
def walk(v, key=""):
    if isinstance(v, dict):
        for k, w in v.items():
            walk(w, k)
    elif isinstance(v, list):
        for w in v:
            walk(w, key)
    elif key in ("pid", "tid", "child_pid", "child_tid") and isinstance(v, int):
        seen.add(v)
walk(lines)
if seen & hidden:
    fail("hidden pids: %r" % (seen & hidden))
if kind == "summary":
    names = {c["syscall"]: c["calls"] for i in lines for c in i["syscalls"]}
    if names.get("timerfd_gettime"):
        fail("calls of others are counted")
    if not names.get("timerfd_settime"):
        fail("own calls are not counted: %r" % names)
else:
    others = [e for e in lines if "uid" in e and e["uid"] != uid]
    if others:
        fail("of another user: %r" % others[:3])
    if any(e.get("syscall") == "timerfd_gettime" for e in lines):
        fail("calls of others")
    if kind == "mine" and mine not in seen:
        fail("own processes are not seen")
    if kind == "nothing" and seen:
        fail("something is seen: %r" % seen)
END
# sees KIND FILE: what the user got holds nothing hidden; KIND: mine (which is there), some, nothing, summary.
sees() {
	# shellcheck disable=SC2086 # a list of pids
	python3 "$dir/check.py" "$1" "$2" "$mine" "$me" $hidden
}

# When this holds all have been busy for a while since it was asked first.
busy_again() {
	tail -c "+$(($1 + 1))" "$dir/secret/all" | sed '1d; $d' | awk -v pids="$hidden" '
		match($0, /"pid":[0-9]+/) { seen[substr($0, RSTART + 6, RLENGTH - 6)]++ }
		END {
			n = split(pids, pid)
			for (i = 1; i <= n; i++)
				if (seen[pid[i]] < 2)
					exit 1
		}'
}
all_busy() {
	until_ok 20 busy_again "$(stat -c %s "$dir/secret/all")" || echo "Bail out! not all hidden processes are busy"
}
all_busy

# user_session NAME KIND OPTION..: the user asks; nothing that is hidden comes.
user_session() {
	asked=$1 kind=$2
	shift 2
	file=$dir/out/file
	rm -f "$file"
	begin setpriv --reuid $me --regid $me --clear-groups "$ctl" --socket "$sock" "$@" --json -o "$file" 2>"$dir/err"
	watcher=$begun
	until_ok 20 sessions_are 2 || sed 's/^/# /' "$dir/err"
	all_busy
	end "$watcher" INT
	ok "$asked" sees "$kind" "$file"
	until_ok 20 sessions_are 1
}

user_session "watch" mine watch
user_session "watch with descriptors" mine watch -y -s 200
user_session "watch -f" mine watch -f
user_session "watch --uid" mine watch --uid $me
user_session "watch --comm" nothing watch --comm 'hidden*'
user_session "watch --comm, exact" nothing watch --comm t_hidden --comm hidden
user_session "watch --cgroup" mine watch --cgroup /
user_session "watch -e" some watch -e timerfd_gettime
user_session "watch --failed" mine watch --failed
user_session "watch --ok" mine watch --ok
user_session "watch --fd" some watch --fd 0,1,2,3
user_session "watch --env" mine watch --env --show-secrets --quiet-startup
user_session "watch --tid" mine watch --tid "$mine"
user_session "watch --budget" mine watch --budget 100%
user_session "watch --errno" mine watch --errno ENOENT,EBADF
user_session "watch --slower" some watch --slower 30s
user_session "watch --pid" mine watch -f --pid "$mine"
user_session "watch --path" nothing watch --path '/nonexistent/hid*'
user_session "summary" summary summary
user_session "summary -f" summary summary -f --pid "$mine"

as $me "$ctl" --socket "$sock" pending --json -o "$dir/out/pending"
ok "pending" sees mine "$dir/out/pending"
ok "pending: own processes are there" grep -q nanosleep "$dir/out/pending"
for pid in $hidden 1 $$ 4194303; do
	as $me "$ctl" --socket "$sock" watch --pid "$pid" --json -o "$dir/out/none" 2>>"$dir/err.pids"
done
as $me "$ctl" --socket "$sock" watch --tid "${hidden##* }" --json -o "$dir/out/none" 2>"$dir/err"
ok "watch --tid of another: refused" is $? 1
ok "watch --pid of another: refused, whether there is one or not" \
	is "$(grep -c '^tracectl: .*no process' "$dir/err.pids") $(wc -l <"$dir/err.pids")" "11 11"
as $me "$ctl" --socket "$sock" watch --uid 0 --json -o "$dir/out/none" 2>"$dir/err"
ok "watch --uid of another: refused" is $? 1
as $me "$ctl" --socket "$sock" status >"$dir/out/status"
as $me "$ctl" --socket "$sock" status --json >"$dir/out/status.json"
ok "status: nothing of other sessions" python3 -c 'import json, sys
s = json.load(open(sys.argv[1]))
print(s)
sys.exit(s["sessions"] != 0 or s["session_list"] != [] or bool({"events", "lost", "programs_attached"} & set(s)))' \
	"$dir/out/status.json"

# A process that gains privilege while it is followed.
gain() {
	rm -f "$dir/out/file" "$dir/secret/gain" "$dir/gain"
	mkfifo "$dir/gain"
	# shellcheck disable=SC2016 # the inner shell expands it
	begin setpriv --reuid $me --regid $me --clear-groups sh -c 'read -r go <"$0"; "$1" as-is & exec "$1" as-is' \
		"$dir/gain" "$dir/bin/$1" >"$dir/secret/gain"
	gained=$begun
	until_ok 10 in_call "$gained" 257
	begin setpriv --reuid $me --regid $me --clear-groups "$ctl" --socket "$sock" watch -f --json -o "$dir/out/file" \
		--pid "$gained"
	watcher=$begun
	until_ok 20 sessions_are 2
	echo >"$dir/gain"
	until_ok 10 sh -c "[ \$(wc -l <'$dir/secret/gain') = 2 ]"
	all_busy
	end "$watcher" INT
	end "$gained" KILL
	while read -r pid; do
		kill -KILL "$pid" 2>/dev/null
	done <"$dir/secret/gain"
	until_ok 20 sessions_are 1
}
for kind in setuid setgid caps; do
	gain $kind
	ok "$kind while it is followed: what it does then is not seen" python3 -c 'import json, sys
raw = open(sys.argv[1]).read()
ev = [json.loads(l) for l in raw.splitlines()]
print(raw[-1500:])
sys.exit("hidden" in raw or any(e["type"] in ("exec", "exit") or e.get("syscall") in ("execve", "timerfd_gettime") for e in ev)
	or not any(e["type"] == "fork" for e in ev))' "$dir/out/file"
done

# One that tells the kernel to keep others out, while it is followed.
mkfifo "$dir/later"
# shellcheck disable=SC2016 # the inner shell expands it
begin setpriv --reuid $me --regid $me --clear-groups sh -c 'read -r go <"$0"; exec "$1" later' \
	"$dir/later" "$dir/bin/mine" >"$dir/secret/later"
later=$begun
until_ok 10 in_call "$later" 257
rm -f "$dir/out/file"
begin setpriv --reuid $me --regid $me --clear-groups "$ctl" --socket "$sock" watch -f --json -o "$dir/out/file" \
	--pid "$later"
watcher=$begun
until_ok 20 sessions_are 2
echo >"$dir/later"
until_ok 10 sh -c "[ \$(wc -l <'$dir/secret/later') = 2 ]"
all_busy
end "$watcher" INT
end "$later" KILL
until_ok 20 sessions_are 1
ok "not dumpable any more: seen until then" events "$dir/out/file" 'len(calls("timerfd_settime")) == 20'
ok "not dumpable any more: gone from then on" events "$dir/out/file" \
	'not calls("timerfd_gettime") and not [e for e in ev if "hidden" in str(e)] and
	not [e for e in of("exit") if e["process"] and e["comm"].startswith("hidden")]'

# A namespace that the user made: what runs there is still the user's.
if as $me unshare -U true 2>/dev/null; then
	begin setpriv --reuid $me --regid $me --clear-groups unshare -U -r "$dir/bin/mine" mine >"$dir/secret/below"
	below=$begun
	until_ok 10 test -s "$dir/secret/below"
	as $me "$ctl" --socket "$sock" watch --json -o "$dir/out/file" --count 50 -e timerfd_settime
	ok "a user namespace of the user's own: seen from outside" grep -q "\"pid\":${below}[,}]" "$dir/out/file"
	end "$below" KILL
fi

# run: su and passwd are set-uid. What they do is not seen, and run ends with them.
for program in su passwd; do
	path=$(command -v $program) || continue
	as $me "$ctl" --socket "$sock" run -f --json -o "$dir/out/file" -- sh -c "$path </dev/null; true" >/dev/null 2>&1
	ok "run: $program ends" is $? 0
	ok "run: $program is not seen" events "$dir/out/file" \
		"not [e for e in ev if e['comm'] == '$program'] and not [e for e in calls() if '/etc/shadow' in str(e['args'])]"
done

# The same from a user namespace of the user's own: outside it is nobody.
mkdir "$dir/out/ns"
chown $me "$dir/out/ns"
cat >"$dir/inside.sh" <<'END'
"$1" --socket "$2" watch --json -o "$3/watch" 2>"$3/err" &
watch=$!
"$1" --socket "$2" summary --json -o "$3/summary" &
summary=$!
"$4" mine >"$3/pid" &
busy=$!
tries=0
while ! grep -q settime "$3/watch" && [ $tries -lt 150 ]; do sleep 0.02; tries=$((tries + 1)); done
"$1" --socket "$2" pending --json -o "$3/pending"
"$1" --socket "$2" status --json >"$3/status"
echo >"$3/ready"
while [ ! -e "$3/go" ]; do sleep 0.02; done
kill -INT $watch $summary
wait $watch $summary
kill $busy
END
where_sock=$sock
# inside NAME CMD..: the same questions from where the command brings us; then the checks.
inside() {
	where=$1
	shift
	rm -rf "$dir/out/ns"
	mkdir "$dir/out/ns"
	chmod 777 "$dir/out/ns"
	begin "$@" sh "$dir/inside.sh" "$ctl" "$where_sock" "$dir/out/ns" "$dir/bin/mine"
	insider=$begun
	until_ok 30 test -e "$dir/out/ns/ready" || cat "$dir/out/ns/err"
	all_busy
	: >"$dir/out/ns/go"
	wait_for "$insider"
	[ "$where" = "user namespace of root" ] || # whose rights can't be told from those of root itself
		ok "$where: its own processes are seen" grep -q timerfd_settime "$dir/out/ns/watch"
	ok "$where: none outside, in watch" not grep -q "hidden\|\"pid\":${mine}[,}]" "$dir/out/ns/watch"
	ok "$where: only calls of its own are counted" python3 -c 'import json, sys
s = [json.loads(l) for l in open(sys.argv[1])]
print(s)
pids = {p["pid"] for i in s for p in i["processes"]}
sys.exit(int(sys.argv[2]) in pids or any(c["syscall"] == "timerfd_gettime" for i in s for c in i["syscalls"]))' \
		"$dir/out/ns/summary" "$mine"
	ok "$where: pending" not grep -q "hidden\|\"pid\":${mine}[,}]" "$dir/out/ns/pending"
	ok "$where: status" grep -q 'your own processes' "$dir/out/ns/status"
}
if as $me unshare -U true 2>/dev/null; then
	inside "user namespace" setpriv --reuid $me --regid $me --clear-groups unshare -U -r
	inside "user namespace of root" unshare -U -r setpriv --reuid 0
else
	skip "user namespace" "this kernel allows none to users"
fi
# A container to which the socket is mounted, under another name; its own is out of reach there.
mkdir "$dir/box"
: >"$dir/box/mounted"
where_sock=$dir/box/mounted
inside "container" unshare -m -p -n --fork sh -c "mount --bind '$sock' '$where_sock' && mount --bind /dev/null '$sock' &&
	mount -t proc proc /proc && exec setpriv --reuid $me --regid $me --clear-groups \"\$@\"" sh
if as $me unshare -U true 2>/dev/null; then
	inside "container of its own users" unshare -m -p -n --fork sh -c "mount --bind '$sock' '$where_sock' &&
		mount --bind /dev/null '$sock' && mount -t proc proc /proc && exec setpriv --reuid $me --regid $me \
		--clear-groups unshare -U -r \"\$@\"" sh
fi
where_sock=$sock

# Limits of one user.
holders=
for i in 1 2 3 4; do
	begin setpriv --reuid $me --regid $me --clear-groups "$ctl" --socket "$sock" watch -o "$dir/out/held$i"
	holders="$holders $begun"
done
until_ok 10 sessions_are 5
as $me "$ctl" --socket "$sock" watch --json -o "$dir/out/none" 2>"$dir/err"
ok "a fifth session is refused" is $? 1
ok "with the limit" grep -q 'you may have 4 sessions' "$dir/err"
as $other "$ctl" --socket "$sock" run --json -o /dev/null -- true
ok "another user has his own limit" is $? 0
for pid in $holders; do
	end "$pid" KILL
done
until_ok 10 sessions_are 1
# refusals_told N: at least one, and one a minute.
refusals_told() {
	echo "$1"
	[ "$1" -ge 1 ] && [ "$1" -le $((1 + ($(date +%s) - daemon_began) / 60)) ]
}
ok "what was refused is in the log, not each time" refusals_told "$(grep -c "user $me was refused" "$dir/tracerd.log")"
end "$root_session" INT
end "$daemon_pid"

printf '[user]\nrate = 100\n' >"$dir/conf"
daemon_start --config "$dir/conf"
as $me "$ctl" --socket "$sock" run --json -o "$dir/out/file" -e getppid -- "$dir/bin/t_calls" 1 5000 0 0
ok "rate: what is more is lost, and counted" events "$dir/out/file" 'lost > 0 and made == 5000 + len(["exec", "exit"])'
ok "rate: and the reason said" events "$dir/out/file" '"rate" in {e["where"] for e in of("lost")}'
tc run --json -o "$dir/out/file" -e getppid -- "$dir/bin/t_calls" 1 5000 0 0
ok "rate: not for root" events "$dir/out/file" '"rate" not in {e["where"] for e in of("lost")}'
end "$daemon_pid"

# sessions_or_refused N
sessions_or_refused() {
	sessions_are "$1" || [ -s "$dir/err" ]
}

# Memory: the queues of all sessions of one user.
printf '[user]\nsessions = 8\nmemory-mb = 1\n' >"$dir/conf"
daemon_start --config "$dir/conf"
holders=
most=0
while [ $most -lt 8 ]; do
	begin setpriv --reuid $me --regid $me --clear-groups "$ctl" --socket "$sock" watch -o "$dir/out/held" 2>"$dir/err"
	holders="$holders $begun"
	until_ok 10 sessions_or_refused $((most + 1))
	[ ! -s "$dir/err" ] || break
	most=$((most + 1))
done
ok "memory: as many sessions as fit into it" test $most -ge 1 -a $most -lt 8
ok "memory: the next is refused with the limit" grep -q 'the queues of your sessions may take 1 MB' "$dir/err"
ok "memory: another user has his own limit" as $other "$ctl" --socket "$sock" run --json -o /dev/null -- true
for pid in $holders; do
	end "$pid" KILL
done
until_ok 10 sessions_are 0
begin setpriv --reuid $me --regid $me --clear-groups "$dir/bin/t_calls" 1 1000000000 0 0
cp "$SRC_DIR/tests/integration/peer.py" "$dir/"
setpriv --reuid $me --regid $me --clear-groups python3 "$dir/peer.py" "$sock" deaf "$begun" 1 >"$dir/deaf" 2>&1
ok "memory: a user's client that does not read: exact, and told what it lost" sh -c "cat '$dir/deaf' && exit $?"
end "$begun" KILL
ok "memory: and what was kept for it is within the limit" sh -c "cat '$dir/deaf' && [ \$(sed -n 's/.* bytes //p' '$dir/deaf') -lt 1600000 ]"
end "$daemon_pid"

printf '[user]\nsessions = 0\n' >"$dir/conf"
daemon_start --config "$dir/conf"
as $me "$ctl" --socket "$sock" status 2>"$dir/err"
ok "sessions = 0: nobody but root and the group is served" is $? 1
ok "in one sentence" one_line "$dir/err"
end "$daemon_pid"

# By ptrace the daemon's own rights are all there is: nobody else is served with them.
daemon_start --backend ptrace
as $me "$ctl" --socket "$sock" run --json -o "$dir/out/file" -- true 2>"$dir/err"
ok "ptrace: another user's session is refused" is $? 125
ok "ptrace: in one sentence" sh -c "cat '$dir/err'; grep -q 'serves no other user' '$dir/err'"
as $me "$ctl" --socket "$sock" watch --pid "$mine" -o "$dir/out/file" 2>"$dir/err"
ok "ptrace: also for the user's own process" is $? 1
# Who reads the programs and the debugging information of others is the daemon that a user starts for it.
"$TRACECTL" --socket "$sock" strace -k true >"$dir/out/file" 2>"$dir/err"
ok "ptrace: no stacks by a service" is $? 1
ok "ptrace: says so" grep -q 'stacks are told only by a tracerd that is started for it' "$dir/err"
end "$daemon_pid"

# Payload: what is read and written.
printf '[daemon]\npayload = metadata\n[group daemon]\npayload = full\n[group bin]\npayload = off\n' >"$dir/conf"
daemon_start --config "$dir/conf"
cat >"$dir/contents.py" <<'END'
import os, socket
r, w = os.pipe()
os.write(w, b"TOPSECRET-1")
os.read(r, 100)
os.writev(w, [b"TOPSECRET-2", b"TOPSECRET-3"])
os.readv(r, [bytearray(50)])
a, b = socket.socketpair()
a.send(b"TOPSECRET-4")
b.recv(100)
a.sendmsg([b"TOPSECRET-5"])
b.recvmsg(100)
os.pwrite(os.memfd_create("m"), b"TOPSECRET-6", 0)
try:
    open("/nonexistent/path")
except OSError:
    pass
END
# contents FILE: secrets or paths, as words.
contents() {
	for word in TOPSECRET /nonexistent/path; do
		if grep -q "$word" "$1"; then
			echo "$word"
		fi
	done | tr '\n' ' '
}
tc run --json -s 100 -o "$dir/out/file" -- python3 "$dir/contents.py"
ok "metadata: paths but no contents" is "$(contents "$dir/out/file")" "/nonexistent/path "
ok "metadata: results and calls are there" events "$dir/out/file" 'calls("writev") and calls("sendmsg") and calls("recvmsg")'
setpriv --groups 1 "$ctl" --socket "$sock" run --json -s 100 -o "$dir/out/file" -- python3 "$dir/contents.py"
ok "full for the members of a group" is "$(contents "$dir/out/file")" "TOPSECRET /nonexistent/path "
setpriv --groups 2 "$ctl" --socket "$sock" run --json -s 100 -o "$dir/out/file" -- python3 "$dir/contents.py"
ok "off: numbers only" is "$(contents "$dir/out/file")" ""
setpriv --groups 1,2 "$ctl" --socket "$sock" run --json -s 100 -o "$dir/out/file" -- python3 "$dir/contents.py"
ok "of two groups the one that allows more" is "$(contents "$dir/out/file")" "TOPSECRET /nonexistent/path "
# Two sessions with different ceilings see the same call, each its own part.
gated python3 "$dir/contents.py"
begin setpriv --groups 1 "$ctl" --socket "$sock" watch --json -s 100 -o "$dir/out/full" --pid "$gated"
full=$begun
begin "$ctl" --socket "$sock" watch --json -s 100 -o "$dir/out/metadata" --pid "$gated"
metadata=$begun
until_ok 10 sessions_are 2
open_gate
wait_for "$gated"
end "$full" INT
end "$metadata" INT
ok "side by side: full" is "$(contents "$dir/out/full")" "TOPSECRET /nonexistent/path "
ok "side by side: metadata" is "$(contents "$dir/out/metadata")" "/nonexistent/path "
end "$daemon_pid"
finish
