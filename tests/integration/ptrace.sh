#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# The ptrace backend, as a user without privileges: it is chosen where BPF is not allowed, and what it traces
# can't tell: stops, signals, threads, programs, a tracer that is killed or goes away.

# $user is a command with arguments, and inner shells expand what is in single quotes.
# shellcheck disable=SC2016,SC2086

# shellcheck source=tests/integration/lib.sh
. "${SRC_DIR:?}/tests/integration/lib.sh"

# Where that user can read and write.
bin=$dir/bin
mkdir "$bin"
cp "$TRACECTL" "$TRACERD" "$bin"
# The user that runs them may not see where they were built.
cp "$targets"/t_* "$SRC_DIR/tests/integration/kills.py" "$bin"
targets=$bin
chmod -R a+rX "$bin"
mkdir "$dir/u"
chmod 777 "$dir/u"
out=$dir/u/out
said=$dir/u/said

PATH=/usr/bin:/bin:/usr/sbin:/sbin
user="setpriv --reuid 65534 --regid 65534 --clear-groups --"

traced() {
	$user timeout 60 "$bin/tracectl" "$@"
}

# run_is STATUS CMD..: traced, it prints what it prints untraced, and ends with the status.
run_is() {
	want=$1
	shift
	$user "$@" >"$dir/plain" 2>&1 </dev/null
	traced run --backend ptrace --json -o "$out" -- "$@" >"$said" 2>&1 </dev/null
	is $? "$want" && diff "$dir/plain" "$said" >&2
}

# The same with some calls only.
run_is_narrow() {
	want=$1
	shift
	$user "$@" >"$dir/plain" 2>&1 </dev/null
	traced run --backend ptrace -e openat,getpriority,getcwd --json -o "$out" -- "$@" >"$said" 2>&1 </dev/null
	is $? "$want" && diff "$dir/plain" "$said" >&2
}

tracer_of() {
	sed -n 's/^TracerPid:[^0-9]*//p' "/proc/$1/status"
}

has_tracer() {
	[ "$(tracer_of "$1")" != 0 ]
}

state_is() {
	[ "$(sed -n 's/^State:[^A-Za-z]*\(.\).*/\1/p' "/proc/$1/status")" = "$2" ]
}

# How it is chosen.
traced run -o "$out" -- true 2>"$said"
ok "without privileges: status" is $? 0
ok "without privileges: one line says why" grep -q 'ptrace.*bpf is not available' "$said"
ok "without privileges: it is one line" is "$(wc -l <"$said")" 1
traced watch --backend bpf --duration 0.1 >"$out" 2>"$said"
ok "--backend bpf fails" not test $? -eq 0
ok "--backend bpf says why" grep -q 'CAP_BPF' "$said"
traced watch --backend ptrace --duration 1 >"$out" 2>"$said"
ok "the whole system: refused" not test $? -eq 0
ok "the whole system: a sentence says what to do" grep -q 'give --pid' "$said"
traced watch --backend ptrace --pid 1 --duration 1 >"$out" 2>"$said"
ok "another user's process: refused" grep -q 'another user' "$said"
traced watch --backend ptrace --pid 4194304 --duration 1 >"$out" 2>"$said"
ok "no such process: refused" grep -q 'no process' "$said"

# Programs behave as they do untraced.
ok "ls" run_is 0 ls /
ok "ls: its calls" events "$out" \
	'any("/etc/ld.so.cache" in json.dumps(c) for c in calls("openat")) and calls("exit_group")'
ok "a shell with pipes" run_is 3 sh -c 'seq 3 | while read -r n; do echo $n | cat; done; exit 3'
traced run --backend ptrace --json -o "$out" -- sh -c 'kill -TERM $$' 2>"$said"
ok "killed by a signal: status" is $? 143
ok "killed by a signal: is told" events "$out" '[e for e in of("exit") if "TERM" in json.dumps(e)]'
ok "a handler" run_is 0 sh -c 'trap "echo got it" USR1; kill -USR1 $$; kill -WINCH $$; echo end'
ok "a handler: the signal is told" events "$out" '[e for e in of("signal") if "USR1" in json.dumps(e)]'
ok "threads" run_is 0 python3 -c '
import threading, os
t = [threading.Thread(target=lambda: [os.getppid() for i in range(500)]) for i in range(8)]
[x.start() for x in t]; [x.join() for x in t]; print("joined")'
ok "threads: every call" events "$out" 'len(calls("getppid")) == 4000'
ok "vfork" run_is 0 python3 -c '
import subprocess
print(subprocess.run(["echo", "from a child"], close_fds=False).returncode)'
ok "execve in a thread" run_is 0 "$targets/t_exec_thread" /bin/echo
ok "a child that stops and goes on, as its parent sees it" run_is 0 python3 -c '
import os, signal
r, w = os.pipe()
p = os.fork()
if not p:
    os.kill(os.getpid(), signal.SIGSTOP); os.read(r, 1); os._exit(5)
