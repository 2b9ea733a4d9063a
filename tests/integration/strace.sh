#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# tracectl strace: the same command line gives the same output, messages and status as strace itself,
# but for numbers that differ from run to run: processes, addresses, times.

# shellcheck source=tests/integration/lib.sh
. "${SRC_DIR:?}/tests/integration/lib.sh"
if ! command -v strace >/dev/null; then
	echo "1..0 # SKIP strace is not installed"
	exit 0
fi
daemon_start
cd "$dir" || exit 1

# ours OPTION..: called as strace is, with messages that begin alike.
ours() {
	"$TRACECTL" --socket "$sock" strace "$@"
}

# What may differ: pids and thread ids are numbered by their first appearance, addresses and times go.
normal() {
	sed -e 's/0x[0-9a-f]\{5,\}/ADDR/g' \
		-e 's/<[0-9]*\.[0-9]*>$/<TIME>/' \
		-e 's/^\(\[pid \)\{0,1\} *[0-9]\{2,\}\(\]\{0,1\}\) /\1PID\2 /' \
		-e 's/= [0-9]\{3,\}$/= NUMBER/; s/= [0-9]\{3,\}</= NUMBER</; s,/got,/want,; s/pid [0-9]* +++/pid PID +++/; s/changed to [0-9]*/changed to PID/; s/si_pid=[0-9]*/si_pid=PID/; s/kill([0-9]*/kill(PID/' \
		-e 's/Process \(PID=\)\{0,1\}[0-9]*/Process PID/; s/si_utime=[^,]*, si_stime=[^}]*/TIMES/' \
		-e 's/[0-9]* vars/N vars/; s/[0-9]*:[0-9:]*\.[0-9]*/CLOCK/; s/[0-9]\{10\}\.[0-9]*/CLOCK/' \
		-e 's/pipe:\[[0-9]*\]/pipe:[N]/g' -e 's/\(  *= \)/ = /' "$1"
}

# same NAME ARG..: output on stderr and status are alike.
same() {
	title=$1
	shift
	strace "$@" >"$dir/want.out" 2>"$dir/want" </dev/null
	want_status=$?
	ours "$@" >"$dir/got.out" 2>"$dir/got" </dev/null
	got_status=$?
	normal "$dir/want" >"$dir/want.n"
	normal "$dir/got" >"$dir/got.n"
	ok "$title: the same status" is $got_status $want_status
	ok "$title: the same lines" diff -u "$dir/want.n" "$dir/got.n"
	ok "$title: the same on stdout" cmp "$dir/want.out" "$dir/got.out"
}

# The quick programs of this list do the same each time.
same "one process" -e trace=execve,write,close,exit_group echo hello
same "not its children" -e signal=none -e trace=execve,wait4,exit_group sh -c 'true; (exit 3); exit 4'
same "a signal" -e trace=kill sh -c 'trap : USR1; kill -USR1 $$; kill -TERM $$'
same "a class" -e %file test -e /nonexistent/file
same "a regular expression" -e '/^(exit|write)' echo x
same "all but" -e '!mmap,mprotect,munmap,brk,read,pread64' true
same "nothing" -e none true
same "a maybe" -e '?nosuchcall' true
same "nothing but errors" -Z test -e /nonexistent/file
same "nothing but success" -e openat -z test -e /nonexistent/file
# shellcheck disable=SC2016 # the traced shell expands it
where='kill -USR1 $$'
if setarch -R true 2>/dev/null; then
	for backend in bpf ptrace; do
		setarch -R strace -i -e kill,exit_group sh -c "$where" 2>"$dir/want"
		setarch -R "$TRACECTL" --backend $backend strace -i -e kill,exit_group sh -c "$where" 2>"$dir/got"
		normal "$dir/want" >"$dir/want.n"
		normal "$dir/got" >"$dir/got.n"
		ok "-i, $backend: the same addresses" diff -u "$dir/want.n" "$dir/got.n"
	done
