# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# shellcheck shell=sh
#
# The folder that every case of the parity tests starts in, and the daemon that serves those of the bpf backend.

# shellcheck source=tests/integration/lib.sh
. "${SRC_DIR:?}/tests/integration/lib.sh"
daemon_start --backend bpf
PARITY_SOCKET=$sock
export PARITY_SOCKET

template=$dir/template
mkdir -p "$template/tree/deep/er" "$template/src"
seq 1 400 >"$template/numbers"
printf 'alpha\nbeta\ngamma\ndelta\n' >"$template/words"
printf 'one\ttwo\nthree\tfour\n' >"$template/tree/table"
printf 'needle\n' >"$template/tree/deep/er/file"
head -c 5000 /dev/zero >"$template/zeroes"
printf '\000\001\177\200\377"\\\n' >"$template/binary"
ln -s words "$template/link"
cat >"$template/src/a.c" <<'END'
int twice(int x) { return 2 * x; }
END
cat >"$template/src/Makefile" <<'END'
all: out
out: a.c
	cp a.c out
END

# parity MODE CASES: runs them; its TAP is the script's.
parity() {
	python3 "$SRC_DIR/tests/parity/parity.py" "$1" "$SRC_DIR/tests/parity/$2" "$dir"
}
