#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# --quiet-startup: the calls by which a program starts are hidden and counted, its own are all there.

# shellcheck source=tests/integration/lib.sh
. "${SRC_DIR:?}/tests/integration/lib.sh"
daemon_start

tc run -o "$dir/all" --json -- "$targets/t_calls" 1 3 0 0 >/dev/null
tc run -o "$dir/quiet" --json --quiet-startup -- "$targets/t_calls" 1 3 0 0 >/dev/null
ok "nothing is lost, nothing is shown twice" python3 -c '
import json, sys
def load(path):
    return [json.loads(line) for line in open(path)]
def calls(lines):
    return [line["syscall"] for line in lines if line["type"] == "syscall"]
every, quiet = load(sys.argv[1]), load(sys.argv[2])
notices = [line for line in quiet if line["type"] == "notice"]
assert len(notices) == 1, notices
hidden = notices[0]["hidden_startup_calls"]
assert hidden > 10, hidden
assert len(calls(every)) == len(calls(quiet)) + hidden, (len(calls(every)), len(calls(quiet)), hidden)
own = calls(quiet)[1:]
assert calls(every)[-len(own):] == own
assert not {"arch_prctl", "mprotect", "set_tid_address"} & set(own), own
' "$dir/all" "$dir/quiet"

tc run -o "$dir/human" --quiet-startup -- sh -c '/bin/true; exit 0'
ok "people are told, for each program" test "$(grep -c 'started up (.* calls are hidden)' "$dir/human")" -eq 2
ok "no library is opened" not grep -q 'opened .*libc' "$dir/human"
tc run -o "$dir/strace" --format strace --quiet-startup -- /bin/true
ok "so is who reads strace's format" grep -q '+++ .* start-up calls hidden +++' "$dir/strace"
ok "the program itself is there" grep -q 'exit_group(0)' "$dir/strace"
tc strace --quiet-startup -o "$dir/strace" /bin/true 2>"$dir/stderr"
ok "strace tells it as a message" grep -q 'start-up calls of process .* are hidden' "$dir/stderr"
ok "and shows what is left" test "$(wc -l <"$dir/strace")" -le 5
tc run -o "$dir/some" -e mmap --quiet-startup -- /bin/true
ok "of some calls, those" not grep -q 'libc' "$dir/some"
finish
