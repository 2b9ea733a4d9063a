#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# tracectl run: nothing of the start is lost, the command's own input, output and status are as without
# tracing, and calls that never return are shown.

# shellcheck source=tests/integration/lib.sh
. "${SRC_DIR:?}/tests/integration/lib.sh"
daemon_start
out=$dir/out

tc run --json -o "$out" -- /bin/echo hello there >"$dir/stdout" 2>"$dir/stderr"
ok "run ends with 0" is $? 0
ok "the command's output is untouched" is "$(cat "$dir/stdout")" "hello there"
ok "nothing is added on stderr" not test -s "$dir/stderr"
ok "the first event is its execve" events "$out" \
	'ev[0]["type"] == "exec" and ev[0]["filename"] == "/bin/echo" or
	ev[0].get("syscall") == "execve"'
ok "the first call is its execve, with the arguments" events "$out" \
	'calls()[0]["syscall"] == "execve" and calls()[0]["args"]["pathname"] == "/bin/echo" and
	calls()[0]["args"]["argv"] == ["/bin/echo", "hello", "there"] and calls()[0]["ret"] == 0'
ok "what it wrote is there" events "$out" \
	'[c for c in calls("write") if c["args"]["fd"] == 1 and c["args"]["buf"] == "hello there\n" and c["ret"] == 12]'
ok "exit_group is shown, without a result" events "$out" \
	'len(calls("exit_group", ret=None)) == 1'
ok "the exit is shown" events "$out" \
	'ev[-1]["type"] == "exit" and ev[-1]["status"] == 0 and ev[-1]["process"]'
ok "one process, one name after the exec" events "$out" \
	'len({e["pid"] for e in ev}) == 1 and {e["comm"] for e in ev[2:]} == {"echo"}'
ok "nothing was lost" events "$out" 'lost == 0'
ok "times rise" events "$out" '0 < ev[0]["time"] <= ev[-1]["time"] < ev[0]["time"] + 60'
ok "a call after the other" events "$out" \
	'all(a["time"] <= b["time"] for a, b in zip(calls(), calls()[1:]))'

exits_with() {
	want=$1
	shift
	tc run -o "$out" -- "$@" >/dev/null 2>"$dir/stderr"
	ok "status $want: $(printf '%.40s' "$*")" is $? "$want"
}
exits_with 0 true
exits_with 7 sh -c 'exit 7'
exits_with 255 sh -c 'exit 255'
exits_with 137 sh -c 'kill -KILL $$'
exits_with 143 sh -c 'kill -TERM $$'
exits_with 139 sh -c 'kill -SEGV $$'
exits_with 127 /nonexistent/program
ok "127 is explained in one line" one_line "$dir/stderr"
exits_with 127 no-such-program-anywhere
echo text >"$dir/text"
exits_with 126 "$dir/text"
ok "126 is explained in one line" one_line "$dir/stderr"
exits_with 126 "$dir"
tc run -o /nonexistent/dir/out -- true 2>"$dir/stderr"
ok "status 125: the output can't be written" is $? 125
ok "125 is explained in one line" one_line "$dir/stderr"
"$TRACECTL" --socket "$dir/nobody" run -- true 2>"$dir/stderr"
ok "status 125: no daemon at that socket" is $? 125

timeout 20 "$TRACECTL" --socket "$sock" run -o /dev/full -- true 2>"$dir/stderr"
ok "status 125: the disk is full" is $? 125
ok "a full disk is told in one line" one_line "$dir/stderr"

rm -f "$out"
begin "$TRACECTL" --socket "$sock" run --json -o "$out" -- sleep 300
runner=$begun
until_ok 10 grep -q nanosleep "$out"
sleeper=$(sed -n '1s/.*"pid":\([0-9]*\).*/\1/p' "$out")
end "$runner" TERM
ok "SIGTERM to tracectl ends the command" is $? 143
ok "and leaves it nowhere" until_ok 5 gone "$sleeper"

tc run -- /bin/true >"$dir/stdout" 2>"$dir/stderr"
ok "lines go to stderr" test -s "$dir/stderr"
ok "and not to stdout" not test -s "$dir/stdout"
echo from outside | tc run -o "$out" -- cat >"$dir/stdout"
ok "stdin is the command's" is "$(cat "$dir/stdout")" "from outside"

tc run --format strace -o "$out" -- /bin/true
ok "strace: execve" grep -q '^\([0-9]* *\)\{0,1\}execve("/bin/true", \["/bin/true"\], 0x[0-9a-f]* /\* [0-9]* vars \*/) *= 0$' "$out"
ok "strace: exit_group" grep -q 'exit_group(0) *= ?$' "$out"
ok "strace: the end" grep -q '+++ exited with 0 +++$' "$out"
tc run --format strace -o "$out" -- cat /nonexistent/x 2>/dev/null
ok "strace: an error in words" grep -q 'openat(AT_FDCWD, "/nonexistent/x", O_RDONLY) *= -1 ENOENT (No such file or directory)$' "$out"
tc run -o "$out" -- cat /nonexistent/x 2>/dev/null
ok "human: the failed open with its path" grep -q '/nonexistent/x' "$out"
ok "human: no colour in a file" not grep -q "$(printf '\033')" "$out"
ok "human: no empty line" not grep -q '^$' "$out"
tc run --color always -o "$out" -- true
ok "human: colour when asked for" grep -q "$(printf '\033')" "$out"

