# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# kills.py DIR TRACECTL ROUNDS [OPTION..] - runs a shell that starts programs under `tracectl run --backend ptrace`,
# and kills the tracer when the shell has come to another point each time. Fails unless each shell comes to
# its end, with its affinity mask and its policy; with an OPTION (-e CALL) it must be killed at once instead.
import os
import signal
import subprocess
import sys
import time

SCRIPT = 'i=0; while [ $i -lt 20 ] || [ ! -e "$0.killed" ]; do /bin/true || exit 1; echo $i >>"$0"; i=$((i+1)); done; ' \
         'n=0; while [ $n -lt 300 ]; do grep -qx "$1" /proc/self/status && grep -qx "$1" /proc/$$/status && ' \
         'chrt -p $$ | grep -q SCHED_OTHER && echo free >>"$0" && exit 0; n=$((n+1)); done; chrt -p $$ >>"$0"; ' \
         'grep Cpus_allowed: /proc/self/status /proc/$$/status >>"$0"'


def until(what, condition, *args):
    end = time.monotonic() + 30
    while time.monotonic() < end:
        value = condition(*args)
        if value:
            return value
        time.sleep(0.001)
    sys.exit("never: " + what)


def text(path):
    try:
        with open(path) as f:
            return f.read()
    except OSError:
        return ""


def tracer(pid):
    # Children of tracectl: the daemon, and the program.
    for child in text(f"/proc/{pid}/task/{pid}/children").split():
        if text(f"/proc/{child}/comm") == "tracerd\n":
            return int(child)
    return 0


def one(n, directory, tracectl, options):
    out = f"{directory}/lines"
    killed = out + ".killed"
    mask = [s for s in text("/proc/self/status").splitlines() if s.startswith("Cpus_allowed:")][0]
    for path in (out, killed):
        if os.path.exists(path):
            os.unlink(path)
    p = subprocess.Popen([tracectl, "run", "--backend", "ptrace", "-o", "/dev/null", *options, "--",
                          "sh", "-c", SCRIPT, out, mask], stderr=subprocess.DEVNULL)
    lines = 1 + n % 10
    until("the shell begins", lambda: text(out).count("\n") >= lines or p.poll() is not None)
    victim = tracer(p.pid)
    if not victim:
        sys.exit(f"round {n}: no tracer: {text(out)}")
    os.kill(victim, signal.SIGKILL)
    open(killed, "w").close()
    p.wait(60)
    if options:
        if "free" in text(out):
            sys.exit(f"round {n}: it went on without the filter's tracer")
        return
    got = text(out)
    if got.splitlines() != [str(i) for i in range(max(20, got.count("\n") - 1))] + ["free"]:
        sys.exit(f"round {n}: {got}")


for n in range(int(sys.argv[3])):
    one(n, sys.argv[1], sys.argv[2], sys.argv[4:])