else
	skip "-i: the same addresses" "addresses can't be kept from being random"
fi
[ -x "$targets/t_i386" ] && same "another ABI" -n -e write "$targets/t_i386"
# shellcheck disable=SC2016 # the traced shell expands it
same "no signals: nor the one that it dies of" -e signal=none -e trace=kill sh -c 'kill -USR1 $$'
same "-b: the call that is the last" -b execve -f -q -e signal=none -e trace=execve sh -c '/bin/true; exit 3'
mkdir "$dir/entries" "$dir/entries/b"
touch -d 2001-02-03T04:05:06.789 "$dir/entries/a"
same "-v: a file" -v -e newfstatat test -e "$dir/entries/a"
same "-v: a device" -v -e newfstatat test -e /dev/full
same "-v: a directory" -v -e getdents64 ls "$dir/entries"
same "an option of other builds" --secontext true
# shellcheck disable=SC2016 # the traced shell expands it
same "names of processes" -Y -e kill sh -c 'kill -CHLD $$'
if unshare -fp true 2>/dev/null; then
	mkfifo "$dir/end"
	begin "$TRACECTL" --socket "$sock" strace -f --decode-pids=pidns -o "$dir/trace" -e kill,clone,vfork,fork \
		unshare -fp sh -c "kill -0 \$\$; (:); read x <'$dir/end'"
	tracer=$begun
	ok "--decode-pids=pidns: whom an argument means" \
		until_ok 20 grep -q "^[0-9]*  *kill(1 /\* [0-9]* in strace's PID NS \*/, 0) *= 0$" "$dir/trace"
	echo >"$dir/end"
	wait_for $tracer
	ok "--decode-pids=pidns: and a result" grep -q "= 2 /\* [0-9]* in strace's PID NS \*/$" "$dir/trace"
	ok "--decode-pids=pidns: not what is the same" grep -q '= [0-9]\{3,\}$' "$dir/trace"
else
	skip "--decode-pids=pidns" "no PID namespace can be made"
fi
same "quiet about the end" -qq -e exit_group true
same "long strings" -e write -s 3 echo 0123456789
same "strings in hexadecimal" -e write -xx echo ab
same "column" -e write -a 20 echo ab
same "signals" -e signal=none -e kill sh -c 'trap : USR1; kill -USR1 $$'
same "-n" -n -e write echo x
same "raw" -e raw=all -e trace=openat,read,access,close true
same "constants as numbers" -X raw -e trace=openat,mmap,access,prlimit64 true
same "constants both ways" -X verbose -e trace=openat,mmap,access,prlimit64 true
same "structures as addresses" -e verbose=none -e trace=newfstatat,execve,write echo x
same "data read and written" -e signal=none -e read=3 -e write=1 -e trace=read,write cat /etc/passwd
touch "$dir/here"
same "a path" -P here cat here /dev/null
same "a path that is a link" -P /proc/self/cwd cat here
same "descriptors" -y -e trace=openat,read,close cat here
same "kinds of descriptors" -yy -e trace=openat,read,close cat /dev/null
same "descriptors that a call makes" -y -e signal=none -e trace=pipe,pipe2,fcntl sh -c ': | :; { :; } <here'
# shellcheck disable=SC2016 # the traced shell expands it
same "names of processes" -Y -e signal=none -e trace=getpid,kill sh -c 'kill -0 $$'
same "a user" -u nobody -e trace=geteuid sh -c ':'
same "an unknown user" -u nosuchuser true
# shellcheck disable=SC2016 # the traced shell expands it
same "the environment" -E A=b -E HOME -e trace=none sh -c 'echo $A $HOME'
# shellcheck disable=SC2016 # the traced shell expands it
same "no environment for it" -e trace=none -E A sh -c 'echo ${A-none}'
same "the time of each call" -T -e trace=close true
same "the time" -tt -e trace=close true
same "the time since the epoch" -ttt -e trace=close true
same "milliseconds" --absolute-timestamps=unix,us --syscall-times=ms -e trace=close true
same "strings that are not ASCII" -x -e trace=write printf 'a\303\244'
same "hexadecimal escapes" --strings-in-hex=non-ascii-chars -e trace=write printf 'a\303\2441'
# What is longer than a record has room for.
for what in files messages; do
	same "long data: $what" -s 300000 -e "trace=read,write,readv,writev,pread64,pwrite64,fsetxattr,sendmsg,recvmsg,sendmmsg,recvfrom,sendto" \
		-e signal=none "$targets/t_long" $what
