# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# shellcheck shell=sh
#
# For scripts that check the source tree: which files there are, and one TAP case for each rule.
# A rule is a function that prints what breaks it.

cd "${SRC_DIR:?}" || exit 1
cases=0

# files PATTERN..: the project's own files, also those that are not committed yet.
files() {
	if [ -e .git ]; then
		git -c safe.directory='*' ls-files -co --exclude-standard -- "$@"
	else
		find . -path './build*' -prune -o -type f -print | sed 's|^\./||' |
			while read -r file; do
				for pattern; do
					# shellcheck disable=SC2254 # the pattern is one
					case $file in
					$pattern) echo "$file" && break ;;
					esac
				done
			done
	fi | while read -r file; do
		[ ! -f "$file" ] || echo "$file"
	done
}

# rule NAME FUNCTION
rule() {
	cases=$((cases + 1))
	found=$("$2" 2>&1)
	if [ -z "$found" ]; then
		echo "ok $cases - $1"
	else
		echo "not ok $cases - $1"
		echo "$found" | sed 's/^/# /'
	fi
}

# rule_with PROGRAM NAME FUNCTION: skipped where the program is not installed.
rule_with() {
	if command -v "$1" >/dev/null 2>&1; then
		rule "$2" "$3"
	else
		cases=$((cases + 1))
		echo "ok $cases - $2 # SKIP $1 is not installed"
	fi
}

finish() {
	echo "1..$cases"
}
