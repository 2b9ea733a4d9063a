#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# From a clone on a machine with nothing installed to a running program, in one command: installs the
# packages that are missing (Debian and its kin by apt-get, Fedora and its kin by dnf), builds, and
# runs, tests or measures. What it says goes to stderr, so that `run` has stdout for the command.
set -eu

usage() {
	cat <<'END'
usage: sh packaging/dev.sh COMMAND

  run -- CMD [ARG..]            build, then trace CMD: tracectl run -- CMD ARG..
  run OPTION.. -- CMD [ARG..]   the same with options of `tracectl run`
  build                         install what is missing and build in build/
  test [--release|--sanitize]   every test, on a release build and on one with sanitizers
                                (in build-debug/), or on only one of them
  test-vm [--quick] [KERNEL..]  boot Debian's kernels (5.10, 6.1, 6.12, or those named) under qemu,
                                install the package there and use it
  packages                      build the deb and the rpm, or on Fedora the rpm, into build/packages/
  cross                         build for aarch64 with clang and Debian's libraries, in build-aarch64/, and run
                                the unit tests under qemu
  bench [ARG..]                 the benchmark table; ARG.. as tests/bench/run.sh has them

Set TRACER_WERROR=ON to make compiler warnings errors.
END
}

say() {
	echo "==> $*" >&2
}

die() {
	echo "dev.sh: $*" >&2
	exit 1
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null 2>&1; then
		sudo "$@"
	else
		die "root is needed to install packages: run this as root, or install sudo"
	fi
}

# The packages of one purpose: build, test, servers (their installation may try to start a service)
# and peers (other tracers to compare with; nice to have). A/B: the first of them that there is.
packages() {
	case $manager/$1 in
	apt/build)
		echo gcc libc6-dev cmake ninja-build pkg-config clang llvm bpftool/linux-tools-generic libbpf-dev \
			libelf-dev libdw-dev zlib1g-dev libevent-dev uthash-dev libinih-dev
		;;
	apt/test)
		echo libcmocka-dev libjson-c-dev libclang-rt-dev strace python3 procps mandoc shellcheck \
			git make curl sqlite3 mount file
		[ "$(dpkg --print-architecture)" != amd64 ] || echo gcc-multilib
		;;
	apt/package) echo file rpm rpmlint lintian ;;
	apt/cross) echo lld qemu-user binutils ;;
	apt/vm) echo qemu-system-x86 mmdebstrap zstd cpio libarchive-tools debian-archive-keyring ;;
	apt/servers) echo nginx redis-server redis-tools wrk ;;
	apt/peers) echo linux-perf bpftrace ;;
	dnf/build)
		echo gcc glibc-devel cmake ninja-build pkgconf-pkg-config clang llvm bpftool \
			libbpf-devel elfutils-devel elfutils-libelf-devel zlib-devel libevent-devel uthash-devel inih-devel
		;;
	dnf/test)
		echo libcmocka-devel json-c-devel compiler-rt strace python3 procps-ng mandoc ShellCheck \
			libasan libubsan git make curl sqlite util-linux
		[ "$(uname -m)" != x86_64 ] || echo glibc-devel.i686 libgcc.i686
		;;
	dnf/package) echo rpm-build rpmlint ;;
	dnf/servers) echo nginx redis wrk ;;
	dnf/peers) echo perf bpftrace ;;
	esac
}

is_installed() {
	if [ "$manager" = apt ]; then
		[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
	else
		rpm -q --quiet --whatprovides "$1" >/dev/null 2>&1
	fi
}

missing_of() {
	for package in $(packages "$1"); do
		is_installed "${package%/*}" || is_installed "${package#*/}" || printf '%s ' "$package"
	done
}

# there_are A/B..: which packages these are, in this distribution.
there_are() {
	for package; do
		case $package in
		*/*)
			apt-cache policy "${package%/*}" 2>/dev/null | grep -q 'Candidate: [0-9]' &&
				package=${package%/*} || package=${package#*/}
			;;
		esac
		printf '%s ' "$package"
	done
}

apt_update() {
	say "Updating the list of packages (apt-get update)"
	as_root apt-get update -qq >&2
	updated=yes
}

# apt-get's own progress is for terminals; the list above it says enough.
install_now() {
	if [ "$manager" = dnf ]; then
		as_root dnf -y -q install "$@" >&2
		return
	fi
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
		-o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 "$@" </dev/null >&2
}

