#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# -y: what a descriptor is, however it came about. The target writes to each the path that it is.

# shellcheck source=tests/integration/lib.sh
. "${SRC_DIR:?}/tests/integration/lib.sh"
daemon_start
out=$dir/out

# trace MODE: of the target, with all facts.
trace() {
	rm -f "$dir/alpha" "$dir/beta"
	tc run --json -y -s 500 -o "$out" -- "$targets/t_fds" "$1" "$dir"
}

# Every write of a path went to a descriptor that is shown as that path; there are N of them.
told() {
	trace "$1"
	ok "$1: every descriptor is shown as what it is" events "$out" \
		"(lambda w: len(w) == $2 and all(c['fds']['fd'] == c['args']['buf'] for c in w))(
		[c for c in calls('write') if str(c['args']['buf']).startswith('$dir/')])"
}
told dup 7
ok "dup2: what was open there before, and what is now" events "$out" \
	"[(c['fds'].get('newfd', '-').rsplit('/')[-1], c['fds']['ret'].rsplit('/')[-1]) for c in calls('dup2')] == [('-', 'alpha'), ('alpha', 'beta')]"
told fork 3
told exec 2
told scm 1
told reuse 200
told range 2
told pidfd 2
told threads 1200
told rename 2
ok "rename: an open tells the new name" events "$out" \
	'[c["fds"]["ret"].rsplit("/")[-1] for c in calls("openat") if "/alpha" in str(c["args"]) or "/beta" in str(c["args"])] == ["alpha", "beta"]'
trace reuse
ok "reuse: results of open, too" events "$out" \
	"len([c for c in calls('openat') if c['fds'].get('ret') == c['args']['pathname'] and c['fds']['ret'].startswith('$dir/')]) == 200"
ok "reuse: what is closed is what was open" events "$out" \
	"[c['fds']['fd'].rsplit('/')[-1] for c in calls('close') if c['fds']['fd'].startswith('$dir/')] == ['beta', 'alpha'] * 100"
trace pipe
ok "both ends of a pipe" events "$out" \
	'(lambda w, r: w["fds"]["fd"] == r["fds"]["fd"] and re.match(r"pipe:\[[0-9]+\]$", r["fds"]["fd"]))(
	[c for c in calls("write") if c["args"]["buf"] == "p"][0], [c for c in calls("read") if c["args"]["buf"] == "p"][0])'

tc run --json -y -o "$out" -- "$targets/t_tcp" >"$dir/ports"
read -r server client <"$dir/ports"
ok "connect: the address" events "$out" \
	"calls('connect', ret=0)[0]['args'].get('uservaddr', calls('connect')[0]['args'].get('addr'))['port'] == $server"
ok "accept: who came" events "$out" "'$client' in json.dumps(calls('accept', error=None)[0]['args'])"
ok "after connect the client's socket has its peer" events "$out" \
	"(lambda f: f['peer']['port'] == $server and f['local']['port'] == $client and f['peer']['address'] == '127.0.0.1')(
	[c for c in calls('write') if c['args']['buf'] == 'ping'][0]['fds']['fd'])"
ok "after accept the server's has" events "$out" \
	"(lambda f: f['peer']['port'] == $client and f['local']['port'] == $server)(
	[c for c in calls('read') if c['args']['buf'] == 'ping'][0]['fds']['fd'])"
ok "sendto and recvfrom likewise" events "$out" \
	"[c['fds']['sockfd']['peer']['port'] for c in calls() if c['syscall'] in ('sendto', 'recvfrom')] == [$client, $server]"
tc run --format strace -y -o "$out" -- "$targets/t_tcp" >"$dir/ports"
read -r server client <"$dir/ports"
ok "strace -y: a socket's addresses" grep -q "write([0-9]*<.*127.0.0.1:$client->127.0.0.1:$server.*>, \"ping\", 4)" "$out"
tc run --format strace -y -o "$out" -- "$targets/t_fds" dup "$dir"
ok "strace -y: a file's path" grep -q "write(50<$dir/beta>, \"$dir/beta\"" "$out"
ok "strace -y: the result's path" grep -q "openat(AT_FDCWD<.*>, \"$dir/alpha\".* = [0-9]*<$dir/alpha>" "$out"

# A process that was there before: what it has open is known at once, and where it is.
cd "$dir" || exit 1
gated "$targets/t_fds" fork .
watch "$out" --pid "$gated" -y -e write,openat --follow
open_gate
wait_for "$gated"
unwatch
ok "relative names: the whole path" events "$out" \
	"[c['fds']['fd'] for c in calls('write')].count('$dir/alpha') == 2"
ok "the working directory" events "$out" \
	"'$dir' in [c['fds'].get('dirfd') for c in calls('openat')]"
cd / || exit 1
finish
