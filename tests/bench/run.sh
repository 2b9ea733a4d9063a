#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# What tracing costs: workloads (rows) under tracers (columns), interleaved, medians, as ratios to the
# untraced time of the same run. 1.00 is free; 2.00 takes twice as long, or does half as much.
set -u

usage() {
	cat <<'END'
usage: tests/bench/run.sh [OPTION]..
  --build-dir DIR   where tracectl and tracerd were built (build)
  --rounds N        runs of each cell; the table shows medians (5)
  --workloads LIST  of dd,redis,nginx,find,build (all)
  --columns LIST    of untraced,idle,bystander,summary,human,strace-format,json,
                    strace,perf-trace,perf-trace-s,bpftrace (all)
  --dd-count N      blocks that dd copies, two calls each (1000000)
  --raw FILE        keep every measurement: workload, column, nanoseconds
END
}

# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"

rounds=5
workloads=dd,redis,nginx,find,build
columns=untraced,idle,bystander,summary,human,strace-format,json,strace,perf-trace,perf-trace-s,bpftrace
dd_count=1000000
raw=

while [ $# -gt 0 ]; do
	case $1 in
	--build-dir) BUILD_DIR=$2 ;;
	--rounds) rounds=$2 ;;
	--workloads) workloads=$2 ;;
	--columns) columns=$2 ;;
	--dd-count) dd_count=$2 ;;
	--raw) raw=$2 ;;
	-h | --help) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
	esac
	shift 2 || exit 2
done

bench_init
raw=${raw:-$scratch/raw}
: >"$raw"
unavailable=
redis_pid=
nginx_pid=

# --- workloads: prepare_X once, work_X does it (after the words of $prefix) and leaves its time in
# $scratch/time. target[X] are the options by which tracectl finds it (none: a tree of many names, to
# be traced from its first process), pids[X] the processes if it is a server, comm[X] its name.
# shellcheck disable=SC2034 # prefix, target: used by name or from functions
declare -A target=([dd]="--comm dd" [find]="--comm find")
declare -A comm=([dd]=dd [find]=find [redis]=redis-server [nginx]=nginx)
declare -A pids=()
declare -A needs=([dd]=dd [find]=find [build]=cc [redis]="redis-server redis-benchmark"
	[nginx]="nginx wrk" [strace]=strace [perf-trace]=perf [perf-trace-s]=perf [bpftrace]=bpftrace)
prefix=

# timed CMD..: after the words of $prefix, the command under the stopwatch.
timed() {
	# shellcheck disable=SC2086 # words
	$prefix "$scratch/stopwatch" "$scratch/time" "$@"
}

prepare_dd() {
	:
}
work_dd() {
	timed dd if=/dev/zero of=/dev/null bs=1 count="$dd_count" status=none
}

prepare_find() {
	find /usr >/dev/null 2>&1
}
work_find() {
	timed find /usr >/dev/null 2>&1
}

prepare_build() {
	local i
	mkdir -p "$scratch/c"
	for i in 1 2 3 4 5 6 7 8 9 10; do
		printf '#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include <sys/socket.h>\nint f%d(int n) { return printf("%%d", n * %d); }\n' \
			$i $i >"$scratch/c/f$i.c"
	done
	cat >"$scratch/build.sh" <<END
#!/bin/sh
cd $scratch/c || exit 1
for f in *.c; do cc -O1 -c "\$f" || exit 1; done
END
	chmod +x "$scratch/build.sh"
}
work_build() {
	timed "$scratch/build.sh"
}

prepare_redis() {
	redis_port=$(free_port)
	begin redis-server --port "$redis_port" --bind 127.0.0.1 --save "" --appendonly no \
		--dir "$scratch" >"$scratch/redis.log" 2>&1
	redis_pid=$!
	until_ok 10 port_answers "$redis_port" || die "redis-server does not start"
	target[redis]="--pid $redis_pid" pids[redis]=$redis_pid
}
work_redis() {
	timed redis-benchmark -p "$redis_port" -t get,set -n 200000 -q >/dev/null
}

