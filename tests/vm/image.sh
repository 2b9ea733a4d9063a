#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# image.sh CACHE kernel 5.10|6.1|6.12 - prints the path of that kernel of Debian's
# image.sh CACHE root                 - prints the path of a Debian 12 root with systemd, a zstd cpio
#
# Both are fetched by the machine's own apt, from the archive that it is configured with, into CACHE,
# and found there the next time; a root, as long as the same packages are wanted.
set -eu

die() {
	echo "image.sh: $*" >&2
	exit 1
}

cache=$1
what=$2
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
# What the root has besides the package under test: what that depends on, and what tests use.
root_packages=systemd,systemd-sysv,libbpf1,libelf1,libdw1,zlib1g,libevent-core-2.1-7,libinih1,procps,util-linux,login,passwd,python3-minimal,python3

# Where this machine gets its distribution's main archive from.
# shellcheck disable=SC2016 # apt expands it
archive() {
	apt-get indextargets --format '$(SITE)|$(COMPONENT)|$(CODENAME)' 'Created-By: Packages' \
		'Origin: Debian' | sed -n 's,|main|[a-z]*$,,p' | head -n 1
}

# A Debian release by its kernel.
suite_of() {
	case $1 in
	5.10) echo bullseye ;;
	6.1) echo bookworm ;;
	6.12) echo trixie ;;
	*) die "there is no kernel $1: 5.10, 6.1 or 6.12" ;;
	esac
}

# apt_for SUITE COMMAND..: an apt that knows that release only, and keeps its state in the cache.
apt_for() {
	state=$cache/apt-$1
	mkdir -p "$state/lists/partial" "$state/archives/partial"
	: >"$state/status"
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(archive) $1 main" \
		>"$state/sources.list"
	shift
	command=$1
	shift
	"$command" -q -o Dir::Etc::SourceList="$state/sources.list" -o Dir::Etc::SourceParts=/dev/null \
		-o Dir::State::Lists="$state/lists" -o Dir::State::status="$state/status" \
		-o Dir::Cache::Archives="$state/archives" -o Dir::Cache::pkgcache= \
		-o Dir::Cache::srcpkgcache= -o APT::Architecture=amd64 -o APT::Architectures=amd64 \
		-o APT::Sandbox::User=root "$@"
}

kernel() {
	suite=$(suite_of "$1")
	target=$cache/vmlinuz-$1
	[ -s "$target" ] || {
		[ -n "$(archive)" ] || die "apt of this machine has no Debian archive configured"
		apt_for "$suite" apt-get update >&2 || die "apt can't read the lists of $suite"
		package=$(apt_for "$suite" apt-cache depends linux-image-cloud-amd64 |
			sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
		[ -n "$package" ] || die "there is no kernel in $suite"
		scratch=$(mktemp -d "$cache/kernel.XXXXXX")
		(cd "$scratch" && apt_for "$suite" apt-get download "$package" >&2 &&
			dpkg-deb -x ./*.deb .) || die "can't get $package"
		mv "$scratch"/boot/vmlinuz-* "$target"
		rm -rf "$scratch"
	}
	echo "$target"
}

# shellcheck disable=SC2016 # mmdebstrap's shell expands $1
root() {
	target=$cache/root-$(printf %s "$root_packages" | cksum | cut -d ' ' -f 1).cpio.zst
	[ -s "$target" ] || {
		rm -f "$cache"/root*.cpio.zst
		command -v mmdebstrap >/dev/null || die "mmdebstrap is needed"
		command -v bsdtar >/dev/null || die "bsdtar is needed"
		mmdebstrap --variant=minbase --include="$root_packages" --format=tar \
			--dpkgopt='path-exclude=/usr/share/doc/*' \
			--dpkgopt='path-exclude=/usr/share/locale/*' \
			--dpkgopt='path-exclude=/usr/share/man/*' \
			--customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*' \
			--customize-hook='ln -s /lib/systemd/systemd "$1/init"' \
			--customize-hook='echo tracer-vm >"$1/etc/hostname"' \
			bookworm "$target.tar" "$(archive)" >&2 || die "can't make the root"
		bsdtar -cf - --format=newc "@$target.tar" | zstd -q -1 -T0 >"$target.new"
		rm "$target.tar"
		mv "$target.new" "$target"
	}
	echo "$target"
}

case $what in
kernel) kernel "$3" ;;
root) root ;;
*) die "kernel VERSION, or root" ;;
esac
