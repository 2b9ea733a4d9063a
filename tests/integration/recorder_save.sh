#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# Flight recorders that save what they hold: when, where, how much of it, and who may read it.

# shellcheck source=tests/integration/lib.sh
. "${SRC_DIR:?}/tests/integration/lib.sh"
conf=$dir/conf
out=$dir/out
saved=$dir/saved
mkdir "$dir/bin"
for name in signal errno slow exit big; do
	cp -L /bin/sh "$dir/bin/rec-$name"
done

cat >"$conf" <<EOF
[daemon]
recordings = $saved
recordings-mb = 1
group = root
[recorder signal]
filter = --comm rec-signal
save-on = SIGSEGV, SIGILL
save-after = 0
save-pause = 60
[recorder errno]
filter = --comm rec-errno
save-on = ENOTDIR
save-after = 0
[recorder slow]
filter = --comm rec-slow
save-on = slower=200ms
save-after = 0
save-pause = 0
[recorder exit]
filter = --comm rec-exit
save-on = exit
save-after = 1
save-pause = 0
[recorder big]
filter = --comm rec-big
memory-mb = 1
save-on = SIGUSR1
save-after = 0
save-pause = 0
EOF
daemon_start --config "$conf"

# files NAME: how many this recorder has saved.
files() {
	find "$saved" -name "$1-*Z*.rec" 2>/dev/null | wc -l
}

has_files() {
	[ "$(files "$1")" -eq "$2" ]
}

# show NAME: its one file, as JSON.
show() {
	"$TRACECTL" dump --json -o "$out" --file "$(find "$saved" -name "$1-*.rec")"
}

# shellcheck disable=SC2016
"$dir/bin/rec-signal" -c 'cd /; kill -USR1 $$' 2>/dev/null
# shellcheck disable=SC2016
"$dir/bin/rec-signal" -c 'cd /etc; kill -SEGV $$' 2>/dev/null
ok "a signal saves" until_ok 10 has_files signal 1
show signal
ok "what came before it" events "$out" 'calls("chdir") and calls("kill") and lost == 0'
ok "and itself" events "$out" '"SIGSEGV" in {e["signal"] for e in ev if e["type"] == "signal"}'
# shellcheck disable=SC2016
"$dir/bin/rec-signal" -c 'kill -ILL $$' 2>/dev/null
"$dir/bin/rec-errno" -c ': </etc/hostname/x' 2>/dev/null
ok "an error saves" until_ok 10 has_files errno 1
show errno
ok "with its call" events "$out" 'calls("openat", error="ENOTDIR")'
ok "one soon after another does not" has_files signal 1
mkfifo "$dir/late"

# slow: a process whose openat takes half a second.
slow() {
	# shellcheck disable=SC2016
	begin "$dir/bin/rec-slow" -c 'read -r x <"$0"' "$dir/late"
	until_ok 10 in_call "$begun" 257
	sleep 0.5
	echo >"$dir/late"
	wait_for "$begun"
}

"$dir/bin/rec-slow" -c 'read -r x' </dev/null
slow
ok "a slow call saves" until_ok 10 has_files slow 1
show slow
ok "with its time" events "$out" '[c for c in calls() if c["duration_ns"] >= 200000000]'
"$dir/bin/rec-exit" -c 'cd /; exit 0'
"$dir/bin/rec-exit" -c 'cd /tmp; exit 3'
"$dir/bin/rec-exit" -c 'cd /etc; exit 0'
ok "a bad end saves" until_ok 10 has_files exit 1
show exit
ok "with what came after it" events "$out" \
	'len(calls("chdir")) == 3 and {e["status"] for e in ev if e["type"] == "exit"} == {0, 3}'
tc dump --file "$(find "$saved" -name 'exit-*')" -e chdir --format strace >"$out"
ok "every format, every filter" is "$(grep -c 'chdir(' "$out") $(grep -c openat "$out")" "3 0"
ok "for the group, not for others" is "$(stat -c %a%U%G "$saved"/exit-*)" 640rootroot
ok "the log says why" grep -q 'recorder exit: process [0-9]* ended with status 3: saved as ' "$dir/tracerd.log"
ok "nothing unfinished is left" is "$(find "$saved" -name '.*' -type f | wc -l)" 0

big() {
	# shellcheck disable=SC2016
	"$dir/bin/rec-big" -c 'i=0; while [ $i -lt 6000 ]; do cd /; i=$((i+1)); done; kill -USR1 $$' 2>/dev/null
}
big
ok "a large one" until_ok 10 has_files big 1
oldest=$(find "$saved" -name 'signal-*')
first=$(find "$saved" -name 'big-*')
big
ok "the oldest make room" until_ok 10 not test -e "$first"
ok "the very oldest first" not test -e "$oldest"
until_ok 10 has_files big 1
ok "all together stay within the limit" test "$(find "$saved" -name '*.rec' -printf '%s\n' | awk '{ n += $1 } END { print n }')" -le 1048576

find "$saved" -name 'big-*' -exec head -c 300000 {} \; >"$dir/cut"
"$TRACECTL" dump --file "$dir/cut" >"$out" 2>"$dir/refused"
ok "a file that was cut off: status" is $? 1
ok "a file that was cut off: says so" grep -q 'ends in the middle' "$dir/refused"
ok "a file that was cut off: what there is" test -s "$out"
"$TRACECTL" dump --file "$conf" >"$out" 2>"$dir/refused"
ok "another file" grep -q 'not a recording' "$dir/refused"

# A disk that is full: 1 MB does not fit.
unsaved_are() {
	tc status | grep -q "[ =]big .* unsaved=$1\$"
}
rm -r "$saved"
mkdir "$saved"
if mount -t tmpfs -o size=256k tmpfs "$saved" 2>/dev/null; then
	big
	ok "a full disk: it is counted" until_ok 10 unsaved_are 1
	ok "a full disk: the log says so" grep -q "got SIGUSR1, but it can't be saved in $saved: No space left on device" "$dir/tracerd.log"
	ok "a full disk: nothing is left of the file" is "$(find "$saved" -type f)" ""
	tc dump big --json -o "$out" -e chdir
	ok "a full disk: it is still in memory" events "$out" 'len(calls("chdir")) > 100'
	big
	ok "a full disk: once more" until_ok 10 unsaved_are 2
	ok "a full disk: said once" is "$(grep -c 'No space left' "$dir/tracerd.log")" 1
	mount -o remount,size=8m "$saved"
	big
	ok "when there is room again it is saved" until_ok 10 has_files big 1
	umount "$saved"
else
	skip "a full disk" "no tmpfs can be mounted"
fi
rm -r "$saved"
: >"$saved"
slow
ok "where it can't be saved, the log says so" \
	until_ok 10 grep -q "took [0-9]* ms in openat, but it can't be saved in $saved" "$dir/tracerd.log"
rm "$saved"
"$dir/bin/rec-exit" -c 'exit 4'
end "$daemon_pid"
ok "a daemon that ends saves what is due" has_files exit 1
finish
