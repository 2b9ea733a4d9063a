# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# shellcheck shell=bash
#
# What the measuring scripts share: a scratch folder, a private tracerd, free ports, and ending
# exactly what was started.

bench_src=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD_DIR=${BUILD_DIR:-$bench_src/build}
scratch=
started=()
daemon_pid=
daemon_prefix=

say() {
	echo "$*" >&2
}

die() {
	say "bench: $*"
	exit 1
}

cleanup() {
	local pid
	for pid in "${started[@]}"; do
		kill "$pid" 2>/dev/null
	done
	for pid in "${started[@]}"; do
		wait "$pid" 2>/dev/null
	done
	[ -z "$scratch" ] || rm -rf "$scratch"
}

bench_init() {
	[ "$(id -u)" -eq 0 ] || die "run as root"
	TRACECTL=${TRACECTL:-$BUILD_DIR/cli/tracectl}
	TRACERD=${TRACERD:-$BUILD_DIR/daemon/tracerd}
	if [ ! -x "$TRACECTL" ] || [ ! -x "$TRACERD" ]; then
		die "$BUILD_DIR has no tracectl and tracerd: build first, or give --build-dir"
	fi
	scratch=$(mktemp -d "${TMPDIR:-/tmp}/tracer-bench.XXXXXX") || exit 1
	chmod 755 "$scratch"
	trap cleanup EXIT
	trap 'exit 130' INT TERM
	socket=$scratch/tracerd.sock
	cc -O2 -o "$scratch/stopwatch" "$bench_src/tests/bench/stopwatch.c" || exit 1
	cc -O2 -o "$scratch/calls" "$bench_src/tests/bench/calls.c" || exit 1
}

# until_ok SECONDS CMD..: tries until the command succeeds.
until_ok() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.02
	done
}

# begin CMD..: in the background; its pid is in $! and is ended with the script.
begin() {
	"$@" &
	started+=($!)
}

# finish PID [SIGNAL]
finish() {
	local pid kept=()
	kill -"${2:-TERM}" "$1" 2>/dev/null
	wait "$1" 2>/dev/null
	for pid in "${started[@]}"; do
		[ "$pid" = "$1" ] || kept+=("$pid")
	done
	started=("${kept[@]}")
}

daemon_start() {
	# shellcheck disable=SC2086 # words, such as taskset -c 1
	begin ${daemon_prefix-} "$TRACERD" --socket "$socket" 2>"$scratch/tracerd.log"
	daemon_pid=$!
	until_ok 20 "$TRACECTL" --socket "$socket" status ||
		die "tracerd does not answer: $(cat "$scratch/tracerd.log")"
}

daemon_stop() {
	[ -z "$daemon_pid" ] || finish "$daemon_pid"
	daemon_pid=
}

sessions_are() {
	"$TRACECTL" --socket "$socket" status --json | grep -q "\"sessions\": *$1[,}]"
}

port_is_free() {
	! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

free_port() {
	local port
	until port=$((20000 + RANDOM % 30000)) && port_is_free $port; do
		:
	done
	echo $port
}

port_answers() {
	(exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}
