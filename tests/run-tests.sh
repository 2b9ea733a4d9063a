#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# run-tests.sh [-t NAME].. [-j JOBS] BUILD_DIR.. - runs the test programs of one or more build trees and
# counts their cases, JOBS programs at a time (one per processor), and those that measure or change the
# whole machine, which say so by a line "# Alone: WHY", one by one after the others. Every program speaks
# TAP: unit tests by cmocka, scripts by themselves. One that ends without telling all the cases of its plan, or in
# failure although every case is ok, is one failure more. NAME is as ctest has it: unit/test_filter,
# integration/run. Ends with "N passed, N failed, N skipped", and with status 1 if anything failed.
set -u
LC_ALL=C.UTF-8
export LC_ALL

src=$(cd "$(dirname "$0")/.." && pwd)

p=0 f=0 s=0 why=

# Sets p, f, s and why from the TAP in a file and the exit status of the program that wrote it.
count_tap() {
	eval "$(awk -v status="$2" '
		/^1\.\.0/ { planned = 1; s++; next }
		/^1\.\.[0-9]+/ { planned = 1; plan += substr($1, 4); next }
		/^(not )?ok/ {
			seen++
			if (/# *[Ss][Kk][Ii][Pp]/)
				s++
			else if (/^ok/)
				p++
			else
				f++
		}
		END {
			why = ""
			if (status == 124 || status == 137)
				why = "took too long"
			else if (!planned || seen < plan)
				why = "ended before its last case, status " status
			else if (status != 0 && !f)
				why = "status " status
			printf "p=%d f=%d s=%d why=\"%s\"", p, f + (why != ""), s, why
		}' "$1")"
}

# run_one SCRATCH BUILD_DIR NAME FILE: runs a test, prints what came of it, and adds its line to SCRATCH/counts.
run_one() {
	scratch=$1 build=$2 name=$3 file=$4
	out=$(mktemp "$scratch/out.XXXXXX")
	case $file in
	*.sh) set -- sh "$file" ;;
	*)
		# shellcheck disable=SC2086 # a command: what runs programs of another architecture
		set -- ${TEST_RUNNER:-} "$file"
		;;
	esac
	began=$(date +%s)
	SRC_DIR=$src BUILD_DIR=$build TRACECTL=$build/cli/tracectl TRACERD=$build/daemon/tracerd \
		CMOCKA_MESSAGE_OUTPUT=TAP \
		timeout -k 10 "${TEST_TIMEOUT:-600}" "$@" >"$out" 2>&1 </dev/null
	count_tap "$out" $?
	echo "$p $f $s" >>"$scratch/counts"
	{
		printf '%-14s %-28s %4d passed, %d failed, %d skipped, %d s\n' \
			"$(basename "$build")" "$name" "$p" "$f" "$s" $(($(date +%s) - began))
		grep -i '^\(not \)\{0,1\}ok.*# *skip\|^1\.\.0' "$out" | sed 's/^/    /'
		if [ "$f" -gt 0 ]; then
			[ -z "$why" ] || echo "    $name: $why"
			tail -n 300 "$out" | sed 's/^/    /'
		fi
	} >"$out.said"
	flock "$scratch" cat "$out.said"
}

if [ "${1:-}" = --one ]; then
	shift
	run_one "$@"
	exit 0
fi

only=
jobs=$(nproc)
while getopts t:j: option; do
	case $option in
	t) only="$only $OPTARG " ;;
	j) jobs=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
if [ $# -eq 0 ]; then
	echo "usage: run-tests.sh [-t NAME].. [-j JOBS] BUILD_DIR.." >&2
	exit 2
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
: >"$scratch/together"
: >"$scratch/alone"
: >"$scratch/counts"

wanted() {
	case $only in
	"" | *" $1 "*) return 0 ;;
	*) return 1 ;;
	esac
}

# queue BUILD_DIR NAME FILE
queue() {
	wanted "$2" || return 0
	list=together
	case $3 in
	*.sh) ! grep -q '^# Alone: ' "$3" || list=alone ;;
	esac
	printf '%s\0' --one "$scratch" "$1" "$2" "$3" >>"$scratch/$list"
}

# queue_scripts BUILD_DIR FOLDER
queue_scripts() {
	for script in "$src/tests/$2"/*.sh; do
		case $script in
		*/lib*) ;;
		*) queue "$1" "$2/$(basename "$script" .sh)" "$script" ;;
		esac
	done
}

queue_units() {
	for source in "$src"/tests/unit/test_*.c; do
		name=$(basename "$source" .c)
		queue "$1" "unit/$name" "$1/tests/unit/$name"
	done
}

# What two tracers say of the same programs takes minutes with sanitizers, so that it is left to the other builds.
queue_traced() {
	grep -q __asan_init "$1/daemon/tracerd" || queue_scripts "$1" parity
	queue_scripts "$1" integration
	queue_scripts "$1" system
}

skip_traced() {
	for script in "$src"/tests/integration/*.sh "$src"/tests/system/*.sh; do
		case $script in
		*/lib*) ;;
		*) echo 0 0 1 >>"$scratch/counts" ;;
		esac
	done
	echo "$(basename "$1"): integration tests are skipped: $reason"
}

reason=
[ "$(id -u)" -eq 0 ] || reason="not root"
[ -r /sys/kernel/btf/vmlinux ] || reason="the kernel has no BTF (/sys/kernel/btf/vmlinux)"
first=yes
for dir; do
	build=$(cd "$dir" && pwd) || exit 2
	if [ $first = yes ]; then
		queue_scripts "$build" lint
		queue_scripts "$build" fuzz
		first=no
	fi
	queue_units "$build"
	if [ -z "$reason" ]; then
		queue_traced "$build"
	else
		skip_traced "$build"
	fi
done
if [ ! -s "$scratch/together" ] && [ ! -s "$scratch/alone" ]; then
	echo "no such test:$only" >&2
	exit 2
fi
# Tests start Python often: so the program itself, where python3 is a script that looks for it.
python=$(python3 -c 'import sys; print(sys.executable)' 2>/dev/null) && PATH=$(dirname "$python"):$PATH

xargs -0 -r -n 5 -P "$jobs" sh "$0" <"$scratch/together"
xargs -0 -r -n 5 -P 1 sh "$0" <"$scratch/alone"
awk '{ p += $1; f += $2; s += $3 }
	END { printf "%d passed, %d failed, %d skipped\n", p, f, s; exit f != 0 }' "$scratch/counts"
