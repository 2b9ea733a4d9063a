#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# guest.sh quick|all - runs inside of a virtual machine that is thrown away afterwards: installs the package, uses
# it as an administrator does, and removes it; all: there is time for tests of the source tree too. Prints TAP.
set -u
much=$1
case $(uname -r) in
4.* | 5.[0-9].* | 5.1[01].*) can=ptrace ;;
*) can=bpf ;;
esac
export LC_ALL=C.UTF-8 HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive
dir=$(mktemp -d)
chmod 755 "$dir"
cases=0

ok() {
	name=$1
	shift
	cases=$((cases + 1))
	if "$@" >"$dir/why" 2>&1; then
		echo "ok $cases - $name"
	else
		echo "not ok $cases - $name"
		sed 's/^/# /' "$dir/why" | head -n 30
	fi
}

not() {
	! "$@"
}

is() {
	[ "$1" = "$2" ] || {
		echo "is $1, should be $2"
		return 1
	}
}

# Everything is slow here, so there is much time, and little is lost when less is needed.
until_ok() {
	tries=$(($1 * 10))
	shift
	until "$@" >"$dir/last" 2>&1; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || {
			cat "$dir/last"
			return 1
		}
		sleep 0.1
	done
}

says() {
	printf '%s\n' "$1" | grep -q -e "$2" || {
		echo "$1"
		return 1
	}
}

has() {
	grep -q -e "$1" "$2" || {
		cut -c 1-300 "$2"
		return 1
	}
}

begins_with() {
	head -n 3 "$2" | grep -q -e "$1"
}

ends_with() {
	tail -n 1 "$2" | grep -q -e "$1"
}

log_has() {
	journalctl -q --no-pager -u tracerd -o cat "${2:---lines=all}" | grep -q -e "$1" || {
		journalctl -q --no-pager -u tracerd -n 20
		return 1
	}
}

active() {
	is "$(systemctl is-active "$1")" active
}

main_pid() {
	systemctl show -P MainPID tracerd
}

restarted_since() {
	active tracerd && [ "$(main_pid)" != "$1" ] && [ "$(main_pid)" != 0 ]
}

as() {
	user=$1
	shift
	setpriv --reuid "$user" --regid "$user" --init-groups "$@"
}

sessions_are() {
	is "$(tracectl status | sed -n 's/^sessions  *//p')" "$1"
}

# install_package older|tracerd
install_package() {
	dpkg -i "/t/$1.deb"
}

version_is() {
	is "$(dpkg-query -W -f '${Version}' tracerd)" "$(dpkg-deb -f "/t/$1.deb" Version)"
}

cleanly_installed() {
	is "$(dpkg-query -W -f '${Status}' tracerd)" "install ok installed" && dpkg --verify tracerd
}

# What holds on every kernel that BPF works on, with the privileges that the unit gives.
service_runs() {
	ok "installing it starts it" until_ok 200 active tracerd
	ok "and enables it" is "$(systemctl is-enabled tracerd)" enabled
	ok "it runs as tracer" is "$(stat -c %U "/proc/$(main_pid)")" tracer
	ok "with four capabilities" grep -q 'CapEff:.000000c000080004' "/proc/$(main_pid)/status"
	ok "and can't get more" grep -q 'CapBnd:.000000c000080004' "/proc/$(main_pid)/status"
	ok "the socket is for everybody" is "$(stat -c %a:%G /run/tracerd/tracerd.sock)" 666:tracer
	ok "it says that it serves, at level info" log_has 'serving /run/tracerd/tracerd.sock by bpf' -pinfo
	ok "which is no warning" not log_has serving -pwarning
	ok "status" says "$(tracectl status)" 'backend  *bpf'
}

# asleep PID: it waits in clock_nanosleep, having become what it was started as.
asleep() {
	grep -q '^230 ' "/proc/$1/syscall"
}

# The service, and no other.
tc() {
	tracectl --socket /run/tracerd/tracerd.sock "$@"
}

commands_work() {
	# Once it has been executed: before that it is systemd that opens what it needs.
	systemd-run -q --unit victim -p Type=exec sh -c 'while :; do cat /etc/hostname; sleep 0.3; done'
	ok "watch --unit" timeout 120 tracectl --socket /run/tracerd/tracerd.sock watch --unit victim --json -o "$dir/watch" -e openat,openat2 --follow --count 200
	ok "it names paths" has '"pathname":"/etc/hostname"' "$dir/watch"
	systemctl stop victim
	ok "run" timeout 120 tracectl --socket /run/tracerd/tracerd.sock run --json -o "$dir/run" -- cat /etc/hostname
	ok "from execve" begins_with execve "$dir/run"
	ok "to the end, without losses" ends_with '"lost":0' "$dir/run"
	ok "summary" says "$(tc summary -- dd if=/dev/zero of=/dev/null bs=1 count=1000 2>&1)" '1,00[0-9] .*read'
	timeout 120 tracectl strace -o "$dir/strace" cat /etc/hostname >"$dir/last" 2>&1
	ok "strace, with an empty path" has 'newfstatat([0-9], "", {st_mode=S_IFREG' "$dir/strace"
	sleep 1000 &
	sleeper=$!
	until_ok 60 asleep $sleeper
	ok "pending" says "$(tc pending --pid $sleeper)" clock_nanosleep
	kill $sleeper
}

