#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# run-tests.sh [-t NAME].. BUILD_DIR.. - runs the test programs of one or more build trees and counts
# their cases. Every program speaks TAP: unit tests by cmocka, scripts by themselves. One that ends
# without telling all the cases of its plan, or in failure although every case is ok, is one failure
# more. NAME is as ctest has it: unit/test_filter, integration/run. Ends with "N passed, N failed,
# N skipped", and with status 1 if anything failed.
set -u
LC_ALL=C.UTF-8
export LC_ALL

src=$(cd "$(dirname "$0")/.." && pwd)
only=
while getopts t: option; do
	case $option in
	t) only="$only $OPTARG " ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
if [ $# -eq 0 ]; then
	echo "usage: run-tests.sh [-t NAME].. BUILD_DIR.." >&2
	exit 2
fi

passed=0
failed=0
skipped=0
scratch=$(mktemp -d)
# Tests start Python often: so the program itself, where python3 is a script that looks for it.
python=$(python3 -c 'import sys; print(sys.executable)' 2>/dev/null) && PATH=$(dirname "$python"):$PATH
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

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

# run_one BUILD_DIR NAME COMMAND..
run_one() {
	build=$1 name=$2
	shift 2
	out=$scratch/out
	began=$(date +%s)
	SRC_DIR=$src BUILD_DIR=$build TRACECTL=$build/cli/tracectl TRACERD=$build/daemon/tracerd \
		CMOCKA_MESSAGE_OUTPUT=TAP \
		timeout -k 10 "${TEST_TIMEOUT:-300}" "$@" >"$out" 2>&1 </dev/null
	count_tap "$out" $?
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	printf '%-14s %-28s %4d passed, %d failed, %d skipped, %d s\n' \
		"$(basename "$build")" "$name" "$p" "$f" "$s" $(($(date +%s) - began))
	grep -i '^\(not \)\{0,1\}ok.*# *skip\|^1\.\.0' "$out" | sed 's/^/    /'
	if [ "$f" -gt 0 ]; then
		[ -z "$why" ] || echo "    $name: $why"
		tail -n 300 "$out" | sed 's/^/    /'
	fi
}

wanted() {
	case $only in
	"" | *" $1 "*) return 0 ;;
	*) return 1 ;;
	esac
}

run_units() {
	for source in "$src"/tests/unit/test_*.c; do
		name=$(basename "$source" .c)
		if [ -f "$source" ] && wanted "unit/$name"; then
			run_one "$1" "unit/$name" "$1/tests/unit/$name"
		fi
	done
}

# run_scripts BUILD_DIR FOLDER
run_scripts() {
	for script in "$src/tests/$2"/*.sh; do
		name=$2/$(basename "$script" .sh)
		case $name in
		*/lib*) continue ;;
		esac
		if [ -x "$script" ] && wanted "$name"; then
			run_one "$1" "$name" "$script"
		elif [ -f "$script" ] && wanted "$name"; then
			run_one "$1" "$name" sh "$script"
		fi
	done
}

# What two tracers say of the same programs: not with sanitizers, which make it take minutes.
run_parity() {
	if [ -z "$reason" ] && ! grep -q __asan_init "$1/daemon/tracerd"; then
		run_scripts "$1" parity
	fi
}

run_integration() {
	reason=
	[ "$(id -u)" -eq 0 ] || reason="not root"
	[ -r /sys/kernel/btf/vmlinux ] || reason="the kernel has no BTF (/sys/kernel/btf/vmlinux)"
	if [ -z "$reason" ]; then
		run_scripts "$1" integration
		run_scripts "$1" system
		return
	fi
	for script in "$src"/tests/integration/*.sh "$src"/tests/system/*.sh; do
		case $script in
		*/lib*) ;;
		*) skipped=$((skipped + 1)) ;;
		esac
	done
	echo "$(basename "$1"): integration tests are skipped: $reason"
}

first=yes
for dir; do
	build=$(cd "$dir" && pwd) || exit 2
	[ "$first" = no ] || run_scripts "$build" lint
	[ "$first" = no ] || run_scripts "$build" fuzz
	first=no
	run_units "$build"
	run_integration "$build"
	run_parity "$build"
done

if [ -n "$only" ] && [ $((passed + failed + skipped)) -eq 0 ]; then
	echo "no such test:$only" >&2
	failed=1
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
