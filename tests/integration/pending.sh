#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# tracectl pending: which call each waiting thread is in, with its arguments, though it began before.

# shellcheck source=tests/integration/lib.sh
. "${SRC_DIR:?}/tests/integration/lib.sh"
daemon_start
out=$dir/out

# waits MODE CALL NUMBER EXPRESSION: c in the expression is the call that is shown.
waits() {
	begin "$targets/t_block" "$1"
	pid=$begun
	until_ok 5 in_call "$pid" "$3"
	tc pending --json -y -o "$out" --pid "$pid"
	ok "$1: status" is $? 0
	ok "$1: is in $2" events "$out" \
		"[(c['syscall'], c['pid'], c['ret'], c.get('blocked')) for c in calls()] == [('$2', $pid, None, True)]"
	ok "$1: its arguments" events "$out" "(lambda c: $4)(calls()[0])"
	tc pending --color never --pid "$pid" >"$dir/human"
	ok "$1: in words" grep -q "$pid" "$dir/human"
	end "$pid" KILL
}
waits pipe read 0 'c["args"]["fd"] >= 3 and "pipe" in c["fds"]["fd"] and c["comm"] == "t_block"'
waits futex futex 202 'c["args"]["val"] == 7'
waits nanosleep nanosleep 35 '"3600" in json.dumps(c["args"]) and c["duration_ns"] >= 0'
waits accept accept 43 'isinstance(c["fds"]["sockfd"], (dict, str))'
waits poll poll 7 'c["args"]["nfds"] == 1'
waits wait wait4 61 'c["uid"] == 0'

# Not since the daemon came, but since the call was made, where that was seen.
gated "$targets/t_block" pipe
watch "$dir/watched" --pid "$gated"
open_gate
until_ok 5 in_call "$gated" 0
first_seen=$(date +%s%N)
until_ok 10 grep -q '"blocked":true' "$dir/watched"
tc pending --json -o "$out" --pid "$gated"
ok "since when: more than a second" events "$out" 'calls("read")[0]["duration_ns"] > 10**9'
ok "since when: not before it was made" events "$out" \
	"calls('read')[0]['time'] * 1e9 < $first_seen + 5e8 and calls('read')[0]['duration_ns'] < 3e10"
end "$gated" KILL
unwatch
ok "the watch saw it blocked, once, and that it never returned" events "$dir/watched" \
	'[c.get("blocked") for c in calls("read") if c["ret"] is None] == [True, None]'

tc pending --json -o "$out" >/dev/null
ok "without a filter: every waiting task, none of ours" events "$out" \
	"len(calls()) > 1 and $daemon_pid not in {c['pid'] for c in calls()}"

begin "$targets/t_calls" 1 50000000 0 0
busy=$begun
tc pending --json -o "$out" --pid "$busy"
ok "a process that runs waits for nothing" events "$out" 'not calls("read")'
end "$busy" KILL

begin "$targets/t_block" pipe
one=$begun
begin "$targets/t_block" nanosleep
two=$begun
until_ok 5 in_call "$one" 0
until_ok 5 in_call "$two" 35
tc pending --json -o "$out" --comm t_block
ok "--comm: both" events "$out" "{c['pid'] for c in calls()} >= {$one, $two}"
tc pending --json -o "$out" --comm t_block -e read
ok "-e: the one" events "$out" "$one in {c['pid'] for c in calls()} and {c['syscall'] for c in calls()} == {'read'}"
end "$one" KILL
end "$two" KILL
ok "the sessions are gone" until_ok 5 sessions_are 0
finish
