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

# pack GENERATOR PATTERN OPTION..: the package that it makes, in $package.
pack() {
	generator=$1 pattern=$2
	shift 2
	rm -rf "$dir/pack"
	(cd "$BUILD_DIR" && cpack -G "$generator" -B "$dir/pack" "$@") >"$dir/log" 2>&1
	package=$(find "$dir/pack" -maxdepth 1 -name "$pattern")
	ok "cpack -G $generator $*" test -n "$package"
}

# make_root DIR: a tree with a shell, and in the place of systemd's programs such that note how they are called.
make_root() {
	shell=$(readlink -f /bin/sh)
	mkdir -p "$1/usr/bin" "$1/run/systemd/system" "$1/tmp"
	for link in bin sbin lib lib64; do
		mkdir -p "$1/usr/$link"
		ln -s "usr/$link" "$1/$link"
	done
	cp "$shell" "$1/usr/bin/sh"
	ldd "$shell" | sed -n 's/.*[[:space:]]\(\/[^ ]*\) .*/\1/p' | while read -r library; do
		mkdir -p "$1$(dirname "$library")"
		cp "$library" "$1$library"
	done
	for program in systemctl systemd-sysusers systemd-tmpfiles; do
		printf '#!/bin/sh\necho "%s $*" >>/log\n' $program >"$1/usr/bin/$program"
		chmod 755 "$1/usr/bin/$program"
	done
}

# rpm_in STEP OPTION..: rpm in that tree, and what its scripts did, as $did.
rpm_in() {
	step=$1
	shift
	: >"$root/log"
	ok "rpm: $step" rpm --root "$root" --nodeps --nosignature "$@"
	ok "rpm: $step: no complaint" not grep . "$dir/why"
	did=$(tr '\n' ';' <"$root/log")
}

rpm_keeps_what_was_changed() {
	rpm --root "$root" --nodeps -V tracerd >"$dir/verified"
	is "$(cat "$dir/verified")" "S.5....T.  c /etc/tracerd/tracerd.conf"
}

rpm_daemon() {
	begin "$root/usr/sbin/tracerd" --config "$conf" --socket "$sock" 2>"$dir/tracerd.log"
	daemon_pid=$begun
	until_ok 30 tc status
}

# An older version is installed, replaced by this one, and removed.
rpm_life() {
	root=$dir/root
	conf=$root/etc/tracerd/tracerd.conf
	make_root "$root"
	rpm --root "$root" --initdb
	rpm_in install -i "$dir/older.rpm"
	ok "rpm: install makes the user and presets the service" is "$did" "systemd-sysusers tracerd.conf;systemd-tmpfiles \
--create tracerd.conf;systemctl --no-reload preset tracerd.service tracerd.socket;"
	ok "rpm: all is there as it was packed" rpm --root "$root" --nodeps -V tracerd
	ok "rpm: programs for everybody, changed by root only" \
		is "$(stat -c %a%U%G "$root/usr/sbin/tracerd" "$root/usr/bin/tracectl" "$conf" | tr '\n' ' ')" \
		"755rootroot 755rootroot 644rootroot "
	echo '# changed' >>"$conf"
	ok "rpm: what was installed runs" rpm_daemon
	cp "$targets/t_calls" "$dir/rpm-calls" # what others run beside us has another name
	begin "$root/usr/bin/tracectl" --socket "$sock" watch --reconnect --json -e getppid --comm rpm-calls -o "$dir/out"
	watcher=$begun
	until_ok 20 sessions_are 1
	rpm_in upgrade -U "$1"
	ok "rpm: upgrade starts the service anew if it runs" is "$did" "systemd-sysusers tracerd.conf;systemd-tmpfiles \
--create tracerd.conf;systemctl daemon-reload;systemctl try-restart tracerd.service;"
	ok "rpm: the new version is there" is "$(rpm --root "$root" -q tracerd)" "$(rpm -qp "$1")"
	"$dir/rpm-calls" 1 10 0 0
	end "$daemon_pid" # as try-restart does
	ok "rpm: the new one runs" rpm_daemon
	ok "rpm: the session is back" until_ok 20 sessions_are 1
	"$dir/rpm-calls" 1 7 0 0
	unwatch
	ok "rpm: it saw what was done before the service started anew, and after" \
		events "$dir/out" 'len(calls("getppid")) == 17 and lost == 0'
	end "$daemon_pid"
	ok "rpm: the configuration is still the administrator's" rpm_keeps_what_was_changed
	rpm --root "$root" --nodeps -e tracerd >"$dir/said" 2>&1
	ok "rpm: erase" is $? 0
	ok "rpm: erase keeps what was changed" grep -q '# changed' "$conf.rpmsave"
	rm -r "$root/etc/tracerd"
	ok "rpm: and nothing else" is "$(find "$root" -name '*trace*')" ""
	ok "rpm: the service was ended" grep -q 'disable --now tracerd.service tracerd.socket' "$root/log"
}
# Packages are made of what is released.
grep -q __asan_init "$TRACERD" || packed=yes
if [ "${packed:-}" ] && command -v dpkg-deb >/dev/null; then
	pack DEB '*.deb'
	ok "the configuration is the administrator's" is "$(dpkg-deb -I "$package" conffiles)" /etc/tracerd/tracerd.conf
	dpkg-deb -c "$package" >"$dir/content"
	ok "all is root's" not grep -v root/root "$dir/content"
	if command -v lintian >/dev/null; then
		ok "lintian finds no error" lintian --allow-root --fail-on error "$package"
	fi
