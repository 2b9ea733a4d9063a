#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# A budget: less is shown while watching costs more than that, each step is told, nothing goes uncounted.
#
# Alone: what it and the daemon cost is measured.

# shellcheck source=tests/integration/lib.sh
. "${SRC_DIR:?}/tests/integration/lib.sh"
out=$dir/out
mkdir "$dir/bin"
cp "$targets/t_calls" "$dir/bin/busy-one"
conf=$dir/conf
: >"$conf"
daemon_start --config "$conf"

# adds_up FILE CALLS: shown, not shown and lost are so many in all; among what was lost there can be a few
# other records.
adds_up() {
	python3 -c 'import json, sys
ev = [json.loads(l) for l in open(sys.argv[1])]
shown = sum(e.get("syscall") == "getppid" for e in ev)
hidden = sum(e["not_shown"] for e in ev if e["type"] == "budget")
lost = sum(e["count"] for e in ev if e["type"] == "lost")
print(shown, hidden, lost, [e for e in ev if e["type"] == "budget"])
over = shown + hidden + lost - int(sys.argv[2])
sys.exit(not (0 <= over <= (20 if lost else 0) and shown and hidden))' "$1" "$2"
}

# steps FILE: what was shown one after the other.
steps() {
	sed -n 's/.*"type":"budget".*"shown":"\([^"]*\)".*/\1/p' "$1" | uniq | paste -sd ' ' -
}

says() {
	grep -q "$@"
}

tc run --json -o "$out" --budget 0.5% -e getppid -- "$dir/bin/busy-one" 1 2000000 0 0
ok "too much: no data, then counts" is "$(steps "$out")" "no-data counts"
ok "shown + not shown + lost is all there was" adds_up "$out" 2000000
tc run --format strace -o "$out" --budget 0.5% -e getppid -- "$dir/bin/busy-one" 1 2000000 0 0
ok "strace: a comment" says '^--- budget: .* used, calls are only counted ---$' "$out"
tc run --format human -o "$out" --budget 0.5 -e getppid -- "$dir/bin/busy-one" 1 2000000 0 0
ok "human: a sentence" says 'calls were not shown here; watching takes .*%' "$out"
tc run --json -o "$out" --budget 100% -e getppid -- "$dir/bin/busy-one" 1 1000 0 0
ok "enough: all of it" events "$out" 'len(calls()) == 1000 and not [e for e in ev if e["type"] == "budget"]'

# Two threads of several processes, with a filter that the kernel decides at the return; for longer than the steps
# to mere counts take.
tc run --json -o "$out" --budget 0.5% -e getppid --ok -- sh -c "$dir/bin/busy-one 2 1500000 0 0; $dir/bin/busy-one 3 700000 0 0"
# The shell asks for its parent once.
ok "several threads add up" adds_up "$out" 5100001

# What others do on the host costs, too: a budget that they alone do not take.
watch "$out" --comm busy-one --budget 7% -e getppid,openat
storms=0
# On a busy machine neither it nor the daemon may get the processor for long enough to be noticed.
while [ $storms -lt 10 ] && ! says '"shown":"counts"' "$out"; do
	"$dir/bin/busy-one" 2 1500000 0 0
	storms=$((storms + 1))
done
ok "after a storm" until_ok 10 says '"shown":"counts"' "$out"
ok "all is shown again" until_ok 60 says '"shown":"all"' "$out"
"$dir/bin/busy-one" 1 10 5 0
unwatch
steps "$out" >"$out.steps"
ok "with data" events "$out" \
	'len(calls("openat", error="ENOENT")) >= 5 and calls("openat")[-1]["args"]["pathname"] == "/nonexistent/file"'
ok "step by step" says "no-data counts no-data all$" "$out.steps"
ok "and all adds up" adds_up "$out" $((storms * 3000000 + 10))

# Another session, of the same calls, has no budget.
watch "$out" --comm busy-one -e getppid
tc run --json -o "$out.2" --budget 0.5% -e getppid -- "$dir/bin/busy-one" 1 400000 0 0
unwatch
ok "one session's budget is not another's" python3 -c 'import json, sys
ev = [json.loads(l) for l in open(sys.argv[1])]
n = sum(e.get("syscall") == "getppid" for e in ev) + ev[-1]["lost"]
print(n)
sys.exit(not 400000 <= n <= 400010 or any(e["type"] == "budget" for e in ev))' "$out"

echo '[daemon]
budget = 1' >"$conf"
kill -HUP "$daemon_pid"
until_ok 10 grep -q 'read again' "$dir/tracerd.log"
tc run --json -o "$out" -e getppid -- "$dir/bin/busy-one" 1 2000000 0 0
ok "a default in the configuration" adds_up "$out" 2000000
refused "nonsense" "from 0.1% to 100%" watch --budget 200%
"$TRACECTL" run --backend ptrace --budget 5% -- true 2>"$dir/refused"
ok "ptrace refuses" one_line "$dir/refused"
ok "and says why" says 'ptrace can.t keep to a budget' "$dir/refused"
end "$daemon_pid"

# With the capabilities of the service: what calls cost that nobody asked for is known only if an
# administrator has the kernel measure it.
stats=/proc/sys/kernel/bpf_stats_enabled
caps=+bpf,+perfmon,+sys_ptrace,+dac_read_search
started_with=$(cat $stats 2>/dev/null)
if [ "$started_with" = 0 ] && { echo 1 >$stats; } 2>/dev/null; then
	trap 'echo 0 >$stats; cleanup' EXIT
	begin setpriv --inh-caps="-all,$caps" --bounding-set="-all,$caps" "$TRACERD" --socket "$sock" 2>"$dir/tracerd.log"
	daemon_pid=$begun
	until_ok 30 tc status
	watch "$out" --comm nobody --budget 0.5% -e getppid
	begin "$dir/bin/busy-one" 1 1000000000 0 0
	ok "measured without the right to ask for it" until_ok 30 says '"shown":"counts"' "$out"
	echo 0 >$stats
	end "$begun" KILL
	unwatch
	end "$daemon_pid"
else
	skip "measured without the right to ask for it" "kernel.bpf_stats_enabled is on, or not ours to change"
fi
finish
