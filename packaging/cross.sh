#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# cross.sh BUILD_DIR [CMAKE-OPTION].. - builds for aarch64 on another machine of Debian's kin, the BPF programs
# included, and runs the unit tests there. The libraries, the C library among them, are fetched by apt into
# BUILD_DIR/sysroot; nothing of that architecture is installed on this machine, only clang, lld and qemu, which go
# with every other compiler. Ends with "N passed, N failed, N skipped".
set -eu

die() {
	echo "cross.sh: $*" >&2
	exit 1
}

src=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
build=$(cd "$1" && pwd)
shift
state=$build/apt
sysroot=$build/sysroot
command -v apt-get >/dev/null || die "apt-get is needed, for the libraries of aarch64"
for tool in clang ld.lld qemu-aarch64; do
	command -v "$tool" >/dev/null || die "$tool is needed: apt-get install clang lld qemu-user"
done

# An apt of its own, which thinks that this machine is an aarch64 with nothing installed.
foreign() {
	"$@" -o Dir::State="$state" -o Dir::State::status="$state/status" -o Dir::Cache="$state/cache" \
		-o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Architecture=arm64 \
		-o APT::Architectures=arm64 -o APT::Sandbox::User=root -o Debug::NoLocking=1
}

fetch() {
	mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
	: >"$state/status"
	foreign apt-get -q update >&2
	# shellcheck disable=SC2046 # a list of words
	(cd "$state/cache" && foreign apt-get -q download libbpf-dev libbpf1 libelf-dev libelf1 \
		zlib1g-dev zlib1g libevent-dev libevent-core-2.1-7 libinih-dev libinih1 uthash-dev \
		libdw-dev libdw1 liblzma5 libbz2-1.0 libc6 libc6-dev libcrypt-dev linux-libc-dev \
		libgcc-s1 "libgcc-$(gcc -dumpversion)-dev" libcmocka0 libcmocka-dev libjson-c5 libjson-c-dev \
		>&2)
	for deb in "$state"/cache/*.deb; do
		dpkg-deb -x "$deb" "$sysroot.new"
	done
	# Debian has some libraries in /lib, which is /usr/lib there.
	if [ -d "$sysroot.new/lib" ]; then
		cp -a "$sysroot.new/lib/." "$sysroot.new/usr/lib/"
	fi
	mv "$sysroot.new" "$sysroot"
}

[ -d "$sysroot" ] || fetch
cmake -S "$src" -B "$build" -G Ninja -DCMAKE_TOOLCHAIN_FILE="$src/packaging/aarch64.cmake" \
	-DTRACER_SYSROOT="$sysroot" -DCMAKE_BUILD_TYPE=RelWithDebInfo -DTRACER_TESTS=ON "$@" >&2
cmake --build "$build" --target tracerd tracectl units >&2
for program in "$build/daemon/tracerd" "$build/cli/tracectl"; do
	readelf -h "$program" | grep -q 'Machine: *AArch64' ||
		die "$program is not for aarch64"
done
TEST_RUNNER="qemu-aarch64 -L $sysroot"
export TEST_RUNNER
set --
for test in "$src"/tests/unit/test_*.c; do
	set -- "$@" -t "unit/$(basename "$test" .c)"
done
sh "$src/tests/run-tests.sh" "$@" "$build"