done
same "long data up to a limit" -s 9000 -e trace=read,write,readv,writev,sendmsg,recvmsg "$targets/t_long" files
same "long data in hexadecimal" -e read=all -e write=all -e trace=write,readv,writev "$targets/t_long" files
same "long arguments" -v -s 2000 -e trace=execve "$targets/t_long" execute
same "all of long arguments" -v -s 300000 -e trace=execve "$targets/t_long" execute
same "many arguments, shortened" -s 300 -e trace=execve "$targets/t_long" execute
same "variables" -v -e trace=execve env -i A=b LONG=0123456789012345678901234567890123456789 true
same "no program" nonexistent-program
same "a directory" /etc
same "nothing to do"
same "an unknown option" -Q
same "an unknown call" -e nosuchcall true
same "an unknown class" -e %nosuch true
same "no such process" -p 99999999

# Children. The order of lines of different processes is that of chance, but for who waits for whom.
same "-f: one child" -f -q -e signal=none -e trace=exit_group \
	sh -c '(exit 3); exit 4'
same "-f: exec by a thread" -f -e trace=execve,exit_group "$targets/t_exec_thread" /bin/true
same "-f: a leader that ends first" -f -e trace=exit_group "$targets/t_leader"
strace -f -e none sh -c '(exit 3)' 2>&1 | normal /dev/stdin >"$dir/want.n"
ours -f -e none sh -c '(exit 3)' 2>&1 | normal /dev/stdin >"$dir/got.n"
ok "-f: who comes and goes" diff -u "$dir/want.n" "$dir/got.n"
ours -f -e trace=clone,wait4 sh -c '(sleep 0.2; exit 3); :' 2>"$dir/got"
ok "-f: a child is told of where it is made" grep -q '^clone(.*SIGCHLDstrace: Process [0-9]* attached$' "$dir/got"
ok "-f: and the rest of the line follows" grep -q '^, child_tidptr=0x[0-9a-f]*) *= [0-9]*$' "$dir/got"
ok "-f: a call that waits is unfinished" grep -q '^\[pid *[0-9]*\] wait4(-1,  <unfinished ...>$' "$dir/got"
ok "-f: and resumed" grep -q '^<... wait4 resumed>\[{WIFEXITED(s) && WEXITSTATUS(s) == 3}\], 0, NULL) = [0-9]*$' "$dir/got"

