#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# What every file has (a licence line, a width) and how long things get; scripts and manual pages
# through their own checkers.

# shellcheck source=tests/lint/lib.sh
. "${SRC_DIR:?}/tests/lint/lib.sh"

every_file_has_a_licence() {
	files '*' | grep -v -e '^LICENSE$' -e '\.json$' -e '^shared/' -e '\.golden$' -e '\.expect$' -e '\.txt$' |
		{
			cat
			files 'CMakeLists.txt' '*/CMakeLists.txt'
		} | sort -u | while read -r file; do
		head -n 3 "$file" | grep -q 'SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only' ||
			echo "$file"
	done
}

# A word may hang over; more than that is unreadable in two columns.
# Fenced tables are as wide as they are.
lines_fit() {
	files '*.c' '*.h' | while read -r file; do
		expand -t 8 "$file" | awk -v file="$file" '
			/clang-format off/ { table = 1 }
			/clang-format on/ { table = 0 }
			length > 120 && !table { print file ":" FNR ": " length " columns" }'
	done
}

functions_are_short() {
	# shellcheck disable=SC2046 # file names of this project have no blanks
	awk 'FNR == 1 { start = 0 }
		/^\{/ { start = FNR }
		/^\}/ { if (start && FNR - start - 1 > 70)
				print FILENAME ":" start ": a function of " FNR - start - 1 " lines"
			start = 0 }' $(files '*.c' '*.h')
}

files_are_short() {
	files 'daemon/*.c' 'cli/*.c' 'bpf/*.c' 'bpf/*.h' 'include/*.h' | xargs wc -l |
		awk '$2 != "total" && $1 > 700 { print $2 " has " $1 " lines" }'
}

no_warning_is_silenced() {
	files '*.c' '*.h' | xargs grep -n 'Wno-\|__attribute__((unused))\|\[\[maybe_unused\]\]' |
		grep -v '^tests/'
}

shell_scripts() {
	files '*.sh' | while read -r file; do
		if head -n 3 "$file" | grep -q bash; then
			bash -n "$file"
		else
			sh -n "$file"
		fi
	done
}

shellcheck_is_quiet() {
	files '*.sh' '.ci/run' | xargs shellcheck -x
}

manual_pages() {
	mandoc -T lint packaging/man/*.[158] 2>&1 |
		grep -v -e 'referenced manual not found' -e 'outdated mandoc.db'
}

rule "every file has its licence line" every_file_has_a_licence
rule "no line is much longer than 100 columns" lines_fit
rule "functions have at most 70 lines" functions_are_short
rule "files have at most about 500 lines" files_are_short
rule "no warning is silenced in a source" no_warning_is_silenced
rule "shell scripts parse" shell_scripts
rule_with shellcheck "shellcheck finds nothing" shellcheck_is_quiet
rule_with mandoc "manual pages are well-formed" manual_pages
finish
