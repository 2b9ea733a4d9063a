#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# soak.sh [--build-dir DIR] [--minutes N]: a daemon under load for half an hour or N minutes, while sessions of all
# kinds come and go, in order and killed. Prints what the daemon and one client that stays have at the start
# and at the end: memory, descriptors, objects in the kernel, losses. Fails where something has grown.
set -u

# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"

minutes=30
while [ $# -gt 0 ]; do
	case $1 in
	--build-dir) BUILD_DIR=$2 ;;
	--minutes) minutes=$2 ;;
	*) die "usage: soak.sh [--build-dir DIR] [--minutes N]" ;;
	esac
	shift 2
done
[ "$minutes" -ge 2 ] || die "less than two minutes say nothing"
bench_init

rss_kb() {
	awk '/^VmRSS/ { print $2 }' "/proc/$1/status"
}

fds() {
	find "/proc/$1/fd" -type l | wc -l
}

# Programs, maps and links that the daemon holds.
objects() {
	grep -lE '^(prog|map|link)_id:' "/proc/$daemon_pid/fdinfo/"* 2>/dev/null | wc -l
}

status_of() {
	"$TRACECTL" --socket "$socket" status --json | sed -n "s/.*\"$1\": *\([0-9]*\).*/\1/p"
}

# Load: calls, descriptors, processes; each with pauses, so that what is lost is the exception.
daemon_start
# shellcheck disable=SC2016 # for the inner shell
begin bash -c 'trap "exit" TERM
	while :; do
		"$1" 100000 50000 >/dev/null
		ls -lR /etc /usr/share/doc >/dev/null 2>&1
		for i in 1 2 3 4 5 6 7 8 9 10; do /bin/true; done
		dd if=/dev/zero of=/dev/null bs=4k count=5000 status=none
		sleep 0.1
	done' load "$scratch/calls"
load=$!
begin "$TRACECTL" --socket "$socket" watch -f --json --pid "$load" -o /dev/null 2>"$scratch/client.log"
client=$!
until_ok 20 sessions_are 1 || die "no session: $(cat "$scratch/client.log")"

# One visitor; of every kind in turn.
visits=0
visit() {
	local ctl=("$TRACECTL" --socket "$socket") pid
	visits=$((visits + 1))
	case $((visits % 7)) in
	0) timeout 2 "${ctl[@]}" run -f -y -o /dev/null -- ls -l /etc >/dev/null ;;
	1) timeout 2 "${ctl[@]}" summary --duration 300ms -o /dev/null ;;
	2) timeout 2 "${ctl[@]}" pending -o /dev/null ;;
	3) timeout 2 "${ctl[@]}" watch --duration 300ms -e %file -o /dev/null --uid 0 ;;
	4) timeout 2 "${ctl[@]}" watch --duration 200ms --failed --comm bash -o /dev/null ;;
	5)
		"${ctl[@]}" watch -f --pid "$load" -o /dev/null &
		pid=$!
		sleep 0.2
		kill -KILL "$pid"
		wait "$pid"
		;;
	6) timeout -s KILL 0.3 "${ctl[@]}" summary -o /dev/null ;;
	esac 2>/dev/null
}

# sample NAME: one line of figures, which are also kept in an array.
declare -A daemon_kb client_kb daemon_fds client_fds kernel
sample() {
	until_ok 10 sessions_are 1
	daemon_kb[$1]=$(rss_kb "$daemon_pid")
	client_kb[$1]=$(rss_kb "$client")
	daemon_fds[$1]=$(fds "$daemon_pid")
	client_fds[$1]=$(fds "$client")
	kernel[$1]=$(objects)
	printf '%-6s daemon %6d kB, %3d descriptors, %3d kernel objects; client %6d kB, %2d descriptors; %d visits, %s events, %s lost\n' \
		"$1" "${daemon_kb[$1]}" "${daemon_fds[$1]}" "${kernel[$1]}" "${client_kb[$1]}" "${client_fds[$1]}" \
		"$visits" "$(status_of events)" "$(status_of lost)"
}

soak_until() {
	while [ $SECONDS -lt "$1" ]; do
		visit
		kill -0 "$daemon_pid" || die "the daemon is gone: $(cat "$scratch"/*.log)"
		kill -0 "$client" || die "the client is gone: $(cat "$scratch/client.log")"
	done
}

# A client that halts in a storm: its queue, and what is kept of it for the next, are as large as they get.
"$scratch/calls" 4000000 1000000 >/dev/null &
storm=$!
"$TRACECTL" --socket "$socket" watch --pid $storm -o /dev/null &
visitor=$!
until_ok 10 sessions_are 2
kill -STOP $visitor
wait $storm
kill -KILL $visitor
wait $visitor 2>/dev/null

# Other pools and caches have filled after a quarter of the time, of five minutes at most.
warm=$((minutes * 15))
[ $warm -le 300 ] || warm=300
end=$((SECONDS + minutes * 60))
soak_until $((SECONDS + warm))
sample start
soak_until $end
sample end

bad=0
# grown WHAT START END SLACK
grown() {
	if [ "$3" -gt $(($2 + $4)) ]; then
		echo "grown: $1, from $2 to $3"
		bad=1
	fi
}
grown "the daemon's memory in kB" "${daemon_kb[start]}" "${daemon_kb[end]}" 4096
grown "the client's memory in kB" "${client_kb[start]}" "${client_kb[end]}" 4096
grown "the daemon's descriptors" "${daemon_fds[start]}" "${daemon_fds[end]}" 0
grown "the client's descriptors" "${client_fds[start]}" "${client_fds[end]}" 0
grown "objects in the kernel" "${kernel[start]}" "${kernel[end]}" 0
[ "$(rss_kb "$daemon_pid")" -le 98304 ] || {
	echo "the daemon takes more than 96 MB"
	bad=1
}
kill -INT "$client"
wait "$client" || {
	echo "the client failed: $(cat "$scratch/client.log")"
	bad=1
}
[ $bad -eq 0 ] && echo "nothing has grown in $minutes minutes"
exit $bad
