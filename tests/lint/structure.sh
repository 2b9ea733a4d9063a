#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# Who may include whom: include <- core <- {daemon, cli}; bpf sees include and vmlinux; renderers see
# no socket. And what core may ask of the C library, read from the compiled archive.

# shellcheck source=tests/lint/lib.sh
. "${SRC_DIR:?}/tests/lint/lib.sh"

# includes FILE..: "file header" for each include; the header with its <> or "".
includes() {
	[ $# -eq 0 ] || awk '/^[ \t]*#[ \t]*include/ {
		sub(/^[ \t]*#[ \t]*include[ \t]*/, "")
		print FILENAME, $1
	}' "$@"
}

# only PATTERN FILE..: complains about includes that the extended regular expression does not match.
only() {
	allowed=$1
	shift
	includes "$@" | awk -v allowed="$allowed" '$2 !~ allowed { print $1 " includes " $2 }'
}

# never PATTERN FILE..
never() {
	denied=$1
	shift
	includes "$@" | awk -v denied="$denied" '$2 ~ denied { print $1 " includes " $2 }'
}

# headers_of DIR: a pattern that matches the quoted include of any of its headers.
headers_of() {
	files "$1/*.h" | grep -v "^$1/.*/" | sed 's|.*/||; s/\./\\./g' | paste -sd '|' - |
		sed 's/.*/^"(&)"$/'
}

include_is_self_contained() {
	# shellcheck disable=SC2046 # file names of this project have no blanks
	only '^("event\.h"|<(tracer/|linux/types\.h|std[a-z]+\.h|string\.h|errno\.h))' $(files 'include/*.h')
}

bpf_sees_kernel_types_only() {
	# shellcheck disable=SC2046
	only '^(<bpf/|<tracer/|["<]vmlinux\.h[">]|"[a-z_]+\.bpf\.h"|<(std[a-z]+|asm/[a-z]+|linux/[a-z_]+)\.h>)' \
		$(files 'bpf/*.c' 'bpf/*.h')
}

core_sees_core_only() {
	# shellcheck disable=SC2046
	only '^(<core/|<tracer/|"(table|consts|abi)_[a-z0-9_]+\.(def|h)"|"[a-z_]+\.(h|def)"|<[a-z_]+\.h>|<(sys|linux|asm)/[a-z_]+\.h>)' \
		$(files 'daemon/core/*.c' 'daemon/core/*.h' 'daemon/core/*.def')
	for header in $(files 'daemon/core/*.c' 'daemon/core/*.h' | xargs grep -ho '^#include "[^"]*"' |
		sed 's/.*"\(.*\)"/\1/' | sort -u); do
		[ -f "daemon/core/$header" ] || echo "core includes \"$header\", which is not its own"
	done
	# shellcheck disable=SC2046
	never '^<(event2/|sys/(socket|epoll|ptrace|un)|fcntl|syslog|unistd|bpf/)' \
		$(files 'daemon/core/*.c' 'daemon/core/*.h')
}

cli_sees_nothing_of_daemon() {
	# shellcheck disable=SC2046
	never "$(headers_of daemon)" $(files 'cli/*.c' 'cli/*.h')
	# shellcheck disable=SC2046
	never '^["<](\.\./|bpf/|.*\.skel\.h)' $(files 'cli/*.c' 'cli/*.h')
}

daemon_sees_nothing_of_cli() {
	# shellcheck disable=SC2046
	includes $(files 'daemon/*.c' 'daemon/*.h') | sed -n 's/ "\(.*\)"$/ \1/p' |
		while read -r file header; do
			case $header in
			*.skel.h) continue ;;
			esac
			[ -f "$(dirname "$file")/$header" ] || echo "$file includes \"$header\""
		done
}

renderers_never_see_the_socket() {
	# shellcheck disable=SC2046
	never '^("client\.h"|<(event2/|sys/epoll\.h|poll\.h|tracer/wire\.h))' \
		$(files 'cli/render*.c' 'cli/value*.c' 'cli/facts.c' 'cli/json.c')
}

backends_know_only_their_sink() {
	# shellcheck disable=SC2046
	never '^"(hub|ctl|server|session|client|procfs|task|fdtab)\.h"' $(files 'daemon/backend_*.c')
}

skeleton_in_one_file() {
	files '*.c' '*.h' | xargs grep -ho '^#include "[a-z_]*\.skel\.h"' | sort | uniq -d
}

ptrace_in_two_files() {
	users=$(files '*.c' '*.h' | grep -v '^tests/' | xargs grep -l '^#include.*sys/ptrace\.h')
	[ "$(echo "$users" | grep -c .)" -le 2 ] || echo "$users"
}

own_header_first() {
	for source in $(files 'daemon/*.c' 'cli/*.c'); do
		header=$(basename "$source" .c).h
		[ -f "$(dirname "$source")/$header" ] || continue
		first=$(grep -m 1 '^#include' "$source")
		case $first in
		*"\"$header\"" | *"/$header>" | *"\"${header%.h}_impl.h\"") ;;
		*) echo "$source begins with $first" ;;
		esac
	done
}

core_archive() {
	find "${BUILD_DIR:?}" -name libcore.a | head -n 1
}

core_does_no_io() {
	nm -u "$(core_archive)" | awk '
		$1 == "U" && $2 ~ /^_*(open|openat|read|write|close|socket|connect|send|recv|sendmsg|recvmsg|ioctl|fopen|fopen64|open64|fread|fwrite|fclose|fflush|printf|fprintf|vfprintf|puts|putchar|perror|syslog|warn|warnx|err|errx|exit|abort|getenv|time|clock_gettime|fork|system|stdout|stderr|stdin)(_chk)?$/ {
			print "core uses " $2
		}' | grep -v -e ' __stack_chk' -e '_assert_fail'
}

core_has_no_variables() {
	nm --format=sysv "$(core_archive)" | awk -F'|' '
		{ gsub(/ /, "", $7) }
		/__odr_asan/ { next }
		$4 ~ /OBJECT/ && ($7 == ".data" || $7 == ".bss" || $7 == "*COM*") { print "core has the variable " $1 }'
}

bpf_loops_load() {
	python3 tests/lint/loops.py "$BUILD_DIR"/bpf/*.bpf.o
}

rule "include/ needs nothing but C and the kernel's types" include_is_self_contained
rule "bpf/ sees include/ and vmlinux/ only" bpf_sees_kernel_types_only
rule "daemon/core/ sees itself and include/ only" core_sees_core_only
rule "cli/ sees nothing of daemon/ but core" cli_sees_nothing_of_daemon
rule "daemon/ sees its own headers only" daemon_sees_nothing_of_cli
rule "renderers never see the socket" renderers_never_see_the_socket
rule "a backend knows only its sink" backends_know_only_their_sink
rule "one file includes a skeleton" skeleton_in_one_file
rule "at most two files include sys/ptrace.h" ptrace_in_two_files
rule "a source includes its own header first" own_header_first
rule "BPF loops are laid out as Linux 6.1 takes them" bpf_loops_load
rule "core does no input, output or logging" core_does_no_io
rule "core has no variable that can change" core_has_no_variables
finish
