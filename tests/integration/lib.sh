# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# shellcheck shell=sh disable=SC2034,SC2120
#
# For scripts that run the real tracerd and tracectl: a scratch folder with a private socket, TAP, and
# ending exactly what was started. Nothing sleeps for a guess: what must be so is waited for by asking.
set -u
LC_ALL=C.UTF-8
export LC_ALL

: "${SRC_DIR:?}" "${BUILD_DIR:?}" "${TRACECTL:?}" "${TRACERD:?}"
targets=$BUILD_DIR/tests/targets
dir=$(mktemp -d "${TMPDIR:-/tmp}/tracer-test.XXXXXX") || exit 1
chmod 755 "$dir"
sock=$dir/s
cases=0
started=
daemon_pid=

cleanup() {
	# First what wakes it: a sanitizer that stops a process that ends would wait for the stop that this takes back.
	for pid in $started; do
		kill -CONT "$pid" 2>/dev/null
		kill "$pid" 2>/dev/null
	done
	for pid in $started; do
		wait "$pid" 2>/dev/null
	done
	sed -n "s|^[^ ]* \($dir/[^ ]*\) .*|\1|p" /proc/mounts | while read -r mounted; do
		umount "$mounted"
	done
	rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP

# ok NAME CMD..: one case, which holds if the command succeeds; what it said is shown if not.
ok() {
	name=$1
	shift
	cases=$((cases + 1))
	if "$@" >"$dir/why" 2>&1; then
		echo "ok $cases - $name"
	else
		echo "not ok $cases - $name"
		sed 's/^/# /' "$dir/why" | cut -c 1-400 | head -n 40
	fi
}

skip() {
	cases=$((cases + 1))
	echo "ok $cases - $1 # SKIP $2"
}

finish() {
	echo "1..$cases"
}

not() {
	! "$@"
}

is() {
	[ "$1" = "$2" ] || {
		echo "is $1, should be $2"
		return 1
	}
}

# until_ok SECONDS CMD..: tries until the command succeeds.
until_ok() {
	tries=$(($1 * 50))
	shift
	until "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.02
	done
}

# begin CMD..: in the background; its pid is in $begun, and it ends with the script.
begin() {
	"$@" &
	begun=$!
	started="$started $begun"
}

# end PID [SIGNAL]: ends what begin began; the status is that of the program.
end() {
	kill -"${2:-TERM}" "$1" 2>/dev/null
	wait_for "$1"
}

wait_for() {
	wait "$1" 2>/dev/null
	waited=$?
	kept=
	for pid in $started; do
		[ "$pid" = "$1" ] || kept="$kept $pid"
	done
	started=$kept
	return $waited
}

tc() {
	"$TRACECTL" --socket "$sock" "$@"
}

daemon_start() {
	begin "$TRACERD" --socket "$sock" "$@" 2>"$dir/tracerd.log"
	daemon_pid=$begun
	until_ok 30 tc status || {
		echo "Bail out! tracerd does not answer"
		sed 's/^/# /' "$dir/tracerd.log"
		exit 1
	}
}

# status_has KEY NUMBER
status_has() {
	tc status --json >"$dir/status" && grep -q "\"$1\": *$2[,}]" "$dir/status"
}

# Descriptors of the daemon, among them every program, map and link that it has in the kernel.
fds() {
	find "/proc/$daemon_pid/fd" -type l | wc -l
}

fds_at_most() {
	[ "$(fds)" -le "$1" ]
}

# How many sessions there are; a session that is listed sees everything from then on.
sessions_are() {
	status_has sessions "$1"
}

# small FILE: by this status tracerd's memory is within 64 MB; a sanitizer's own is not counted.
small() {
	grep -q __asan_init "$TRACERD" || python3 -c 'import json, sys
b = json.load(open(sys.argv[1]))["memory_bytes"]
print(b)
sys.exit(not 1 << 20 < b <= 64 << 20)' "$1"
}

# watch FILE OPTION..: a JSON watch into the file, live when this returns; its pid is in $watcher.
watch() {
	file=$1
	shift
	begin "$TRACECTL" --socket "$sock" watch --json -o "$file" "$@" 2>"$file.err"
	watcher=$begun
	until_ok 20 sessions_are 1 || sed 's/^/# /' "$file.err"
}

# Ends it, when it has said all that it knows.
unwatch() {
	end "$watcher" TERM
	until_ok 20 sessions_are 0
}

# gated CMD..: a process that becomes the command when `open_gate` says so; its pid is in $gated.
gates=0
gated() {
	gates=$((gates + 1))
	gate=$dir/gate$gates
	mkfifo "$gate"
	# shellcheck disable=SC2016 # the inner shell expands it
	begin sh -c 'read -r go <"$0"; exec "$@"' "$gate" "$@"
	gated=$begun
	until_ok 10 in_call "$gated" 257 # it waits in openat
}

open_gate() {
	echo >"$gate"
}

# events FILE EXPRESSION [NAME=VALUE]..: the file is what --json promises, and the Python expression holds.
events() {
	python3 "$SRC_DIR/tests/integration/events.py" "$@"
}

# in_call PID NR: the task sleeps in system call number NR.
in_call() {
	grep -q "^$2 " "/proc/$1/syscall"
}

gone() {
	[ ! -e "/proc/$1" ] || grep -q '^State:.[ZX]' "/proc/$1/status"
}

# one_line FILE: a sentence of tracectl for the user.
one_line() {
	cat "$1"
	[ "$(wc -l <"$1")" -eq 1 ] && grep -q '^tracectl: ' "$1"
}

# refused NAME WORD OPTION..: tracectl ends with 2 and one line on stderr that has the word.
refused() {
	request=$1 word=$2
	shift 2
	tc "$@" >"$dir/refused.out" 2>"$dir/refused"
	status=$?
	ok "$request: status 2" is $status 2
	ok "$request: one sentence" one_line "$dir/refused"
	ok "$request: says $word" grep -q -e "$word" "$dir/refused"
	ok "$request: nothing on stdout" not test -s "$dir/refused.out"
}

[ "$(id -u)" -eq 0 ] || {
	echo "1..0 # SKIP not root"
	exit 0
}
