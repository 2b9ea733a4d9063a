# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""
parity.py - runs programs under two tracers and compares, thread by thread and line by line, what they say.

parity.py [--list | --top] backends|strace CASES DIR [NAME..]

backends: the bpf and the ptrace backend of tracectl, in strace's format and as JSON; strace: the installed strace
and tracectl. Every case runs in a copy of DIR/template at the same place, without address randomisation.
Only pids, addresses, times and what the kernel itself counts differently from run to run are taken for equal.
Prints TAP; --list shows every line that differs, --top which calls differ most.
"""

import collections
import ctypes
import difflib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys

ADDR_NO_RANDOMIZE = 0x0040000
TIMEOUT = 60

# Numbers that the kernel gives anew on every run, by the field that they are in.
VOLATILE_FIELDS = re.compile(
    r"st_[acm]time(_nsec)?|stx_[abcm]time|st_ino|stx_ino|stx_mnt_id|d_ino|d_off|si_utime|si_stime|ino"
    r"|f_bfree|f_bavail|f_ffree|f_files|time|ru_\w+|tms_\w+|\w*port|htons|actime|modtime|(shm|sem|msg)_\w*time"
    r"|sched_runtime|mq_curmsgs|tcpi_\w+|si_overrun|id|(peer_)?socket|pipe|STREAM|UNIX|(TCP|UDP|RAW|UDPLITE)(v6)?|NETLINK|ROUTE")
# Times, by the call that tells them.
TIME_FIELDS = re.compile(r"tv_sec|tv_usec|tv_nsec")
TIME_CALLS = re.compile(
    r"clock_gettime|gettimeofday|getrusage|wait4|waitid|(new)?f?l?stat(at)?|statx|p?select6?|ppoll|utimensat"
    r"|(clock_)?nanosleep|timer_gettime|timerfd_[gs]ettime|[gs]etitimer|futex|clock_adjtime|adjtimex"
    r"|prlimit64|sched_rr_get_interval|recvmsg|recvmmsg|semtimedop|epoll_pwait2|io_getevents")
# Calls all of whose numbers are volatile.
VOLATILE_CALLS = re.compile(
    r"sysinfo|times|time|getppid|getpgrp|getpgid|getsid|adjtimex|clock_adjtime|getcpu")
# Which of the children it is depends on which ends first.
ANY_CHILD = re.compile(r"wait4|waitid|rt_sigreturn|--- SIGCHLD|signal")
TOKEN = re.compile(r'0x[0-9a-f]+|[A-Za-z_]\w*|\d+|\s+|.', re.S)
# A string that is an argument; in JSON one that is called buf.
DATA = re.compile(r'(?<=, )"(?:\\.|[^"\\])*"(?=[,.])|(?<=\()"(?:\\.|[^"\\])*"(?=, \d)|(?<="buf": )"(?:\\.|[^"\\])*"')
# What strace 6.1 writes otherwise, and why that stays so.
KNOWN = [
    (r"syscall_0x1c[349ae]\(", "calls that are newer than it: fchmodat2, statmount, listmount, cachestat, mseal"),
    (r"fcntl\(\d+, 0x40[bc] /\* F_", "names that it lacks: F_GET_RW_HINT, F_SET_RW_HINT"),
    (r"fallocate\(\d+, 0x80 |memfd_create\(NULL, 0x770 ", "flags that are newer than it"),
    (r"membarrier\(MEMBARRIER_CMD_QUERY", "a command that is newer than it"),
    (r"bpf\((BPF_(ENABLE_STATS|ITER_CREATE|LINK_DETACH|PROG_BIND_MAP)|0x2[0-3]), 0x",
     "attributes that it does not take apart"),
    (r"perf_event_open\(\{type=0x4d .*, sig_data=0, \.\.\.", "a field that is newer: config3"),
    (r"io_uring_setup\([14], |ioctl\(\d+, UFFDIO_(API|REGISTER), ", "features that are newer than it"),
    (r"ioctl\(\d+, UFFDIO_WRITEPROTECT, 0x", "it shows nothing where that failed"),
    (r"ioctl\(\d+<[^,]*>, TIOCGPTPEER, 0x", "flags that it leaves a number"),
    (r"\w+\(\d+<UDP(v6)?:\[[^>]*[^]]\]>", "it remembers a socket's first address, and ours is newer"),
]
SECONDS = re.compile(r" /\* [0-9.]+ s \*/")  # what clock ticks are
JOINED = "\x01"  # ends a line that was two halves: its result is not aligned
HEADS = re.compile(r"^(\d+) +")
RESUMED = re.compile(r"^<\.\.\. (\w+) resumed>")
# What is numbered anew on every run, beside processes: ids of SysV IPC.
MADE = re.compile(r"^(?:shm|sem|msg)get\(.*\) += (\d+)\x01?$")
CLONES = re.compile(r"^(?:clone|clone3|fork|vfork)\(.*\) += (\d+)\x01?$", re.S)


class Case:
    def __init__(self, name, options, command):
        self.name = name
        self.options = options
        self.argv = shlex.split(command)
        self.modes = [o[5:] for o in options if o.startswith("only=")] or list(PAIRS)


def read_cases(path):
    """A line: NAME [OPTION,..] : COMMAND; # begins a comment, a backslash at the end goes on."""
    with open(path, encoding="utf-8") as f:
        text = f.read().replace("\\\n", "")
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        head, _, command = line.partition(": ")
        words = head.split()
        options = words[1].strip("[]").split(",") if len(words) > 1 else []
        yield Case(words[0], options, command)


