#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# Names that traced processes chose can't harm whoever reads about them.

# shellcheck source=tests/integration/lib.sh
. "${SRC_DIR:?}/tests/integration/lib.sh"
daemon_start
out=$dir/out
mkdir "$dir/names"

# harmless FILE [MORE]: no controls but line ends, neither C1 nor those in MORE; and UTF-8.
harmless() {
	python3 -c 'import sys, unicodedata
text = open(sys.argv[1], "rb").read().decode("utf-8")
bad = sorted({c for c in text if c != "\n" and (unicodedata.category(c) in ("Cc", "Cs") or c in "".join(sys.argv[2:]))})
print(bad)
sys.exit(bool(bad))' "$@"
}

tc run --json -y -o "$out" -- "$targets/t_names" "$dir/names"
ok "json: valid" events "$out" 'lost == 0'
ok "json: harmless" harmless "$out"
ok "json: every file is made, and named by its descriptor" events "$out" \
	'len([c for c in calls("openat") if c["ret"] is not None and c["ret"] >= 0 and "/names" in str(c["fds"])]) >= 16'
name_of='(lambda c: c["args"]["pathname"])'
ok "json: a line end" events "$out" "[c for c in calls('openat') if $name_of(c) == 'new\\nline']"
ok "json: an escape sequence" events "$out" \
	"[c for c in calls('openat') if $name_of(c) == 'esc\\x1b[31mred\\x1b]0;title\\x07']"
ok "json: quotes" events "$out" "[c for c in calls('openat') if $name_of(c) == 'quote\"back\\\\slash']"
ok "json: UTF-8 as it is" events "$out" "[c for c in calls('openat') if $name_of(c) == 'caf\\u00e9']"
ok "json: what is not UTF-8 can be told apart" events "$out" \
	"len({$name_of(c) for c in calls('openat') if c['ret'] and c['ret'] >= 0 and '/' not in $name_of(c)}) == 16"
ok "json: the name of a thread" events "$out" 'len(calls("getppid")) == 1 and "evil" in calls("getppid")[0]["comm"]'

for format in human strace; do
	tc run --format $format -y -o "$out" -- "$targets/t_names" "$dir/names"
	ok "$format: harmless" harmless "$out" "$(printf '\342\200\256')" # runs backwards
	ok "$format: no line is forged" not grep -q '^line\|^"evil' "$out"
	ok "$format: the name of a thread" grep -q 'getppid\|parent' "$out"
done
tc run --format strace -o "$out" -- "$targets/t_names" "$dir/names"
ok "strace: as strace escapes" grep -q 'openat(AT_FDCWD, "esc\\33\[31mred\\33\]0;title\\7", O_WRONLY|O_CREAT, 0600) *= [0-9]' "$out"
ok "strace: octal for what is no text" grep -q '"latin\\351\\377\\376"' "$out"
tc summary -o "$out" -- "$targets/t_names" "$dir/names"
ok "summary: harmless" harmless "$out"
tc summary --json -o "$out" -- "$targets/t_names" "$dir/names"
ok "summary --json: valid" python3 -c 'import json, sys
for line in open(sys.argv[1], "rb"): json.loads(line.decode("utf-8"))' "$out"
ok "summary --json: harmless" harmless "$out"

if [ "$(uname -m)" = x86_64 ]; then
	tc run --json -o "$out" -- "$targets/t_int80"
	ok "int 0x80 of a 64-bit program: by the i386 number" events "$out" \
		'len(calls("getppid", abi="i386")) == 3 and len([c for c in calls("getppid") if "abi" not in c]) == 2 and not calls("semget")'
fi
if [ -x "$targets/t_i386" ]; then
	tc run --json -y -o "$out" -- "$targets/t_i386"
	ok "i386: status" is $? 0
	ok "i386: by the names of its own numbers" events "$out" \
		'len([c for c in calls("getppid") if c.get("abi") == "i386"]) == 5 and len(calls("getpid")) == 1 and not calls("semget")'
	ok "i386: marked as such" events "$out" \
		'all(c.get("abi") == "i386" for c in calls()[1:]) and len(calls()) > 10'
	ok "i386: strings and results" events "$out" \
		'[c for c in calls("open", error="ENOENT", ret=-2) if "/nonexistent/i386" in c["args"].values()] and
		[c for c in calls("write", ret=15) if c["args"]["buf"] == "thirty-two bits" and c["fds"]["fd"] == "/dev/null"]'
	tc run --json -o "$out" -e getppid -- "$targets/t_i386"
	ok "i386: filters by name" events "$out" 'len(calls()) == 5'
	tc summary --json -o "$out" -- "$targets/t_i386"
	ok "i386: summaries by name" python3 -c 'import json, sys
s = {c["syscall"]: c["calls"] for c in json.loads(open(sys.argv[1]).readline())["syscalls"]}
print(s)
sys.exit(s.get("getppid") != 5 or "semget" in s)' "$out"
else
	skip "i386" "the compiler can't make 32-bit programs"
fi
finish
