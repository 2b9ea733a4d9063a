#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# A storm of calls on one CPU, daemon and client on another: what was delivered and what was lost must
# add up to the calls that were made. storm.sh [--build-dir DIR] [COUNT [CALLS-PER-SECOND]]
set -u

# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"

if [ "${1:-}" = --build-dir ]; then
	BUILD_DIR=$2
	shift 2
fi
count=${1:-5000000}
rate=${2:-1000000}
bench_init

near='' far=''
if [ "$(nproc)" -gt 1 ] && command -v taskset >/dev/null; then
	near="taskset -c 0" far="taskset -c 1"
fi
bad=0

# storm NAME OPTION..: prints one line; the options are for tracectl run.
storm() {
	local name=$1 made delivered told lost
	shift
	# shellcheck disable=SC2086 # words
	$far "$TRACECTL" --socket "$socket" run -e getppid --json -o "$scratch/pipe" "$@" -- \
		$near "$scratch/calls" "$count" "$rate" >"$scratch/made" 2>"$scratch/client.log" &
	started+=($!)
	# shellcheck disable=SC2016,SC2086
	$far awk '/"type": *"syscall"/ { n++ } { last = $0 } END { print n + 0, last }' \
		<"$scratch/pipe" >"$scratch/counted"
	wait $!
	made=$(awk '{ print $1 }' "$scratch/made")
	delivered=$(awk '{ print $1 }' "$scratch/counted")
	told=$(sed -n 's/.*"events": *\([0-9]*\).*/\1/p' "$scratch/counted")
	lost=$(sed -n 's/.*"lost": *\([0-9]*\).*/\1/p' "$scratch/counted")
	awk -v name="$name" -v made="${made:-0}" -v got="${delivered:-0}" -v lost="${lost:-0}" -v told="${told:-0}" '
		/calls in/ { seconds = $4 / 1e9 }
		END {
			printf "%-12s %d calls at %.2f million/s: %d delivered, %d lost (%.2f %%)", name,
				made, made / seconds / 1e6, got, lost, 100 * lost / (made ? made : 1)
			if (made && got + lost == made)
				print ", which adds up"
			else {
				printf ": %d are unaccounted for (the end says %d events)\n", made - got - lost, told
				exit 1
			}
		}' "$scratch/made" || bad=1
}

mkfifo "$scratch/pipe"
daemon_prefix=$far
daemon_start
storm "keeping up"
count=$((count / 4)) rate=0
storm "flat out"
exit $bad