# Tampering, for which ptrace takes the place of the daemon at the socket.
tampered() {
	title=$1
	shift
	strace -qq "$@" >"$dir/want.out" 2>"$dir/want"
	want_status=$?
	"$TRACECTL" strace -qq "$@" >"$dir/got.out" 2>"$dir/got"
	ok "$title: the same status" is $? $want_status
	normal "$dir/want" >"$dir/want.n"
	normal "$dir/got" >"$dir/got.n"
	ok "$title: the same lines" diff -u "$dir/want.n" "$dir/got.n"
	ok "$title: the program is taken in" cmp "$dir/want.out" "$dir/got.out"
}
# shellcheck disable=SC2016 # the traced shell expands it
{
	tampered "inject: an error" -e inject=openat:error=ENOENT:when=2+2 -e trace=openat test -e /
	tampered "inject: a value" -e inject=getppid:retval=5 -e trace=getppid sh -c 'echo $PPID'
	tampered "fault" -e fault=getpid -e trace=getpid sh -c 'echo $$'
	tampered "inject: a signal" -e inject=close:signal=USR1:when=1 -e trace=close true
	tampered "inject: other memory" -e inject=write:poke_enter=@arg2=4142 -e trace=write echo xyz
	tampered "inject: a delay" -e inject=getuid:delay_enter=2000 -e trace=getuid sh -c :
	tampered "inject: another call" -e inject=getuid:error=EPERM:syscall=getgid -e trace=getuid sh -c :
	tampered "inject: children too" -f -e inject=getppid:retval=7:when=1 -e trace=getppid \
		sh -c 'sh -c "echo \$PPID"; :'
}
# Stacks, for which the same holds. Of names strace knows fewer, where debugging information lies in other files;
# the first execve comes from the tracer itself.
stacks() {
	awk '/stacks need ptrace/ { next } !n++ && /^execve/ { own = 1; print; next }
		own && /^ > / { next } { own = 0; print }' "$1" |
		sed 's/^\( > [^(]*\)(.*) \[0x/\1 [at /' >"$1.stack"
	normal "$1.stack"
}
same_stacks() {
	title=$1
	shift
	strace "$@" >/dev/null 2>"$dir/want"
	"$TRACECTL" strace "$@" >/dev/null 2>"$dir/got"
	stacks "$dir/want" >"$dir/want.n"
	stacks "$dir/got" >"$dir/got.n"
	ok "$title" diff -u "$dir/want.n" "$dir/got.n"
}
"$TRACECTL" strace -k -e getppid "$targets/t_stack" 2>"$dir/got"
if grep -q 'need libdw' "$dir/got"; then
	skip "-k" "tracerd was built without libdw"
else
	ok "-k: says that it uses ptrace" grep -q 'stacks need ptrace' "$dir/got"
	ok "-k: the functions that a call comes from" is \
		"$(sed -n 's/^ > .*t_stack(\([a-z]*\)+0x[0-9a-f]*) \[0x[0-9a-f]*\]$/\1/p' "$dir/got" | head -n 3 | tr '\n' ' ')" \
		"inner outer main "
	"$TRACECTL" strace -f -kk -e getppid "$targets/t_stack" 2>"$dir/got"
	ok "-kk: and the lines of their sources" \
		grep -q '^ > .*(inner+0x[0-9a-f]*) \[0x[0-9a-f]*\] .*t_stack.c:[0-9]*$' "$dir/got"
	ok "-k: of a thread" grep -q '(thread_main+' "$dir/got"
	"$TRACECTL" strace -qq -k --stack-trace-frame-limit=2 -e getppid "$targets/t_stack" 2>"$dir/got"
	ok "--stack-trace-frame-limit" is "$(grep -c '^ > .*\[' "$dir/got") $(tail -n 1 "$dir/got")" \
		"4  > too many stack frames"
	case $(strace -V) in
	*stack-trace*)
		same_stacks "-k: the same addresses" -k -e getppid,getsid,exit_group "$targets/t_stack"
		same_stacks "-k: in libraries" -k -e openat,exit_group test -e /
		same_stacks "-k: a program before it becomes another" -f -k -e getppid,execve -q \
			sh -c "$targets/t_stack /bin/true; :"
		;;
	*) skip "-k: the same addresses" "this strace has no -k" ;;
	esac
	"$TRACECTL" --backend bpf strace -k true 2>"$dir/got"
	ok "-k: refused by BPF" is $? 1
	ours -k true 2>"$dir/got"
	ok "-k: refused to who asks a daemon that serves others" is "$?" 1