class Runner:
    """Runs a case under one tracer, in a fresh copy of the template, and returns the lines by thread."""

    def __init__(self, base):
        self.base = base
        self.work = os.path.join(base, "w")
        self.out = os.path.join(base, "trace")
        self.tracectl = os.environ["TRACECTL"]
        self.socket = os.environ.get("PARITY_SOCKET")
        self.env = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": self.work, "LC_ALL": "C", "TZ": "UTC",
            "T": os.path.join(os.environ["BUILD_DIR"], "tests/targets"), "USER": "root", "PERL_HASH_SEED": "0",
        }

    def can_run(self, case):
        program = case.argv[0].replace("$T", self.env["T"])
        return os.path.exists(program) or not program.endswith("_i386")

    def argv(self, tracer, case):
        cmd = [os.path.expandvars(a.replace("$T", self.env["T"])) for a in case.argv]
        size = [word for o in case.options if o.startswith("-s=") for word in o.split("=")]
        size += [word for o in case.options if o.startswith("args=") for word in o[5:].split("+")]
        if tracer == "strace":
            return ["strace", "-f", "-o", self.out] + size + cmd
        if tracer == "tracectl":
            where = ["--socket", self.socket] if self.socket else []
            return [self.tracectl] + where + ["strace", "-f", "-o", self.out] + size + cmd
        backend, form = tracer.split("-")
        where = ["--backend", backend]
        if backend == "bpf" and self.socket:
            where = ["--socket", self.socket]
        return [self.tracectl] + where + ["run", "--quiet", "--format", form, "-o", self.out] + size + ["--"] + cmd

    def run(self, tracer, case):
        for path in (self.work, self.out):
            if os.path.isdir(path):
                shutil.rmtree(path)
            elif os.path.exists(path):
                os.unlink(path)
        shutil.copytree(os.path.join(self.base, "template"), self.work, symlinks=True)
        with open(os.path.join(self.base, "stdout"), "wb") as said:
            done = subprocess.run(
                self.argv(tracer, case), cwd=self.work, env=self.env, stdin=subprocess.DEVNULL,
                stdout=said, stderr=said, timeout=TIMEOUT, check=False,
                preexec_fn=lambda: ctypes.CDLL(None).personality(ADDR_NO_RANDOMIZE))
        text = ""
        if os.path.exists(self.out):
            with open(self.out, encoding="utf-8", errors="replace", newline="\n") as f:
                text = f.read()
        trace = Trace()
        trace.status = done.returncode if done.returncode >= 0 else 128 - done.returncode
        if tracer.endswith("json"):
            trace.read_json(text)
        else:
            trace.read_strace(text)
        return trace