# The service is no root: it sees what its capabilities let it see.
without_being_root() {
	mount -o remount,hidepid=invisible /proc
	sleep 1000 &
	sleeper=$!
	until_ok 60 asleep $sleeper
	ok "/proc hides processes: pending" says "$(tc pending --pid $sleeper)" clock_nanosleep
	timeout 120 tracectl watch --socket /run/tracerd/tracerd.sock --tid $sleeper --duration 1 -o "$dir/last" 2>"$dir/why"
	ok "and a thread is found" is $? 0
	kill $sleeper
	mount -o remount,hidepid=off /proc
	[ -d /sys/kernel/tracing/events/syscalls/sys_enter_listns ] || return
	timeout 120 tracectl run -o "$dir/newer" --format strace -- python3 -c 'import ctypes, time
for i in range(3):
    ctypes.CDLL(None).syscall(470, 1, 2, 3, 4)
    time.sleep(1)'
	ok "calls of a newer kernel have names" has 'listns(' "$dir/newer"
}

# goes_on FILE: none of its times is far from the others.
goes_on() {
	python3 -c 'import json, sys
t = [e["time"] for e in map(json.loads, open(sys.argv[1])) if "time" in e]
print(t[:5], t[-5:])
sys.exit(not t or max(t) - min(t) > 3600)' "$1"
}

is_now() {
	python3 -c 'import json, sys, time
t = json.loads(open(sys.argv[1]).readline())["time"]
print(t, time.time())
sys.exit(abs(t - time.time()) > 3600)' "$1"
}

clock_is_stepped() {
	tracectl watch --json -e openat,openat2 -o "$dir/step" --path '/etc/*' &
	watcher=$!
	until_ok 60 sessions_are 1
	timeout 120 tracectl watch -e getppid --duration 5 -o "$dir/short" &
	short=$!
	until_ok 60 sessions_are 2
	cat /etc/hostname >"$dir/last"
	ok "before the clock is stepped" until_ok 60 grep -q '"pathname":"/etc/hostname"' "$dir/step"
	date -s 'now + 1 day' >"$dir/last"
	cat /etc/debian_version >"$dir/last"
	ok "a day later a session goes on" until_ok 60 grep -q '"pathname":"/etc/debian_version"' "$dir/step"
	tc run --json -o "$dir/run" -- cat /etc/hostname >"$dir/last"
	ok "and the next one has the new time" is_now "$dir/run"
	date -s 'now - 1 day' >"$dir/last"
	cat /etc/issue >"$dir/last"
	ok "a day earlier, too" until_ok 60 grep -q '"pathname":"/etc/issue"' "$dir/step"
	wait $short
	ok "--duration is not of the clock" is $? 0
	kill -INT $watcher
	wait $watcher
	ok "the session ends well" ends_with '"lost":0' "$dir/step"
	ok "its times have not jumped" goes_on "$dir/step"
	tc run --json -o "$dir/run" -- cat /etc/hostname >"$dir/last"
	ok "and those of the next one are right" is_now "$dir/run"
}

others_are_kept_out() {
	useradd -m alice
	useradd -m -G tracer bob
	setpriv --reuid alice --regid alice --init-groups sleep 1000 &
	sleeper=$!
	until_ok 60 asleep $sleeper
	ok "a member of the group sees others" says "$(as bob tracectl --socket /run/tracerd/tracerd.sock pending --pid $sleeper 2>&1)" clock_nanosleep
	kill $sleeper
	sleep 1000 &
	sleeper=$!
	until_ok 60 asleep $sleeper
	ok "a user does not see root's processes" not says "$(as alice tracectl --socket /run/tracerd/tracerd.sock pending --pid $sleeper 2>&1)" nanosleep
	kill $sleeper
}