fi
"$TRACECTL" strace -e inject=access:retval=-2 -e trace=none true 2>"$dir/got"
ok "tampering: a value that is an error is remarked upon" grep -q 'injection of error 2 is possible' "$dir/got"
"$TRACECTL" strace -e fault=getpid:when=9 -e none true 2>"$dir/got"
ok "tampering: says that it uses ptrace" grep -q ptrace "$dir/got"
ours -e fault=getpid -e none true 2>"$dir/got"
ok "tampering: not by the socket of a daemon that uses BPF" is $? 1
same "inject without anything" -e inject=open true
same "inject something unknown" -e inject=open:foo=1 true
same "fault of a value" -e fault=open:retval=3 true
same "fault, never" -e fault=open:when=0 true
same "a regular expression that no name matches" -e '/nosuch' true
same "a regular expression that is none" -e '/(' true
same "a quiet with an s" -e quiet=exits -e trace=none true
same "a signal that there is not" -e signal=99 -e trace=none true

# What can't be honoured is refused by name, with the reason.
# refused WORDS OPTION..: ours fails and says so.
refused() {
	said=$1
	shift
	ours "$@" true 2>"$dir/got"
	ok "refused: $*" is "$? $(grep -c -e "$said" "$dir/got")" "1 1"
}
refused "-d/--debug is not supported: " -d
refused "--tips is not supported: " --tips
refused "--tips is not supported: " --tips=id:3,format:full
refused "invalid --tips argument: 'foo'" --tips=foo
refused "-e kvm=vcpu is not supported: " -e kvm=vcpu
refused "-e namespace=new is not supported: " -e namespace=new
refused "not supported by this build" --secontext
refused "calls of the x32 ABI" -e trace=close@x32
refused "incorrect personality designator 'foo'" -e trace=close@foo
refused "--color=always is not supported: " --color=always

# With -v, what an unknown ioctl is given and fills is shown in bytes.
# shellcheck disable=SC2016 # perl expands it
ours -v -e trace=ioctl -o "$dir/got" perl -e '$b = "\1\2\3\4"; ioctl(STDERR, 0x40045a01, $b); ioctl(STDERR, 0xc0045a02, $b)'
ok "-v: the bytes of an unknown ioctl" grep -q '0x5a, 0x1, 0x4), "\\x01\\x02\\x03\\x04") = -1' "$dir/got"
ok "-v: before and after" grep -q '0x5a, 0x2, 0x4), "\\x01\\x02\\x03\\x04" => "\\x01\\x02\\x03\\x04") = -1' "$dir/got"

# -N: every argument has a name, also one whose meaning hangs on another that gives it none.
ours -N -o "$dir/got" "$targets/t_sys_proc" prctl
ok "-N: names what has no meaning" grep -q '^prctl(option=PR_[A-Z_]*, arg2=' "$dir/got"
ours -N -e trace=access,arch_prctl -o "$dir/got" true
ok "-N: names of calls that hang on others" grep -q '^arch_prctl([a-z]*=.*, [a-z0-9]*=' "$dir/got"

# Output that goes elsewhere: complete when strace ends.
# files OPTION..: what both write, to files and to the terminal.
files() {
	title=$1
	shift
	for which in strace ours; do
		mkdir "$dir/$which"
		(cd "$dir/$which" && $which "$@" -e trace=execve,exit_group sh -c '(exit 3); exit 4' >stdout 2>stderr)
		for file in "$dir/$which"/*; do
			echo "== ${file##*/}" | sed 's/[0-9][0-9]*$/PID/'
			normal "$file"
		done >"$dir/$which.n"
		rm -r "${dir:?}/$which"
	done
	ok "$title" diff -u "$dir/strace.n" "$dir/ours.n"
}
files "-o" -o trace
files "-f -o" -f -o trace
files "-ff -o" -ff -o trace
files "-o |" -o '|cat >trace; echo end >>trace'
echo before >"$dir/kept"
ours -A -o "$dir/kept" -e none true
ok "-A adds to a file" is "$(head -n 1 "$dir/kept") $(wc -l <"$dir/kept")" "before 2"