class Trace:
    """The lines of each thread, and what the threads are called: 1, its second child 1.2, ..."""

    def __init__(self):
        self.by_tid = collections.OrderedDict()
        self.names = {}
        self.status = None
        self.pending = {}

    def add(self, tid, line):
        self.by_tid.setdefault(tid, []).append(line)

    def read_strace(self, text):
        for line in text.split("\n"):
            head = HEADS.match(line)
            if head:
                self.add_strace(head[1], line[head.end():])
            elif line:
                self.add("?", line)
        self.name_threads()

    def add_strace(self, tid, line):
        resumed = RESUMED.match(line)
        if resumed and tid in self.pending:
            self.add(tid, self.pending.pop(tid) + line[resumed.end():] + JOINED)
        elif line.endswith(" <unfinished ...>"):
            self.pending[tid] = line[:-len(" <unfinished ...>")]
        elif line.endswith(" <unfinished ...>) = ?"):
            self.add(tid, line.replace(" <unfinished ...>", ""))
        else:
            self.add(tid, line)

    def read_json(self, text):
        for line in text.splitlines():
            rec = json.loads(line)
            for key in ("time", "duration_ns", "user_ns", "system_ns", "comm"):
                if key != "comm" or rec["type"] == "fork":
                    rec.pop(key, None)
            if rec["type"] != "end":
                self.add(str(rec["tid"]), json.dumps(rec, ensure_ascii=False))
        self.name_threads()

    def name_threads(self):
        todo = collections.deque([(next(iter(self.by_tid), None), "1")])
        self.name_objects()
        while todo:
            tid, name = todo.popleft()
            self.names[tid] = name
            n = 0
            for line in self.by_tid.get(tid, []):
                made = CLONES.match(line)
                child = made[1] if made else None
                if line.startswith('{"type": "fork"'):
                    child = str(json.loads(line)["child_tid"])
                if child and child not in self.names:
                    n += 1
                    todo.append((child, f"{name}.{n}"))

    def streams(self):
        return {self.names.get(tid, "pid " + tid): lines for tid, lines in self.by_tid.items()}

    def name_objects(self):
        n = 0
        for lines in self.by_tid.values():
            for line in lines:
                made = MADE.match(line)
                if line.startswith("{") and json.loads(line).get("syscall") in ("shmget", "semget", "msgget"):
                    ret = json.loads(line)["ret"]
                    self.names[str(ret)] = f"object {n}"
                    n += 1
                elif made:
                    self.names[made[1]] = f"object {n}"
                    n += 1


def without_random(line, case):
    """Bytes that are meant to differ: what getrandom gives, and what a case says."""
    before = line
    if call_of(line) == "getrandom":
        line = DATA.sub('"RANDOM"', line)
    for option in case.options:
        if option.startswith("random="):
            line = re.sub(option[7:], "RANDOM", line)
        elif option.startswith("data=") and call_of(line) in option[5:].split("+"):
            line = DATA.sub('"RANDOM"', line)
    return line if line == before else re.sub(r"\) += ", ") = ", line)


def call_of(line):
    if line.startswith("{"):
        found = re.search(r'"syscall": "(\w+)"()', line) or re.search(r'"type": "(\w+)"()', line)
    else:
        found = re.match(r"(\w+)\(|\+\+\+ (exit)ed", line)
    return found[1] or found[2] if found else line[:12]


def is_sigchld(line):
    return line.startswith("--- SIGCHLD") or (line.startswith('{"type": "signal"') and '"signal": "SIGCHLD"' in line)


def tokens(line):
    """The words of a line with the field that each is the value of."""
    key = ""
    last = ""
    for token in TOKEN.findall(line):
        if token == "=" or (token == ":" and last != ""):
            key = last
        elif token in ",(":
            key = last if last == "htons" else ""
        yield token, key
        if re.match(r"[A-Za-z_]", token):
            last = token