it_is_reloaded() {
	pid=$(main_pid)
	tracectl watch -e getppid -o /dev/null 2>"$dir/watch.err" &
	watcher=$!
	until_ok 60 sessions_are 1
	sed -i 's/^#max-sessions.*/max-sessions = 1/' /etc/tracerd/tracerd.conf
	ok "reload" systemctl reload tracerd
	ok "takes the new value" until_ok 30 refused_by_limit
	ok "keeps the process" is "$(main_pid)" "$pid"
	ok "and the session" sessions_are 1
	sed -i 's/^backend = bpf/&\nring-mb = none/' /etc/tracerd/tracerd.conf
	ok "a mistake is refused" not systemctl reload tracerd
	ok "with line and key" log_has 'tracerd.conf:[0-9]*: ring-mb: none is not a number'
	ok "and changes nothing" sessions_are 1
	sed -i '/none/d; s/^max-sessions.*/max-sessions = 9/' /etc/tracerd/tracerd.conf
	ok "reload again" systemctl reload tracerd
	kill $watcher
	wait $watcher
}

refused_by_limit() {
	tracectl watch --count 1 -o /dev/null -e getppid 2>&1 | grep 'limit'
}

it_comes_back() {
	pid=$(main_pid)
	tracectl watch -e getppid -o /dev/null 2>"$dir/watch.err" &
	watcher=$!
	until_ok 60 sessions_are 1
	kill -KILL "$pid"
	wait $watcher
	ok "kill -9: its client ends with a failure" test $? -ne 0
	ok "and a sentence" grep -q '^tracectl: ' "$dir/watch.err"
	ok "it is started again" until_ok 60 restarted_since "$pid"
	mkdir -p /run/systemd/system/tracerd.service.d
	printf '[Service]\nWatchdogSec=2\nWatchdogSignal=SIGKILL\n' >/run/systemd/system/tracerd.service.d/watchdog.conf
	systemctl daemon-reload
	systemctl restart tracerd
	pid=$(main_pid)
	sleep 6 # three times what the watchdog allows
	ok "it feeds its watchdog" is "$(main_pid)" "$pid"
	kill -STOP "$pid"
	ok "when it hangs it is started again" until_ok 60 restarted_since "$pid"
	rm -r /run/systemd/system/tracerd.service.d
	systemctl daemon-reload
}

it_is_upgraded() {
	pid=$(main_pid)
	tracectl watch -e getppid -o /dev/null 2>"$dir/watch.err" &
	watcher=$!
	tracectl watch --reconnect --json -e openat,openat2 -o "$dir/again" 2>"$dir/again.err" &
	again=$!
	until_ok 60 sessions_are 2
	ok "the version is the older one" version_is older
	ok "upgrade with sessions open" install_package tracerd
	ok "the version is the new one" version_is tracerd
	wait $watcher
	ok "a session ends and says so" grep -q '^tracectl: ' "$dir/watch.err"
	ok "the new one runs" until_ok 60 restarted_since "$pid"
	ok "one with --reconnect is back" until_ok 60 sessions_are 1
	ok "and says so" until_ok 10 grep -q 'is back' "$dir/again.err"
	cat /etc/debian_version >"$dir/last"
	ok "and sees what comes then" until_ok 60 grep -q '"pathname":"/etc/debian_version"' "$dir/again"
	kill $again
	wait $again
	ok "the configuration is still the administrator's" grep -q 'max-sessions = 9' /etc/tracerd/tracerd.conf
}

it_starts_by_socket() {
	systemctl disable -q --now tracerd.service
	ok "stopped, it leaves no socket" test ! -e /run/tracerd/tracerd.sock
	ok "tracerd.socket" systemctl start tracerd.socket
	ok "does not start it yet" not active tracerd.service
	ok "but the first question does" says "$(tracectl status --socket /run/tracerd/tracerd.sock 2>&1)" bpf
	ok "it runs" active tracerd.service
	ok "as tracer, still" is "$(stat -c %U "/proc/$(main_pid)")" tracer
	systemctl stop -q tracerd.service 2>/dev/null
	ok "the socket outlives it" test -S /run/tracerd/tracerd.sock
	systemctl stop -q tracerd.socket
	systemctl enable -q --now tracerd.service
	ok "as a service again" until_ok 60 active tracerd
}

without_bpf() {
	ok "installing does not fail" cleanly_installed
	ok "the service says what is missing" until_ok 60 log_has 'has no BPF task storage'
	ok "and is not tried again and again" is "$(systemctl show -P NRestarts tracerd)" 0
	ok "run" timeout 120 tracectl run --json -o "$dir/run" -- cat /etc/hostname
	ok "from execve" begins_with execve "$dir/run"
	ok "says by what and why" says "$(tracectl run -o /dev/null -- true 2>&1)" 'using ptrace, for .* has no BPF task storage'
	useradd -m alice
	ok "run without privileges" as alice timeout 120 tracectl run -o /dev/null -- true
	ok "summary" says "$(tracectl summary -- dd if=/dev/zero of=/dev/null bs=1 count=1000 2>&1)" '1,00[0-9] .*read'
}