prepare_nginx() {
	nginx_port=$(free_port)
	mkdir -p "$scratch/www"
	head -c 612 /dev/zero | tr '\0' x >"$scratch/www/index.html"
	cat >"$scratch/nginx.conf" <<END
daemon off;
user root;
worker_processes 1;
pid $scratch/nginx.pid;
error_log $scratch/nginx.log;
events { worker_connections 256; }
http {
	access_log off;
	client_body_temp_path $scratch/body;
	proxy_temp_path $scratch/proxy;
	fastcgi_temp_path $scratch/fastcgi;
	uwsgi_temp_path $scratch/uwsgi;
	scgi_temp_path $scratch/scgi;
	server { listen 127.0.0.1:$nginx_port; root $scratch/www; }
}
END
	begin nginx -p "$scratch" -c "$scratch/nginx.conf" 2>"$scratch/nginx.log"
	nginx_pid=$!
	until_ok 10 port_answers "$nginx_port" || die "nginx does not start: $(cat "$scratch/nginx.log")"
	pids[nginx]=$nginx_pid,$(tr ' ' '\n' </proc/"$nginx_pid"/task/"$nginx_pid"/children | grep . | paste -sd ,)
	target[nginx]="--pid ${pids[nginx]}"
}
# wrk takes a fixed time; the time per request is what compares.
work_nginx() {
	wrk -t1 -c16 -d3s "http://127.0.0.1:$nginx_port/" |
		awk '/^Requests\/sec:/ { printf "%d\n", 1e9 / $2 }' >"$scratch/time"
}

# --- columns: column_X WORKLOAD runs the workload once under that tracer.

column_untraced() {
	prefix=
	"work_$1"
}

column_idle() {
	daemon_start
	prefix=
	"work_$1"
	daemon_stop
}

column_bystander() {
	local sleeper
	begin sleep 1000
	sleeper=$!
	daemon_start
	attached_tracectl "$1" watch --pid $sleeper
	finish $sleeper
}

# attached_tracectl WORKLOAD ARG..: a tracectl with these arguments beside the workload.
attached_tracectl() {
	local work=$1 client
	shift
	begin "$TRACECTL" --socket "$socket" "$@" >/dev/null 2>"$scratch/client.log"
	client=$!
	until_ok 20 sessions_are 1 || die "no session for tracectl $*: $(cat "$scratch/client.log")"
	prefix=
	"work_$work"
	finish $client INT
	daemon_stop
}

# tracectl_column WORKLOAD COMMAND RUN-COMMAND ARG..: attached where there is a target to name, else
# around the command.
tracectl_column() {
	local work=$1 command=$2 run=$3
	shift 3
	daemon_start
	if [ -n "${target[$work]-}" ]; then
		# shellcheck disable=SC2086 # options
		attached_tracectl "$work" "$command" ${target[$work]-} "$@"
	else
		prefix="$TRACECTL --socket $socket $run $* -o /dev/null --"
		"work_$work" 2>"$scratch/client.log"
		daemon_stop
	fi
}

column_summary() {
	tracectl_column "$1" summary summary
}
column_human() {
	tracectl_column "$1" watch run --format human
}
column_strace-format() {
	tracectl_column "$1" watch run --format strace
}
column_json() {
	tracectl_column "$1" watch run --format json
}

# peer WORKLOAD CMD..: another tracer, around the command or attached to the servers.
peer() {
	local work=$1 tracer
	shift
	if [ -z "${pids[$work]-}" ]; then
		prefix="$*"
		"work_$work" 2>"$scratch/peer.log"
		return
	fi
	begin "$@" -p "${pids[$work]}" 2>"$scratch/peer.log"
	tracer=$!
	sleep 1
	prefix=
	"work_$work"
	finish $tracer INT
}

