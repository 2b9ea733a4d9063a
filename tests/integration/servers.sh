#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# Real programs: nginx and redis at work, and a compiler.

# shellcheck source=tests/integration/lib.sh
. "${SRC_DIR:?}/tests/integration/lib.sh"
daemon_start
out=$dir/out

free_port() {
	python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

# fetch PORT PATH COUNT: over one connection each; prints the ports that it had.
cat >"$dir/fetch.py" <<'END'
import socket, sys
for _ in range(int(sys.argv[3])):
    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5)
    print(s.getsockname()[1])
    s.sendall(b"GET %s HTTP/1.0\r\n\r\n" % sys.argv[2].encode())
    while s.recv(65536):
        pass
END
answers() {
	python3 "$dir/fetch.py" "$1" / 1
}

if nginx=$(command -v nginx || command -v /usr/sbin/nginx); then
	port=$(free_port)
	comm=ngx$$ # the host may have an nginx of its own
	cp "$nginx" "$dir/$comm"
	mkdir "$dir/www"
	echo "hello from nginx" >"$dir/www/index.html"
	cat >"$dir/nginx.conf" <<-END
		daemon off;
		user root;
		worker_processes 2;
		pid $dir/nginx.pid;
		error_log $dir/nginx.err;
		events { worker_connections 64; }
		http {
			access_log off;
			server { listen 127.0.0.1:$port; root $dir/www; }
		}
	END
	begin "$dir/$comm" -p "$dir" -c "$dir/nginx.conf" 2>/dev/null
	server=$begun
	until_ok 10 answers "$port"
	watch "$out" --comm "$comm" -y
	python3 "$dir/fetch.py" "$port" /index.html 20 >"$dir/ports"
	python3 "$dir/fetch.py" "$port" /missing 3 >/dev/null
	unwatch
	ok "nginx: every request's accept" events "$out" 'len([c for c in calls("accept4") if c["ret"] and c["ret"] > 0]) == 23'
	ok "nginx: every request's file" events "$out" \
		"len([c for c in calls('openat') if '$dir/www/index.html' in c['args'].values() and c['ret'] > 0]) == 20 and
		len([c for c in calls('openat', error='ENOENT') if '$dir/www/missing' in c['args'].values()]) == 3"
	ok "nginx: who asked" events "$out" '(lambda ports:
		{c["fds"]["sockfd"]["peer"]["port"] for c in calls("recvfrom") if c["ret"] and c["ret"] > 0} >= ports
		)({int(p) for p in open(ports)})' "ports=$dir/ports"
	ok "nginx: what was asked" events "$out" \
		'len([c for c in calls("recvfrom") if str(c["args"]["buf"]).startswith("GET /")]) == 23'
	ok "nginx: nothing else, nothing lost" events "$out" 'lost == 0 and {c["comm"] for c in calls()} == {comm}' "comm=$comm"
	begin "$TRACECTL" --socket "$sock" summary --json -o "$out" --comm "$comm"
	summary=$begun
	until_ok 10 sessions_are 1
	python3 "$dir/fetch.py" "$port" /index.html 50 >/dev/null
	end "$summary"
	ok "nginx: counted" python3 -c 'import json, sys
s = {c["syscall"]: c["calls"] - c["errors"] for c in json.loads(open(sys.argv[1]).readline())["syscalls"]}
print(s)
sys.exit(s["accept4"] != 50 or s["openat"] != 50)' "$out"
	tc pending --json -o "$out" --comm "$comm"
	ok "nginx: its workers wait for events" events "$out" 'len(calls("epoll_wait")) == 2'
	end "$server" QUIT
else
	skip "nginx" "not installed"
fi

if redis=$(command -v redis-server); then
	port=$(free_port)
	begin "$redis" --port "$port" --bind 127.0.0.1 --dir "$dir" --save '' --daemonize no >/dev/null
	server=$begun
	until_ok 10 redis-cli -p "$port" ping
	watch "$out" --pid "$server" -y -s 100
	redis-cli -p "$port" set colour blue >/dev/null
	redis-cli -p "$port" get colour >/dev/null
	unwatch
	# shellcheck disable=SC2016 # what is in single quotes is for Python
	ok "redis: what was asked and answered" events "$out" \
		'[c for c in calls("read") if "set" in str(c["args"]["buf"]) and "blue" in str(c["args"]["buf"])] and
		[c for c in calls("write") if c["args"]["buf"] == "$4\r\nblue\r\n"]'
	ok "redis: to whom" events "$out" \
		"{c['fds']['fd']['local']['port'] for c in calls('write') if isinstance(c['fds']['fd'], dict)} == {$port}"
	ok "redis: nothing lost" events "$out" "lost == 0 and {e['pid'] for e in calls()} == {$server}"
	end "$server"
else
	skip "redis" "not installed"
fi

printf '#include <stdio.h>\nint main(void) { puts("built"); return 0; }\n' >"$dir/hello.c"
tc run --json -o "$out" -- cc -O2 -o "$dir/hello" "$dir/hello.c"
ok "cc: status" is $? 0
ok "cc: what it made works" is "$("$dir/hello")" built
ok "cc: compiler, assembler and linker" events "$out" \
	'lost == 0 and {"cc1", "as"} <= {e["comm"] for e in of("exit")} and [c for c in calls("openat") if "hello.c" in str(c["args"])]'
ok "cc: every process that began also ended" events "$out" \
	'{e["child_pid"] for e in of("fork")} | {ev[0]["pid"]} == {e["pid"] for e in of("exit") if e["process"]}'
finish