yama_is() {
	sysctl -qw kernel.yama.ptrace_scope="$1" 2>&1
}

# by_ptrace ARG..: alice's tracectl, which says what it has to say to $dir/said.
by_ptrace() {
	rm -f "$dir/said"
	command=$1
	shift
	as alice timeout 120 tracectl "$command" --backend ptrace "$@" >"$dir/said" 2>&1
}

refused_for() {
	cat "$dir/said"
	grep -q "kernel.yama.ptrace_scope is $1" "$dir/said" && is "$(wc -l <"$dir/said")" 1
}

# Whom users may trace: 0 their own processes, 1 those that they start, 2 none, 3 none, and root neither.
yama_is_handled() {
	id alice >/dev/null 2>&1 || useradd -m alice
	chmod 777 "$dir"
	setpriv --reuid alice --regid alice --init-groups sleep 1000 &
	sleeper=$!
	until_ok 60 asleep $sleeper
	ok "ptrace_scope 0" yama_is 0
	ok "attaching works" by_ptrace pending --pid $sleeper
	ok "and says what it waits in" grep -q clock_nanosleep "$dir/said"
	ok "ptrace_scope 1" yama_is 1
	by_ptrace run --json -o "$dir/yama" -- sh -c '(cat /etc/hostname) | cat; exit 7'
	ok "run works, with its children" is $? 7
	ok "from execve" begins_with execve "$dir/yama"
	ok "to the end" has '"pathname":"/etc/hostname"' "$dir/yama"
	as alice timeout 120 tracectl strace -f -o "$dir/yama.strace" sh -c '(cat /etc/hostname); exit 7' >"$dir/said" 2>&1
	ok "strace works too" is $? 7
	ok "and shows what it should" has '+++ exited with 7 +++' "$dir/yama.strace"
	by_ptrace watch --pid $sleeper
	ok "attaching is refused" is $? 1
	ok "with the reason" refused_for 1
	ok "root may attach" timeout 120 tracectl pending --pid $sleeper --backend ptrace
	ok "ptrace_scope 2" yama_is 2
	by_ptrace run -- true
	ok "run is refused" is $? 125
	ok "with the reason" refused_for 2
	ok "root may run" timeout 120 tracectl run -o "$dir/root" --backend ptrace -- true
	ok "ptrace_scope 3, which is for good" yama_is 3
	timeout 120 tracectl run --backend ptrace -o "$dir/root" -- true >"$dir/said" 2>&1
	ok "root's run is refused" is $? 125
	ok "with the reason" refused_for 3
	kill $sleeper
}

# What the tests of the source tree say here, as cases of ours.
source_test() {
	SRC_DIR=/t BUILD_DIR=/t TRACECTL=/usr/bin/tracectl TRACERD=/usr/sbin/tracerd \
		timeout 900 sh "/t/tests/integration/$1.sh" >"$dir/tap" 2>&1
	while read -r line; do
		case $line in
		"ok "*) cases=$((cases + 1)) && echo "ok $cases - $1: ${line#* - }" ;;
		"not ok "*) cases=$((cases + 1)) && echo "not ok $cases - $1: ${line#* - }" ;;
		"#"*) echo "$line" ;;
		esac
	done <"$dir/tap"
	ok "$1: to its end" grep -q '^1\.\.[1-9]' "$dir/tap"
}

leftovers() {
	find /etc /run /usr /var/lib/systemd /lib/systemd -name '*tracer*' ! -name '*tracer-test*' | grep .
}

it_goes() {
	ok "remove" dpkg -r tracerd
	ok "stops it" not active tracerd
	ok "keeps the configuration" test -f /etc/tracerd/tracerd.conf
	ok "purge" dpkg -P tracerd
	ok "leaves nothing" not leftovers
}

echo "# $(uname -r)"
first=tracerd
[ "$can" = ptrace ] || first=older
ok "install" install_package $first
ok "cleanly" cleanly_installed
ok "the configuration is right" tracerd --check-config
if [ "$can" = bpf ]; then
	service_runs
	active tracerd || {
		journalctl -q --no-pager -u tracerd | sed 's/^/# /'
		exit 1
	}
	commands_work
	without_being_root
	clock_is_stepped
	others_are_kept_out
	[ "$much" = quick ] || source_test authorisation
	it_is_reloaded
	it_comes_back
	it_starts_by_socket
	it_is_upgraded
else
	without_bpf
fi
if [ -e /proc/sys/kernel/yama ]; then
	yama_is_handled
else
	echo "ok $((cases += 1)) - ptrace_scope # SKIP this kernel has no Yama"
fi
it_goes
echo "1..$cases"
