#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# fuzz.sh - builds the fuzzers with clang, ASan and UBSan beside the other programs, and runs each of them for
# FUZZ_SECONDS; where that is not set, the decoder of records for 30 s, the others for 10. What it found is left in
# FUZZ_DIR, if that is set, as are the inputs that reach new code.
set -u
: "${SRC_DIR:?}" "${BUILD_DIR:?}"
build=$BUILD_DIR/fuzz
fuzzers="records frames filter config"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0

result() {
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		grep -v '^#[0-9]' "$work/log" | tail -n 60 | sed 's/^/# /'
	fi
}

build_all() {
	cmake -S "$SRC_DIR" -B "$build" -G Ninja -DCMAKE_C_COMPILER=clang -DTRACER_FUZZ=ON \
		-DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS_DEBUG="-O1 -g1" &&
		cmake --build "$build" --target fuzzers
}

build_all >"$work/log" 2>&1
result $? "the fuzzers build"
for fuzzer in $fuzzers; do
	case $fuzzer in
	records) seconds=${FUZZ_SECONDS:-30} ;;
	*) seconds=${FUZZ_SECONDS:-10} ;;
	esac
	corpus=${FUZZ_DIR:-$work}/$fuzzer
	mkdir -p "$corpus"
	"$build/tests/fuzz/fuzz_$fuzzer" -max_total_time="$seconds" -max_len=4096 -timeout=10 \
		-rss_limit_mb=2048 -print_final_stats=1 -close_fd_mask=1 \
		-artifact_prefix="$corpus-" "$corpus" >"$work/log" 2>&1
	result $? "fuzz_$fuzzer finds nothing in $seconds s"
	sed -n 's/^stat::number_of_executed_units: */# executions: /p' "$work/log"
done
echo "1..$n"