class Comparison:
    """How two traces of a case differ."""

    def __init__(self, case, a, b):
        self.case, self.a, self.b = case, a, b
        self.races = {c for o in case.options if o.startswith("race=") for c in o[5:].split("+")}

    def equal(self, x, y):
        if x == y or any(re.match(pattern, x) for pattern, _ in KNOWN):
            return True
        call = call_of(x)
        if call != call_of(y):
            return False
        if x.endswith(JOINED) or y.endswith(JOINED):
            x, y = (re.sub(r"\) += ", ") = ", line.rstrip(JOINED)) for line in (x, y))
        x, y = (SECONDS.sub("", line) for line in (x, y))
        s, t = list(tokens(x)), list(tokens(y))
        if len(s) != len(t):
            return False
        shifted = False  # by a number that is longer
        for (u, key), (v, key2) in zip(s, t):
            if u == v or (shifted and u.isspace() and v.isspace()):
                continue
            if key != key2 or not self.may_differ(call, key, u, v):
                return False
            shifted |= len(u) != len(v)
        return True

    def may_differ(self, call, key, u, v):
        if u.startswith("0x") and v.startswith("0x"):
            return len(u) > 8 and len(v) > 8
        if not (u[0].isdigit() and v[0].isdigit()):
            return False
        if u in self.a.names and v in self.b.names:
            return self.a.names[u] == self.b.names[v] or ANY_CHILD.match(call)
        return (VOLATILE_CALLS.fullmatch(call) or VOLATILE_FIELDS.fullmatch(key) or
                (TIME_FIELDS.fullmatch(key) and TIME_CALLS.fullmatch(call)))

    def differences(self):
        """Pairs of lines, either may be None."""
        s, t = self.a.streams(), self.b.streams()
        for name in list(s) + [n for n in t if n not in s]:
            x, x_children = self.without_races(s.get(name, []))
            y, y_children = self.without_races(t.get(name, []))
            yield from self.stream(x, y)
            if bool(x_children) != bool(y_children):
                yield (x_children or [None])[0], (y_children or [None])[0]
            yield from (pair for pair in zip(x_children, y_children) if not self.equal(*pair))

    def without_races(self, lines):
        """
        Without what depends on who comes first, and the SIGCHLDs by themselves: how many there are, and where, is
        a matter of when children end.
        """
        rest, children = [], []
        for line in lines:
            line = without_random(line, self.case)
            if is_sigchld(line):
                children.append(line)
            elif call_of(line) not in self.races and not (call_of(line) == "rt_sigreturn" and children):
                rest.append(line)
        return rest, children

    def stream(self, x, y):
        if len(x) == len(y):
            for p, q in zip(x, y):
                if not self.equal(p, q):
                    yield p, q
            return
        match = difflib.SequenceMatcher(None, [call_of(l) for l in x], [call_of(l) for l in y], autojunk=False)
        for op, i1, i2, j1, j2 in match.get_opcodes():
            n = max(i2 - i1, j2 - j1)
            for k in range(n):
                p = x[i1 + k] if i1 + k < i2 else None
                q = y[j1 + k] if j1 + k < j2 else None
                if op != "equal" or not self.equal(p, q):
                    yield p, q


PAIRS = {
    "backends": [("bpf-strace", "ptrace-strace"), ("bpf-json", "ptrace-json")],
    "strace": [("strace", "tracectl")],
}


def main():
    args = [a for a in sys.argv[1:] if not a.startswith("--")]
    flags = {a for a in sys.argv[1:] if a.startswith("--")}
    mode, cases, base, only = args[0], list(read_cases(args[1])), args[2], args[3:]
    runner = Runner(base)
    top = collections.Counter()
    example = {}
    n = 0
    for case in cases:
        if only and case.name not in only or mode not in case.modes:
            continue
        for left, right in PAIRS[mode]:
            n += 1
            name = case.name + (": " + right.split("-")[-1] if mode == "backends" else "")
            if not runner.can_run(case):
                print(f"ok {n} - {name} # SKIP not built: this compiler makes no 32-bit programs", flush=True)
                continue
            try:
                a, b = runner.run(left, case), runner.run(right, case)
                diffs = list(Comparison(case, a, b).differences())
                if a.status != b.status:
                    diffs.append((f"status {a.status}", f"status {b.status}"))
                if not any(a.by_tid.values()):
                    diffs.append(("nothing was traced", None))
            except subprocess.TimeoutExpired:
                diffs = [("took too long", None)]
            print(("not " if diffs else "") + f"ok {n} - {name}", flush=True)
            for p, q in diffs[:None if "--list" in flags else 12]:
                print(f"#   {left}: {p}\n#   {right}: {q}", flush=True)
            for p, q in diffs:
                call = call_of(p or q)
                top[call] += 1
                example.setdefault(call, (p, q))
    print(f"1..{n}")
    if "--top" in flags:
        for call, count in top.most_common(60):
            print(f"{count:6} {call}\n       {example[call][0]}\n       {example[call][1]}")


if __name__ == "__main__":
    main()
