#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# What is asked wrongly gets one clear sentence and status 2, before anything is traced.

# shellcheck source=tests/integration/lib.sh
. "${SRC_DIR:?}/tests/integration/lib.sh"
daemon_start

refused "unknown flag" 'bogus' watch --bogus
refused "misspelt flag" '--duration' watch --duraton 3
refused "unknown letter" 'Z' watch -Z
refused "unknown command" 'wacth' wacth
refused "controls and bytes, as text" 'wacth.x1b.31m.xff' "$(printf 'wacth\033[31m\377')"
refused "unknown call" 'openat' watch -e opennat
refused "unknown class" 'netwrk' watch -e %netwrk
refused "bad expression" '(' watch -e '/(/'
sh -c 'exit 0' &
dead=$!
wait $dead
refused "a process that is not there" "$dead" watch --pid $dead
refused "a process that can't be" '4194305' watch --pid 4194305
refused "not a number" 'abc' watch --pid abc
refused "an empty list" '' watch --pid ''
refused "a thread that is not there" "$dead" watch --tid $dead
refused "a user that is not there" 'no-such-user' watch --uid no-such-user
refused "a cgroup that is not there" '/no/such/group' watch --cgroup /no/such/group
refused "a folder that is no cgroup" 'tmp' watch --cgroup /tmp
refused "an unknown error" 'ENOSUCH' watch --errno ENOSUCH
refused "not a time" 'soon' watch --slower soon
refused "no time at all" 'duration' watch --duration 0
refused "not a count" 'many' watch --count many
refused "unknown format" 'xml' watch --format xml
refused "a flag without its value" 'pid' watch --pid
refused "the same for summary" 'bogus' summary --bogus
refused "the same for pending" "$dead" pending --pid $dead
refused "the same for status" 'bogus' status --bogus
refused "unknown backend" 'magic' --backend magic status
refused "explain: unknown name" 'openat' explain opeant
refused "explain: unknown error" 'ENOENT' explain ENOETN
refused "explain: no name" 'needs a name' explain
refused "explain: bad expression" '(' explain '/(/'

tc run --bogus -- true 2>"$dir/refused"
status=$?
ok "run: a wrong flag does not look like the command's status" test $status -eq 2 -o $status -eq 125
ok "run: one sentence" one_line "$dir/refused"
tc run 2>"$dir/refused"
ok "run: without a command" test $? -ne 0
ok "run: says so" one_line "$dir/refused"

for command in watch run summary pending status explain; do
	tc $command --help >"$dir/help" 2>"$dir/help.err"
	ok "$command --help: status" is $? 0
	ok "$command --help: on stdout" test -s "$dir/help" -a ! -s "$dir/help.err"
	ok "$command --help: has flags" grep -q -e '--json' "$dir/help"
done
ok "nothing was traced" sessions_are 0
"$TRACECTL" --socket "$dir/nobody" watch --pid $$ 2>"$dir/refused"
ok "no daemon there: fails" test $? -ne 0
ok "no daemon there: one sentence with the path" grep -q "$dir/nobody" "$dir/refused"
ok "no daemon there: one sentence" one_line "$dir/refused"
"$TRACERD" --bogus >/dev/null 2>"$dir/refused"
ok "tracerd: unknown flag" is $? 2
"$TRACERD" --socket "$sock" extra 2>"$dir/refused"
ok "tracerd: unexpected argument" is $? 2
"$TRACERD" --socket "$dir/$(printf '%0200d' 0)" 2>"$dir/refused"
ok "tracerd: a path that is too long" test $? -ne 0
finish