column_strace() {
	peer "$1" strace -f -o /dev/null
}
column_perf-trace() {
	peer "$1" perf trace -o /dev/null
}
column_perf-trace-s() {
	peer "$1" perf trace -s -o /dev/null
}

column_bpftrace() {
	local filter="" tracer
	[ -z "${comm[$1]-}" ] || filter="/comm == \"${comm[$1]}\"/"
	begin bpftrace -B line -e "BEGIN { printf(\"ready\\n\"); }
		tracepoint:raw_syscalls:sys_enter $filter { @[args->id] = count(); }" >"$scratch/bpftrace" 2>&1
	tracer=$!
	until_ok 30 grep -q ready "$scratch/bpftrace" || die "bpftrace does not start"
	prefix=
	"work_$1"
	finish $tracer INT
	rm -f "$scratch/bpftrace"
}

# --- the table

# present KIND NAME PROGRAM..: false, and noted, where a program is not installed.
present() {
	local kind=$1 name=$2 program
	shift 2
	for program; do
		if ! command -v "$program" >/dev/null 2>&1; then
			unavailable="$unavailable  $kind $name: $program is not installed"$'\n'
			return 1
		fi
	done
}

choose() {
	local name chosen=()
	for name in ${workloads//,/ }; do
		# shellcheck disable=SC2086 # words
		present workload "$name" ${needs[$name]-} && chosen+=("$name")
	done
	workloads=${chosen[*]}
	chosen=()
	for name in ${columns//,/ }; do
		# shellcheck disable=SC2086
		present column "$name" ${needs[$name]-} && chosen+=("$name")
	done
	columns=${chosen[*]}
}

cell() {
	rm -f "$scratch/time"
	"column_$2" "$1" || say "$1 under $2: status $?"
	if [ -s "$scratch/time" ]; then
		echo "$1 $2 $(cat "$scratch/time")" >>"$raw"
	else
		say "$1 under $2 gave no time"
	fi
}

print_table() {
	sort -k1,1 -k2,2 -k3,3n "$raw" | awk -v workloads="$workloads" -v columns="$columns" '
		{ key = $1 " " $2; v[key, ++n[key]] = $3 }
		function median(key) {
			return n[key] ? (v[key, int((n[key] + 1) / 2)] + v[key, int(n[key] / 2) + 1]) / 2 : 0
		}
		function unit(w, ns) {
			return w == "nginx" ? sprintf("%.0f/s", 1e9 / ns) : sprintf("%.2f s", ns / 1e9)
		}
		END {
			nw = split(workloads, w, " "); nc = split(columns, c, " ")
			printf "| workload |"
			for (j = 1; j <= nc; j++) printf " %s |", c[j]
			printf "\n|---|"
			for (j = 1; j <= nc; j++) printf "---:|"
			print ""
			for (i = 1; i <= nw; i++) {
				printf "| %s |", w[i]
				base = median(w[i] " untraced")
				for (j = 1; j <= nc; j++) {
					m = median(w[i] " " c[j])
					if (!m) printf " - |"
					else if (c[j] == "untraced" || !base) printf " %s |", unit(w[i], m)
					else printf " %.2f |", m / base
				}
				print ""
			}
		}'
}

choose
# The first run of anything is slower: it isn't measured. Each round begins with another column, so
# that none has always the same neighbour.
for work in $workloads; do
	"prepare_$work"
	prefix=
	"work_$work"
done
order=$columns
for ((round = 1; round <= rounds; round++)); do
	for work in $workloads; do
		say "round $round of $rounds: $work"
		for column in $order; do
			cell "$work" "$column"
		done
	done
	order="${order#* } ${order%% *}"
done

echo "Medians of $rounds interleaved runs on $(nproc) CPUs, Linux $(uname -r). Ratios: time for the same work,"
echo "untraced = 1. tracectl's columns watch (human, strace-format, json) write to /dev/null."
echo
print_table
if [ -n "$unavailable" ]; then
	echo
	echo "Not measured:"
	printf '%s' "$unavailable"
fi
