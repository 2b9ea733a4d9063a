#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# cross.sh BUILD_DIR [CMAKE-OPTION].. - builds for aarch64 on another machine of Debian's kin, the BPF
# programs included. The libraries are fetched by apt into BUILD_DIR/sysroot; nothing of that architecture
# is installed on this machine, only the cross compiler.
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
command -v aarch64-linux-gnu-gcc >/dev/null ||
	die "the cross compiler is needed: apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross"

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
		libdw-dev libdw1 liblzma5 libbz2-1.0 >&2)
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
	-DTRACER_SYSROOT="$sysroot" -DCMAKE_BUILD_TYPE=RelWithDebInfo -DTRACER_TESTS=OFF "$@" >&2
cmake --build "$build" >&2
for program in "$build/daemon/tracerd" "$build/cli/tracectl"; do
	aarch64-linux-gnu-readelf -h "$program" | grep -q 'Machine: *AArch64' ||
		die "$program is not for aarch64"
done