install_packages() {
	if [ "$manager" = apt ] && [ "$updated" = no ] &&
		[ -z "$(find /var/lib/apt/lists -name '*_Packages*' 2>/dev/null | head -n 1)" ]; then
		apt_update
	fi
	there=$(there_are "$@")
	say "Installing: $there"
	# shellcheck disable=SC2086 # a list of words
	install_now $there && return
	[ "$manager" = apt ] && [ "$updated" = no ] || return 1
	apt_update
	# shellcheck disable=SC2046 # a list of words
	install_now $(there_are "$@")
}

# need PURPOSE..: everything that is missing for these, in one go.
need() {
	wanted=
	for purpose; do
		wanted="$wanted$(missing_of "$purpose")"
	done
	[ -n "$wanted" ] || return 0
	[ -n "$manager" ] || return 0
	# shellcheck disable=SC2086 # a list of words
	install_packages $wanted || die "could not install: $wanted"
}

# Servers that are there only for tests: their packages start a service, which may fail where a port
# is taken or there is no service manager, and is not wanted where it succeeds. Only programs count. One at a
# time: a distribution may lack one of them (wrk is for bench alone).
need_servers() {
	wanted=$(missing_of servers)
	[ -n "$wanted" ] || return 0
	for package in $wanted; do
		install_packages "$package" ||
			say "The package $package complained or is not there; going on, since only its programs count"
	done
	for service in nginx redis-server redis; do
		case " $wanted" in
		*" $service "*)
			if [ -d /run/systemd/system ]; then
				as_root systemctl disable --now -q "$service" >/dev/null 2>&1 || :
			fi
			;;
		esac
	done
}

# One at a time: a machine may have none of them.
want_peers() {
	for package in $(missing_of peers); do
		install_packages "$package" || say "$package is not available; going on without it"
	done
}

build() {
	preset=$1 dir=$2
	say "Configuring $dir"
	cmake --preset "$preset" --log-level=NOTICE -DTRACER_TESTS="$tests" \
		-DTRACER_WERROR="${TRACER_WERROR:-OFF}" >&2
	say "Building $dir"
	cmake --build "$dir" >&2
}

cmd_run() {
	need build
	build release build
	options=
	if [ "${1:-}" = -- ]; then
		shift
		options=--
	fi
	[ $# -gt 0 ] || die "run needs a command, as in: sh packaging/dev.sh run -- ls -l /"
	say "build/cli/tracectl run $options $*"
	cd "$here"
	# shellcheck disable=SC2086 # empty, or --
	exec "$root/build/cli/tracectl" run $options "$@"
}

cmd_test() {
	which=${1:-both}
	tests=ON
	set --
	case $which in
	both) set -- build build-debug ;;
	--release) set -- build ;;
	--sanitize) set -- build-debug ;;
	*) usage >&2 && exit 2 ;;
	esac
	need build test
	need_servers
	for dir; do
		case $dir in
		build) build release build ;;
		*) build debug "$dir" ;;
		esac
	done
	exec sh tests/run-tests.sh "$@"
}

cmd_test_vm() {
	[ "$manager" = apt ] || die "test-vm needs Debian or a distribution made of it"
	quick=
	if [ "${1:-}" = --quick ]; then
		quick=$1
		shift
	fi
	tests=ON
	need build test vm
	build release build
	# shellcheck disable=SC2086 # nothing, or --quick
	exec sh tests/vm/run.sh $quick "$root/build" "$@"
}

cmd_packages() {
	need build package
	build release build
	# What a deb depends on is found only where debs are installed.
	generators=RPM
	[ "$manager" = dnf ] || generators="DEB RPM"
	for generator in $generators; do
		cpack --config build/CPackConfig.cmake -G "$generator" -B build/packages >&2
	done
	find build/packages -maxdepth 1 \( -name '*.deb' -o -name '*.rpm' \)
}

cmd_bench() {
	need build
	need_servers
	want_peers
	build release build
	exec sh tests/bench/run.sh --build-dir "$root/build" "$@"
}

here=$PWD
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
updated=no
tests=OFF
if command -v apt-get >/dev/null 2>&1; then
	manager=apt
elif command -v dnf >/dev/null 2>&1; then
	manager=dnf
else
	manager=
	say "Neither apt-get nor dnf is here: going on with what is installed"
fi

command=${1:-}
[ $# -eq 0 ] || shift
case $command in
run) cmd_run "$@" ;;
build)
	need build
	build release build
	;;
test) cmd_test "$@" ;;
test-vm) cmd_test_vm "$@" ;;
packages) cmd_packages ;;
cross)
	[ "$manager" = apt ] || die "cross needs Debian or a distribution made of it"
	need build cross
	sh packaging/cross.sh build-aarch64 -DTRACER_WERROR="${TRACER_WERROR:-OFF}"
	;;
bench) cmd_bench "$@" ;;
help | -h | --help) usage ;;
*)
	usage >&2
	exit 2
	;;
esac