# Processes that run.
begin sleep 300
ours -p $begun -e none 2>"$dir/got" &
tracer=$!
started="$started $tracer"
until_ok 10 grep -q "^strace: Process $begun attached$" "$dir/got"
sleeper=$begun
end $sleeper KILL
wait_for $tracer
ok "-p: ends with the process" is $? 0
ok "-p: tells how it ended" is "$(tail -n 1 "$dir/got")" "+++ killed by SIGKILL +++"
gated /bin/echo from outside >"$dir/echo"
begin "$TRACECTL" --socket "$sock" strace -f -o "$dir/trace" -p $gated 2>"$dir/got"
until_ok 20 sessions_are 1
open_gate
wait_for $begun
ok "-p -o: the file is complete" grep -q '+++ exited with 0 +++$' "$dir/trace"
ok "-p -o: what it executed" grep -q 'execve("/bin/echo", \["/bin/echo", "from", "outside"\]' "$dir/trace"

# Who leaves in the middle of a call says so. What the second one has seen the first one has, too.
begin sleep 1000
sleeper=$begun
begin "$TRACECTL" --socket "$sock" strace -e status=detached -o "$dir/left" -p $sleeper 2>"$dir/left.err"
tracer=$begun
until_ok 20 sessions_are 1
begin "$TRACECTL" --socket "$sock" strace -o "$dir/too" -p $sleeper 2>"$dir/too.err"
until_ok 20 grep -q '^[a-z_0-9]*sleep(' "$dir/too"
ok "-e status=detached: nothing until then" not test -s "$dir/left"
kill -TERM $begun $tracer
wait_for $begun
ok "-p, TERM: ends by it" is $? 143
ok "-p, TERM: says what it leaves" grep -q "^[a-z_0-9]*sleep(.*,  <detached \.\.\.>\$" "$dir/too"
ok "-p, TERM: and whom" is "$(tail -n 1 "$dir/too.err")" "strace: Process $sleeper detached"
wait_for $tracer
ok "-e status=detached: says what it leaves" cmp "$dir/too" "$dir/left"
end $sleeper KILL


# The program stays its parent's child, the tracer is nobody's.
# shellcheck disable=SC2016 # the traced shell expands it
for how in -D -DD -DDD; do
	ours $how -o "$dir/trace" -e trace=exit_group sh -c 'echo $PPID; exit 3' >"$dir/got"
	ok "$how: the program's status" is $? 3
	ok "$how: its parent" is "$(cat "$dir/got")" $$
	ok "$how: the trace" until_ok 10 grep -q '^+++ exited with 3 +++$' "$dir/trace"
done

# The table's times are the only numbers in it that may differ.
table() {
	sed 's/[0-9]*\.[0-9]\{6\}/S/g; s/[0-9]*\.[0-9][0-9] /N /g; s/S  *[0-9][0-9]* /S U /g; s/  */ /g; s/^ //' "$1"
}
same_table() {
	title=$1
	shift
	strace "$@" >/dev/null 2>"$dir/want"
	ours "$@" >/dev/null 2>"$dir/got"
	table "$dir/want" >"$dir/want.n"
	table "$dir/got" >"$dir/got.n"
	ok "$title: the same table" diff -u "$dir/want.n" "$dir/got.n"
}
same_table "-c" -c -S name true
same_table "-c, by calls, some columns" -c -S calls -U calls,name,errors cat /dev/null
same_table "-c, every column" -c -S name -U min-time,max-time,time,total-time,avg-time,name,errors,calls true
ours -c -Z -S name test -e /nonexistent/file 2>"$dir/got"
ok "-c -Z: only failures" grep -q '^100.00 .* \([0-9]*\)  *\1 total$' "$dir/got"
same_table "-c, one call" -c -e trace=execve true
same_table "-c, nothing" -c -e trace=none true
same_table "-c -f" -c -f -q -S name -e execve,wait4 sh -c 'true; (exit 1); /bin/echo x'
same "-C" -C -S name -e trace=none true

finish