tc run --format strace -tt -T -o "$out" -- true
ok "strace -tt -T: the time of day and how long it took" \
	grep -q '[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]\{6\} execve(.*) = 0 <[0-9]*\.[0-9]\{6\}>$' "$out"
tc run --format strace -ttt -o "$out" -- true
ok "strace -ttt: seconds since the epoch" grep -q '[0-9]\{10\}\.[0-9]\{6\} execve(' "$out"
tc run --format strace -r -o "$out" -- true
ok "strace -r: relative" grep -q '^ *\([0-9]* \)\{0,1\} *0\.[0-9]\{6\} ' "$out"
tc run --format strace -s 5 -o "$out" -- echo 0123456789 >/dev/null
ok "strace -s: strings are cut" grep -q 'write(1, "01234"\.\.\., 11) *= 11$' "$out"

tc run --json -o "$out" -e openat -- cat /nonexistent/y 2>/dev/null
ok "-e: only such calls" events "$out" \
	'{c["syscall"] for c in calls()} == {"openat"} and
	[c for c in calls(error="ENOENT") if c["args"]["pathname"] == "/nonexistent/y"]'

# shellcheck disable=SC2016 # the traced shell expands it
tc run --json -o "$out" -- sh -c 'trap "echo caught" USR1; kill -USR1 $$; kill -TERM $$' >/dev/null
ok "signals are shown, with who sent them" events "$out" \
	'[s["signal"] for s in of("signal")] == ["SIGUSR1", "SIGTERM"] and of("signal")[0]["sender_pid"] == of("signal")[0]["pid"]'
ok "death by a signal is shown" events "$out" 'of("exit")[-1]["signal"] == "SIGTERM"'

tc run --json -o "$out" -- "$targets/t_exec_thread" /bin/true
ok "exec by a thread: status" is $? 0
ok "exec by a thread: it takes over the pid" events "$out" \
	'(lambda x: x["old_tid"] != x["tid"] and x["tid"] == x["pid"] and x["filename"] == "/bin/true")(of("exec")[-1])'
ok "exec by a thread: the call is shown" events "$out" \
	'calls("execve", ret=0)[-1]["args"]["argv"] == ["/bin/true", "from a thread"]'
ok "exec by a thread: the new program is followed" events "$out" \
	'[c for c in calls("exit_group") if c["comm"] == "true" and c["tid"] == c["pid"]]'

tc run --json -o "$out" -- "$targets/t_block" late 1500
ok "a call blocked for a second is shown once, and when it returns" events "$out" \
	'(lambda r: len(r) == 2 and r[0].get("blocked") and r[0]["ret"] is None and r[0]["duration_ns"] >= 10**9
	and r[1]["ret"] == 1 and "blocked" not in r[1] and r[1]["duration_ns"] > 1.4 * 10**9)(
	[c for c in calls("read") if c["duration_ns"] > 9 * 10**8])'

tc run --json -o /dev/stdout -- "$targets/t_calls" 1 20000 0 0 2>"$dir/stderr" | head -n 1 >/dev/null
ok "a closed pipe ends quietly" not test -s "$dir/stderr"

# Variables whose names or values tell of secrets: not their values unless asked, however much of them is read.
# with_secrets OPTION..
with_secrets() {
	env -i API_TOKEN=hunter-1 "URL=postgres://me:hunter-2$(printf '%0300d' 0)@db/x" PLAIN=seen \
		"$TRACECTL" --socket "$sock" "$@" -e execve -o "$out" -- /bin/true
}
for limit in 24 32 192 400; do
	with_secrets run --json --env -s $limit
	ok "secrets, -s $limit: names only" events "$out" \
		'calls("execve")[0]["args"]["envp"] == ["API_TOKEN=", "URL=", "PLAIN=seen"]'
done
with_secrets run --json --env -s 400 --show-secrets
ok "secrets that are asked for" events "$out" \
	'calls("execve")[0]["args"]["envp"][0] == "API_TOKEN=hunter-1" and "hunter-2" in calls("execve")[0]["args"]["envp"][1]'
with_secrets run --json
ok "no variables unless asked" events "$out" 'calls("execve")[0]["args"]["envp"] == []'
env -i API_TOKEN=hunter-1 PLAIN=seen "$TRACECTL" --socket "$sock" strace -v -e execve -o "$out" /bin/true
ok "secrets, strace -v" is "$(grep -o '\["API.*\]' "$out")" '["API_TOKEN="..., "PLAIN=seen"]'

# A terminal: Ctrl-C is the command's, and the terminal's settings are as before.
cat >"$dir/terminal.py" <<'END'
import os, pty, sys, termios
pid, tty = pty.fork()
if not pid:
    os.execv(sys.argv[1], sys.argv[1:])
before = termios.tcgetattr(tty)
seen = b""
while b"ready" not in seen:
    seen += os.read(tty, 1000)
os.write(tty, b"\x03")
while b"caught" not in seen:
    seen += os.read(tty, 1000)
try:
    while os.read(tty, 1000):
        pass
except OSError:
    pass
_, status = os.waitpid(pid, 0)
assert os.WIFEXITED(status) and os.WEXITSTATUS(status) == 9, status
END
ok "Ctrl-C goes to the command, whose status counts" timeout 20 python3 "$dir/terminal.py" \
	"$TRACECTL" --socket "$sock" run -o "$out" -- \
	sh -c 'trap "echo caught; exit 9" INT; echo ready; while :; do sleep 0.05; done'

finish