for flags in os.WUNTRACED, os.WCONTINUED, 0:
    q, st = os.waitpid(p, flags)
    print(q == p, os.WIFSTOPPED(st), os.WIFCONTINUED(st), os.WIFEXITED(st))
    if os.WIFSTOPPED(st): os.kill(p, signal.SIGCONT)
    if os.WIFCONTINUED(st): os.write(w, b"x")'
ok "waits that must not be interrupted" run_is 0 "$targets/t_eintr"
ok "forks" run_is 0 sh -c 'i=0; while [ $i -lt 100 ]; do /bin/true & i=$((i+1)); done; wait; echo $i'
if [ -x "$targets/t_i386" ]; then
	ok "a 32-bit program" run_is 0 "$targets/t_i386"
fi

# Attaching and letting go, again and again.
mkfifo "$dir/u/in"
chmod 666 "$dir/u/in"
begin $user sh -c 'exec "$0" <>"$1"' "$targets/t_eintr" "$dir/u/in" >"$dir/eintr"
waiter=$begun
until_ok 5 grep -q ready "$dir/eintr"
for i in 1 2 3; do
	traced watch --backend ptrace --pid "$waiter" --duration 0.1 -o "$out$i" 2>"$said"
	ok "attached to waiting threads ($i)" is $? 0
	ok "let go ($i)" not has_tracer "$waiter"
done
traced pending --backend ptrace --pid "$waiter" --json -o "$out" 2>"$said"
ok "pending: what each thread waits in" events "$out" \
	'{c["syscall"] for c in calls()} >= {"epoll_wait", "rt_sigtimedwait", "semtimedop", "read"}'
end "$waiter" KILL

# A process that is stopped stays so.
begin $user sleep 60
sleeper=$begun
until_ok 5 in_call "$sleeper" 230
kill -STOP "$sleeper"
until_ok 5 state_is "$sleeper" T
traced watch --backend ptrace --pid "$sleeper" --duration 0.2 -o "$out" 2>"$said"
ok "attached to a stopped process" is $? 0
ok "it is still stopped" until_ok 2 state_is "$sleeper" T
begin $user "$bin/tracectl" watch --backend ptrace --pid "$sleeper" -o "$out"
tracer=$begun
until_ok 5 has_tracer "$sleeper"
kill -CONT "$sleeper"
ok "it goes on while traced" until_ok 5 state_is "$sleeper" S
kill -STOP "$sleeper"
ok "it stops while traced" until_ok 5 state_is "$sleeper" t
end "$tracer" TERM
ok "it is stopped when the tracer has gone" until_ok 5 state_is "$sleeper" T
kill -CONT "$sleeper"
ok "and goes on" until_ok 5 state_is "$sleeper" S
end "$sleeper" KILL

# Some calls only: the others do not stop. What is known of descriptors and masks is right all the same.
ok "-e: output and status" run_is_narrow 3 sh -c 'seq 3 | while read -r n; do echo $n | cat; done; exit 3'
traced run --backend ptrace -e read -y --json -o "$out" -- sh -c 'exec 5</etc/passwd; read -r l <&5
	exec 5</etc/group; read -r l <&5' 2>"$said"
ok "-e: descriptors have their paths" events "$out" \
	'{f for f in ("/etc/passwd", "/etc/group") if any(f in json.dumps(c) for c in calls("read"))} == {"/etc/passwd", "/etc/group"}'
ok "-e: nothing else" events "$out" 'len(calls("read")) == len(calls())'
ok "-e: the children too" run_is_narrow 0 sh -c '/bin/true; ls / | cat'
ok "-e: their calls" events "$out" 'len({c["pid"] for c in calls("openat")}) >= 3'
if [ -x "$targets/t_i386" ]; then
	ok "-e: a 32-bit program" run_is_narrow 0 "$targets/t_i386"
fi
ok "-e: threads, programs and signals" run_is_narrow 0 "$targets/t_exec_thread" /bin/echo
traced run --backend ptrace -e openat --duration 0.2 -o "$out" -- \
	sh -c 'i=0; while [ $i -lt 100 ]; do read -r l </etc/passwd; /bin/true; i=$((i+1)); done; exit 4' 2>"$said"
ok "-e: nobody asks any more, and it goes on" is $? 4
ok "-e: a program that filters its own calls" run_is_narrow 0 python3 -c '
import ctypes, os, struct
libc = ctypes.CDLL(None, use_errno=True)
code = b"".join(struct.pack("HBBI", *i) for i in ((0x20, 0, 0, 0), (0x15, 0, 1, 79), (6, 0, 0, 0x50001), (6, 0, 0, 0x7fff0000)))
buf = ctypes.create_string_buffer(code)
prog = struct.pack("HxxxxxxQ", 4, ctypes.addressof(buf))
print(libc.prctl(38, 1, 0, 0, 0), libc.prctl(22, 2, ctypes.c_char_p(prog), 0, 0))
try: os.getcwd()
except OSError as e: print(e.errno)'
ok "what it then is denied is seen" events "$out" '[c for c in calls("getcwd") if c["error"] == "EPERM"]'

