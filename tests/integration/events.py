# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""events.py FILE EXPRESSION [NAME=VALUE].. - reads what `tracectl --json` wrote, checks what it promises of
every line (UTF-8, JSON, documented keys, one end line whose counts are right), and then that the expression
holds. In it: ev (all events), calls(name, key=value..), of(type), end, lost, made, and the given names.
"""
import json
import re
import sys

HEAD = ["type", "time", "pid", "tid", "comm", "uid"]
CALL = HEAD + ["syscall", "args", "ret", "error", "duration_ns"]
MORE = {
    "syscall": CALL,
    "signal": HEAD + ["signal"],
    "exec": HEAD + ["filename"],
    "exit": HEAD + ["process"],
    "fork": HEAD + ["child_pid", "child_tid"],
    "lost": ["type", "time", "count", "where"],
    "budget": ["type", "time", "shown", "not_shown", "used_per_mille", "budget_per_mille"],
    "end": ["type", "events", "lost"],
}


def once(pairs):
    keys = [k for k, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError("a key is there twice: %r" % keys)
    return dict(pairs)


def bad(e):
    """What is wrong with an event, None if nothing is."""
    if e.get("type") not in MORE:
        return "type"
    missing = [k for k in MORE[e["type"]] if k not in e]
    if missing:
        return "no " + ", ".join(missing)
    if e["type"] != "syscall":
        return None
    if not isinstance(e["args"], dict) or not isinstance(e["duration_ns"], int):
        return "args or duration_ns"
    if e["ret"] is not None and not isinstance(e["ret"], int):
        return "ret"
    if e["error"] is not None and not re.match(r"E[A-Z0-9]+$|[0-9]+$", e["error"]):
        return "error"
    if list(e)[:len(CALL)] != CALL:
        return "the order of keys"
    return None


def load(path):
    events = []
    with open(path, "rb") as f:
        data = f.read()
    if data and not data.endswith(b"\n"):
        sys.exit("the last line has no end: %r" % data[-200:])
    for n, line in enumerate(data.split(b"\n")[:-1], 1):
        try:
            e = json.loads(line.decode("utf-8"), object_pairs_hook=once)
        except ValueError as why:
            sys.exit("line %d: %s: %r" % (n, why, line[:300]))
        why = bad(e)
        if why:
            sys.exit("line %d: %s: %r" % (n, why, line[:300]))
        events.append(e)
    return events


def main():
    path, expression = sys.argv[1:3]
    names = dict(a.split("=", 1) for a in sys.argv[3:])
    ev = load(path)
    if not ev or ev[-1]["type"] != "end" or sum(e["type"] == "end" for e in ev) != 1:
        sys.exit("there is not one end line, at the end: %r" % ev[-3:])
    end = ev.pop()
    lost = sum(e["count"] for e in ev if e["type"] == "lost")
    told = [e for e in ev if e["type"] not in ("lost", "budget")]
    if end["events"] != len(told):
        sys.exit("the end says %d events, there are %d" % (end["events"], len(told)))
    if end["lost"] < lost:
        sys.exit("the end says %d lost, on the way %d were" % (end["lost"], lost))

    def of(kind, **match):
        return [e for e in ev if e["type"] == kind and all(e.get(k) == v for k, v in match.items())]

    def calls(name=None, **match):
        return [e for e in of("syscall", **match) if name in (None, e["syscall"])]

    scope = dict(names, ev=ev, of=of, calls=calls, end=end, lost=end["lost"], re=re, json=json,
                 made=end["events"] + end["lost"])
    if not eval("(" + expression + "\n)", scope):  # the expression is the test's own
        print("does not hold: " + expression)
        for e in ev[:8] + (["..."] if len(ev) > 16 else []) + ev[8:][-8:] + [end]:
            print(json.dumps(e)[:300])
        sys.exit(1)


main()
