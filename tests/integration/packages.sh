#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# What is installed: by cmake below a DESTDIR, in the deb and in the rpm; the unit's sandbox; and what the
# completions of shells offer, which they get from the program.

# shellcheck source=tests/integration/lib.sh
. "${SRC_DIR:?}/tests/integration/lib.sh"
top=$dir/top
DESTDIR=$top cmake --install "$BUILD_DIR" --prefix /usr >"$dir/log" 2>&1
ok "cmake --install below DESTDIR" is $? 0
for file in usr/sbin/tracerd usr/bin/tracectl etc/tracerd/tracerd.conf usr/share/man/man1/tracectl.1.gz \
	usr/share/man/man5/tracerd.conf.5.gz usr/share/man/man8/tracerd.8.gz \
	usr/lib/systemd/system/tracerd.service usr/lib/systemd/system/tracerd.socket \
	usr/lib/sysusers.d/tracerd.conf usr/lib/tmpfiles.d/tracerd.conf \
	usr/share/bash-completion/completions/tracectl usr/share/fish/vendor_completions.d/tracectl.fish; do
	ok "has $file" test -f "$top/$file"
done
ok "nothing is elsewhere" not grep -v "Installing: $top/\|^-- Install configuration" "$dir/log"
unit=$top/usr/lib/systemd/system/tracerd.service
ok "the unit starts what is installed" grep -q '^ExecStart=/usr/sbin/tracerd$' "$unit"
if command -v systemd-analyze >/dev/null; then
	ok "the sandbox is rated 2.0 or better" systemd-analyze security --offline=true --no-pager \
		--threshold=20 "$unit"
	sed -i 's|/usr/sbin/tracerd|/bin/true|' "$unit"
	ok "the units are valid" systemd-analyze verify --man=no "$unit"
else
	skip "the sandbox is rated 2.0 or better" "no systemd-analyze"
fi

every_key_is_documented() {
	grep -o '^#\{0,1\}[a-z-]* = ' "$SRC_DIR/packaging/tracerd.conf" | tr -d '# =' | sort -u >"$dir/shipped"
	sed -n 's/^\.It Sy \([a-z-]*\) No .*/\1/p' "$SRC_DIR/packaging/man/tracerd.conf.5" | sort -u >"$dir/documented"
	sed -n 's/^	{"[a-z]*", *"\([a-z-]*\)".*/\1/p' "$SRC_DIR/daemon/config.c" | sort -u >"$dir/taken"
	diff "$dir/taken" "$dir/documented" && diff "$dir/taken" "$dir/shipped"
}
ok "every key is in tracerd.conf(5) and in the file" every_key_is_documented

# pack GENERATOR PATTERN: the package that it makes, in $package.
pack() {
	(cd "$BUILD_DIR" && cpack -G "$1" -B "$dir/pack") >"$dir/log" 2>&1
	package=$(find "$dir/pack" -maxdepth 1 -name "$2")
	ok "cpack -G $1" test -n "$package"
}
if command -v dpkg-deb >/dev/null; then
	pack DEB '*.deb'
	ok "the configuration is the administrator's" is "$(dpkg-deb -I "$package" conffiles)" /etc/tracerd/tracerd.conf
	dpkg-deb -c "$package" >"$dir/content"
	ok "all is root's" not grep -v root/root "$dir/content"
	if command -v lintian >/dev/null && ! grep -q __asan_init "$TRACERD"; then
		ok "lintian finds no error" lintian --allow-root --fail-on error "$package"
	fi
fi
if command -v rpmbuild >/dev/null; then
	pack RPM '*.rpm'
	ok "its configuration, too" is "$(rpm -qp --configfiles "$package")" /etc/tracerd/tracerd.conf
	rpm -qp --list "$package" >"$dir/content"
	ok "it owns no folder of the system" not grep -x -e /etc -e /usr -e /usr/bin -e /usr/lib/systemd/system "$dir/content"
	rpm -qp --scripts "$package" >"$dir/scripts"
	ok "it makes the user, and presets the service" sh -c "grep -q systemd-sysusers '$dir/scripts' && grep -q preset '$dir/scripts'"
fi

# offers WORD WORDS..: what stands at the end of the words may be WORD.
offers() {
	word=$1
	shift
	"$TRACECTL" __complete "$@" >"$dir/offered"
	cut -f 1 "$dir/offered" | grep -q -x -e "$word"
}
ok "completion: commands" offers watch w
ok "completion: flags of a command" offers --failed watch --f
ok "completion: not those of others" not offers --interval watch --i
ok "completion: calls" offers openat,close watch -e openat,clo
ok "completion: classes" offers '!%network' watch -e '!%n'
ok "completion: processes" offers $$ watch --pid ''
ok "completion: names of processes" offers "$(cat /proc/$$/comm)" watch --comm ''
ok "completion: behind =" offers --format=strace watch --format=s
ok "completion: errors" offers ENOENT run --errno ENO
ok "completion: files are the shell's" offers :files run -o ''
ok "completion: so are commands" offers ':command 2' run -- l
if command -v zsh >/dev/null; then
	ok "zsh takes its script" zsh -n "$SRC_DIR/packaging/completions/_tracectl"
fi
if command -v fish >/dev/null; then
	ok "fish completes" sh -c "cd '$dir' && PATH='$(dirname "$TRACECTL")':\$PATH HOME='$dir' fish -c \
		'source $SRC_DIR/packaging/completions/tracectl.fish; complete -C \"tracectl watch --fai\"' | grep -q -e '^--failed'"
fi
ok "bash takes its script" bash -n "$SRC_DIR/packaging/completions/tracectl.bash"
finish