# What a tracee could see or do by itself.
ok "its affinity mask is its own" run_is 0 "$targets/t_affinity"
ok "with -e too" run_is_narrow 0 "$targets/t_affinity"
ok "signals that look like calls come" run_is 0 "$targets/t_forge"
ok "and the calls are no more than there were" events "$out" 'len(calls("getppid")) == 6000'
ok "CLONE_UNTRACED is as it was" run_is 0 "$targets/t_untraced"
ok "CLONE_UNTRACED: the children are traced" events "$out" 'len({c["pid"] for c in calls("getpriority")}) == 2'
ok "CLONE_UNTRACED with -e" run_is_narrow 0 "$targets/t_untraced"
ok "CLONE_UNTRACED with -e: traced" events "$out" 'len({c["pid"] for c in calls("getpriority")}) == 2'
cp "$(command -v id)" "$bin/setid"
chown root "$bin/setid"
chmod 4755 "$bin/setid"
traced run --backend ptrace -o "$out" -- "$bin/setid" -u >"$dir/plain" 2>"$said"
ok "a set-uid program gains nothing" is "$(cat "$dir/plain")" 65534
ok "a set-uid program: one line says so" is "$(grep -c 'without the privileges' "$said")" 1

# All that is there is traced, with -f.
begin $user sh -c 'sh -c "sh -c \"while :; do read -r l </etc/group; done\"; :"; :'
family=$begun
find_deepest() {
	child=$(cat "/proc/$family/task/$family/children") && [ -n "$child" ] || return 1
	child=${child% }
	child=$(cat "/proc/$child/task/$child/children") && [ -n "$child" ] || return 1
	deepest=${child% }
}
until_ok 5 find_deepest
started="$started $deepest"
traced watch -f --backend ptrace --pid "$family" --count 20 --json -o "$out" 2>"$said"
ok "-f: present descendants" events "$out" "len([c for c in calls() if c['pid'] == $deepest]) >= 10"
ok "-f: let go" not has_tracer "$deepest"
own_mask() {
	grep -qx "$(grep Cpus_allowed: /proc/self/status)" "/proc/$1/status"
}
ok "-f: its mask is its own again" own_mask "$deepest"
traced watch --backend ptrace --pid "$deepest" --count 2000 -o "$out" 2>"$said"
ok "its mask after a storm" own_mask "$deepest"
end "$family" KILL
kill -KILL "$deepest"

# Storms, each with its count.
ok "a storm of forks" run_is 0 sh -c 'i=0; while [ $i -lt 150 ]; do (exit 3) & (:) & i=$((i+1)); done; wait; echo $i'
ok "a storm of forks: all of them" events "$out" 'len([e for e in of("fork")]) == 300'
ok "a storm of threads" run_is 0 python3 -c '
import os, threading
def f():
    for i in range(20): os.getppid()
for i in range(20):
    t = [threading.Thread(target=f) for j in range(10)]
    [x.start() for x in t]; [x.join() for x in t]
print("joined")'
ok "a storm of threads: every call" events "$out" 'len(calls("getppid")) == 4000'
ok "a storm of programs" run_is 0 sh -c 'f() { [ $1 -gt 0 ] && exec sh -c "$2" x $(($1-1)) "$2"; }
	f 80 "[ \$1 -gt 0 ] && exec sh -c \"\$2\" x \$((\$1-1)) \"\$2\"; echo end"'
ok "a storm of programs: all of them" events "$out" 'len(of("exec")) >= 80'

# The tracer is killed at any moment: what it traced goes on, and is never left stopped or pinned. Only with a
# filter of -e it dies too, at once.
ok "200 runs survive a killed tracer" $user python3 "$bin/kills.py" "$dir/u" "$bin/tracectl" 200
ok "with -e they end with it" $user python3 "$bin/kills.py" "$dir/u" "$bin/tracectl" 20 -e openat
# The same with what was not started by it.
survives() {
	for n in 1 2 3 4 5; do
		begin $user sh -c 'i=0; while [ $i -lt 200 ]; do i=$((i+1)); /bin/true || exit 1; done; exit 7'
		busy=$begun
		begin $user "$bin/tracectl" watch -f --backend ptrace --pid "$busy" -o "$out" 2>"$said"
		tracer=$begun
		until_ok 5 has_tracer "$busy" || echo "round $n: was never traced"
		kill -KILL "$(tracer_of "$busy")"
		wait_for "$busy"
		is $? 7 || return 1
		wait_for "$tracer"
	done
	return 0
}
ok "tracees survive a killed tracer" survives
finish
