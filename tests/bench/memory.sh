#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# The daemon's resident memory with one session and 1,000 processes known, and under load: it must stay
# below the limit, and flat. memory.sh [--build-dir DIR] [MINUTES [LIMIT-MB]]
set -u

# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"

if [ "${1:-}" = --build-dir ]; then
	BUILD_DIR=$2
	shift 2
fi
minutes=${1:-10}
limit=${2:-64}
bench_init

# Rings and queues are counted from the first use of each page on, so that the beginning rises.
rss_kb() {
	awk '/^VmRSS/ { print $2 }' "/proc/$daemon_pid/status"
}

sleepers_are() {
	[ "$(wc -w <"/proc/$crowd/task/$crowd/children")" -ge "$1" ]
}

daemon_start
idle=$(rss_kb)
begin "$TRACECTL" --socket "$socket" watch --json >/dev/null 2>"$scratch/client.log"
until_ok 20 sessions_are 1 || die "no session: $(cat "$scratch/client.log")"

# A crowd of processes that all have been seen; it ends with its shell.
# shellcheck disable=SC2016 # for the inner shell
begin bash -c 'trap "kill \$(jobs -p); exit" TERM
	for ((i = 0; i < 1000; i++)); do sleep 100000 & done; wait'
crowd=$!
until_ok 120 sleepers_are 1000 || die "the crowd did not come together"
known=$(rss_kb)
echo "idle: $idle kB; one session and 1,000 processes known: $known kB"

begin bash -c 'trap "exit" TERM
	while :; do dd if=/dev/zero of=/dev/null bs=1 count=200000 status=none; ls -lR /etc >/dev/null 2>&1; done'
end=$((SECONDS + minutes * 60))
: >"$scratch/samples"
while [ $SECONDS -lt $end ]; do
	sleep 2
	rss_kb >>"$scratch/samples"
done

awk -v known="$known" -v limit="$limit" -v minutes="$minutes" '
	{ v[NR] = $1; if ($1 > top) top = $1 }
	END {
		third = int(NR / 3)
		for (i = 1; i <= third; i++) { early += v[third + i]; late += v[NR + 1 - i] }
		early /= third; late /= third
		if (known > top) top = known
		printf "under load for %d minutes: %.0f kB in the second third, %.0f kB in the last, %d kB at most\n",
			minutes, early, late, top
		if (top > limit * 1024) { printf "more than %d MB\n", limit; bad = 1 }
		if (late > early * 1.05 + 512) { print "it grows"; bad = 1 }
		exit bad
	}' "$scratch/samples"