fi
if [ "${packed:-}" ] && command -v rpmbuild >/dev/null; then
	pack RPM '*.rpm' -D CPACK_PACKAGE_VERSION=0.0.1
	mv "$package" "$dir/older.rpm"
	pack RPM '*.rpm'
	ok "its configuration, too" is "$(rpm -qp --configfiles "$package")" /etc/tracerd/tracerd.conf
	rpm -qp --list "$package" >"$dir/content"
	ok "it owns no folder of the system" not grep -x -e /etc -e /usr -e /usr/bin -e /usr/lib/systemd/system "$dir/content"
	rpm -qp --scripts "$package" >"$dir/scripts"
	ok "it makes the user, and presets the service" sh -c "grep -q systemd-sysusers '$dir/scripts' && grep -q preset '$dir/scripts'"
	# Who distributes it signs it and says who packed it.
	if command -v rpmlint >/dev/null; then
		rpmlint "$package" | grep ': E: ' | grep -v -e no-signature -e no-packager-tag >"$dir/errors"
		ok "rpmlint finds no error" not grep . "$dir/errors"
	fi
	rpm_life "$package"
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
# In the place of bash-completion's two functions such that are enough for words without = and :.
cat >"$dir/complete.bash" <<'END'
_get_comp_words_by_ref() { cur=${COMP_WORDS[COMP_CWORD]} words=("${COMP_WORDS[@]}") cword=$COMP_CWORD; }
__ltrim_colon_completions() { :; }
source "$1"
COMP_WORDS=("$2" watch --fai) COMP_CWORD=2
_tracectl
[ "${COMPREPLY[*]}" = --failed ]
END
ok "bash completes" bash "$dir/complete.bash" "$SRC_DIR/packaging/completions/tracectl.bash" "$TRACECTL"
if command -v zsh >/dev/null; then
	cat >"$dir/complete.zsh" <<'END'
_describe() { print -l -- $candidates }
words=($2 watch --fai) CURRENT=3
source $1
END
	zsh -f "$dir/complete.zsh" "$SRC_DIR/packaging/completions/_tracectl" "$TRACECTL" >"$dir/offered" 2>&1
	ok "zsh completes" grep -q '^--failed:' "$dir/offered"
fi
finish
