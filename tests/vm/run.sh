#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# run.sh [--quick] BUILD_DIR [KERNEL].. - boots kernels under qemu without hardware support, each with a Debian 12
# that installs the package of the build tree and tries it (guest.sh). KERNEL: one of Debian's (5.10, 6.1, 6.12; all of
# them if none is named), or the path of an image that needs no modules for a serial line and an initrd.
# Ends with "N passed, N failed, 0 skipped", and with status 1 if anything failed. --quick leaves out what takes
# minutes on an emulated processor. What is downloaded stays in $TRACER_VM_CACHE, or BUILD_DIR/vm.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
much=all limit=1500
if [ "$1" = --quick ]; then
	much=quick limit=600
	shift
fi
build=$(cd "$1" && pwd)
shift
[ $# -gt 0 ] || set -- 6.1 6.12 5.10
cache=${TRACER_VM_CACHE:-$build/vm}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
total=0
broken=0

# pack NAME OPTION..: the package, made of what is built.
pack() {
	name=$1
	shift
	(cd "$build" && cpack -G DEB -B "$scratch/$name" "$@" >"$scratch/cpack.log" 2>&1) || {
		cat "$scratch/cpack.log"
		exit 1
	}
	cp "$scratch/$name"/*.deb "$top/t/$name.deb"
}

# The package, a lower version of it, and the guest's own things: unpacked over the root.
make_overlay() {
	top=$scratch/overlay
	mkdir -p "$top/t" "$top/etc/systemd/system/multi-user.target.wants"
	pack tracerd
	pack older -D CPACK_PACKAGE_VERSION=0.0.1
	install -m 755 "$here/guest.sh" "$top/t/guest.sh"
	mkdir -p "$top/t/tests/targets"
	cp -r "$here/../integration" "$top/t/tests/"
	cp "$build"/tests/targets/t_* "$top/t/tests/targets/"
	mkdir -p "$top/etc/systemd/system.conf.d"
	printf '[Manager]\nDefaultTimeoutStartSec=300\n' >"$top/etc/systemd/system.conf.d/slow.conf"
	echo 0123456789abcdef0123456789abcdef >"$top/etc/machine-id"
	echo "$much" >"$top/t/much"
	cat >"$top/etc/systemd/system/tracer-test.service" <<-'UNIT'
		[Unit]
		After=multi-user.target
		[Service]
		Type=oneshot
		ExecStart=sh -c 'exec /t/guest.sh $$(cat /t/much) >/dev/ttyS1 2>&1'
		ExecStopPost=systemctl poweroff -ff
	UNIT
	ln -s ../tracer-test.service "$top/etc/systemd/system/multi-user.target.wants/"
	for unit in systemd-networkd systemd-resolved systemd-timesyncd e2scrub_reap apt-daily.timer \
		apt-daily-upgrade.timer dpkg-db-backup.timer fstrim.timer getty@tty1 serial-getty@ttyS0 \
		systemd-udev-settle; do
		ln -s /dev/null "$top/etc/systemd/system/$unit$(suffix "$unit")"
	done
}

suffix() {
	case $1 in
	*.timer) ;;
	*) echo .service ;;
	esac
}

# boot KERNEL: TAP in $scratch/tap. Without cx16, which qemu 7.2 computes wrong flags for; in one thread, as with
# more of them it can go on executing the int3 that Linux has replaced in its own code (tracepoints, static
# keys), and then no processor comes out of its trap again.
boot() {
	case $1 in
	*/*) kernel=$1 ;;
	*) kernel=$(sh "$here/image.sh" "$cache" kernel "$1") ;;
	esac
	root=$(sh "$here/image.sh" "$cache" root)
	(cd "$scratch/overlay" && find . | cpio --quiet -o -H newc | zstd -q -1) >"$scratch/overlay.cpio"
	cat "$root" "$scratch/overlay.cpio" >"$scratch/initrd"
	timeout "${TRACER_VM_TIMEOUT:-$limit}" qemu-system-x86_64 -accel tcg,thread=single -cpu max,-cx16 \
		-m 2048 -smp 2 -display none -monitor none -no-reboot -nodefaults \
		-serial file:"$scratch/console" -serial file:"$scratch/tap" \
		-kernel "$kernel" -initrd "$scratch/initrd" \
		-append "console=ttyS0 panic=-1 loglevel=5 systemd.show_status=0" </dev/null || :
}

make_overlay
for version; do
	start=$(date +%s)
	: >"$scratch/tap"
	boot "$version"
	tr -d '\r' <"$scratch/tap" >"$scratch/lines"
	passed=$(grep -c '^ok ' "$scratch/lines") || :
	failed=$(grep -c '^not ok ' "$scratch/lines") || :
	if ! grep -qx "1\.\.$((passed + failed))" "$scratch/lines"; then
		failed=$((failed + 1))
		echo "Linux $version: ended before its last case"
		grep -m 1 -A 40 -e 'BUG:' -e Oops -e 'Kernel panic' "$scratch/console" || tail -n 40 "$scratch/console"
	fi
	[ "$failed" -eq 0 ] || cat "$scratch/lines"
	printf 'Linux %-6s %s: %d passed, %d failed, %d s\n' "$version" \
		"$(sed -n 's/^# \([0-9].*\)/(\1)/p' "$scratch/lines" | head -n 1)" "$passed" "$failed" \
		$(($(date +%s) - start))
	total=$((total + passed))
	broken=$((broken + failed))
done
echo "$total passed, $broken failed, 0 skipped"
[ "$broken" -eq 0 ]
