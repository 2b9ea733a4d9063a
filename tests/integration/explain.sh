#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# explain tells what names mean, to people and to programs, without a daemon.

# shellcheck source=tests/integration/lib.sh
. "${SRC_DIR:?}/tests/integration/lib.sh"

explain() {
	"$TRACECTL" --socket "$dir/nobody" explain "$@" >"$dir/text" 2>"$dir/text.err"
}

explain openat
ok "a call: status" is $? 0
ok "a call: nothing on stderr" test ! -s "$dir/text.err"
ok "a call: its kernel" grep -q 'since Linux 2.6.16' "$dir/text"
ok "a call: a flag" grep -q 'O_CLOEXEC' "$dir/text"
ok "a call: an error" grep -q 'ENOENT *not there' "$dir/text"
ok "a call: its name" grep -q -e '-at ' "$dir/text"
COLUMNS=60 explain openat
ok "it is wrapped to the width" test "$(awk '{ if (length > n) n = length } END { print n }' "$dir/text")" -le 60
ok "a pipe has no colours" test "$(grep -c "$(printf '\033')" "$dir/text")" -eq 0
explain ENOENT sigpipe %network
ok "errors, signals and classes" is $? 0
ok "an error" grep -q '^ENOENT (2)' "$dir/text"
ok "a signal" grep -q '^SIGPIPE (13)' "$dir/text"
ok "a class" grep -q 'recvmmsg' "$dir/text"
explain '/^futex/'
ok "an expression" test "$(grep -c ': system call' "$dir/text")" -ge 5
explain fstatat
ok "a name of the C library" grep -q '^newfstatat:' "$dir/text"
explain --json read EAGAIN SIGCHLD %stat
ok "JSON: an object a line" test "$(wc -l <"$dir/text")" -eq 4
ok "JSON: it parses" python3 -c '
import json, sys
kinds = [json.loads(line)["kind"] for line in open(sys.argv[1])]
assert kinds == ["call", "error", "signal", "class"], kinds' "$dir/text"
explain read nosuchcall write
ok "one of several is unknown: status" is $? 2
ok "one of several is unknown: the others are told" test "$(grep -c ': system call' "$dir/text")" -eq 2
finish
