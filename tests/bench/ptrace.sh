#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# What tracing by ptrace costs, beside strace with the same output: workloads untraced, under `strace -f -o FILE` and
# under `tracectl --backend ptrace run --format strace -o FILE`, by turns, medians, as ratios. The last
# row has calls that nobody asked for: dd with -e openat, beside untraced.
set -u

usage() {
	cat <<'END'
usage: tests/bench/ptrace.sh [OPTION]..
  --build-dir DIR   where tracectl and tracerd were built (build)
  --rounds N        runs of each cell; the table shows medians (5)
  --workloads LIST  of dd,threads,forks,find,build,openat (all)
  --scale N         so many times the work (1)
END
}

# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"

rounds=5
scale=1
workloads=dd,threads,forks,find,build,openat

while [ $# -gt 0 ]; do
	case $1 in
	--build-dir) BUILD_DIR=$2 ;;
	--rounds) rounds=$2 ;;
	--workloads) workloads=$2 ;;
	--scale) scale=$2 ;;
	-h | --help) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
	esac
	shift 2 || exit 2
done

bench_init
raw=$scratch/raw
: >"$raw"
command -v strace >/dev/null || die "strace is not installed"
cc -O2 -pthread -o "$scratch/threads" "$bench_src/tests/bench/threads.c" || exit 1
cat >"$scratch/forks" <<END
#!/bin/sh
i=0
while [ \$i -lt $((300 * scale)) ]; do
	/bin/true
	i=\$((i + 1))
done
END
for i in 1 2 3; do
	printf '#include <stdio.h>\n#include <stdlib.h>\nint f%d(int n) { return printf("%%d", n); }\n' $i
	echo "int g$i(void) { return rand(); }"
done | split -l 4 --additional-suffix=.c - "$scratch/source-"
cat >"$scratch/build" <<END
#!/bin/sh
cd $scratch || exit 1
for i in $(seq -s ' ' "$scale"); do
	for f in source-*.c; do
		cc -O1 -c \$f || exit 1
	done
done
END
chmod +x "$scratch/forks" "$scratch/build"

# work NAME: sets $command.
work() {
	case $1 in
	dd) command=(dd if=/dev/zero of=/dev/null bs=1 count=$((10000 * scale)) status=none) ;;
	threads) command=("$scratch/threads" $((6000 * scale))) ;;
	forks) command=("$scratch/forks") ;;
	find) command=(find /usr/include /usr/share/doc -maxdepth $((1 + scale))) ;;
	build) command=("$scratch/build") ;;
	openat) command=(dd if=/dev/zero of=/dev/null bs=1 count=$((1000000 * scale)) status=none) ;;
	*) die "there is no workload $1" ;;
	esac
}

# columns NAME: by what it is run.
columns() {
	if [ "$1" = openat ]; then
		echo untraced tracectl-e
	else
		echo untraced strace tracectl
	fi
}

# run COLUMN: $command under that tracer.
run() {
	local trace=("$TRACECTL" run --backend ptrace --format strace -o "$scratch/trace")
	case $1 in
	untraced) "${command[@]}" ;;
	strace) strace -f -o "$scratch/trace" "${command[@]}" ;;
	tracectl) "${trace[@]}" -- "${command[@]}" ;;
	tracectl-e) "${trace[@]}" -e openat -- "${command[@]}" ;;
	esac >/dev/null 2>"$scratch/said"
}

# The tracer's start and end count too: what a user waits for.
measure() {
	local start end
	start=$(date +%s%N)
	run "$2" || say "$1 under $2: status $?: $(head -n 1 "$scratch/said")"
	end=$(date +%s%N)
	echo "$1 $2 $((end - start))" >>"$raw"
}

for name in ${workloads//,/ }; do
	work "$name"
	run untraced
	for ((round = 1; round <= rounds; round++)); do
		say "round $round of $rounds: $name"
		for column in $(columns "$name"); do
			measure "$name" "$column"
		done
	done
done

echo "Medians of $rounds interleaved runs on $(nproc) CPUs, Linux $(uname -r), $(strace -V | head -n 1). Ratios to the untraced"
echo "time; the last column is strace's time by tracectl's (openat: tracectl -e openat)."
echo
sort -k1,1 -k2,2 -k3,3n "$raw" | awk -v workloads="${workloads//,/ }" '
	{ key = $1 " " $2; v[key, ++n[key]] = $3 }
	function median(key) {
		return n[key] ? (v[key, int((n[key] + 1) / 2)] + v[key, int(n[key] / 2) + 1]) / 2 : 0
	}
	END {
		print "| workload | untraced | strace -f | tracectl, ptrace | times as fast |"
		print "|---|---:|---:|---:|---:|"
		nw = split(workloads, w, " ")
		for (i = 1; i <= nw; i++) {
			base = median(w[i] " untraced")
			s = median(w[i] " strace")
			t = median(w[i] (w[i] == "openat" ? " tracectl-e" : " tracectl"))
			printf "| %s | %.3f s | %s | %.2f | %s |\n", w[i], base / 1e9,
				s ? sprintf("%.2f", s / base) : "-", t / base, s ? sprintf("%.2f", s / t) : "-"
		}
	}'
