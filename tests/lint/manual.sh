#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# The manual pages know what the programs take: every option in --help, and every command.

# shellcheck source=tests/lint/lib.sh
. "${SRC_DIR:?}/tests/lint/lib.sh"

# described PROGRAM PAGE [COMMAND]: the long options of its help that the page lacks. A page has the
# option of --pid as "Fl -pid".
described() {
	"$1" ${3:+"$3"} --help 2>&1 | grep -o '^ *\(-[a-zA-Z], \)\{0,1\}--[a-z][a-z-]*' |
		sed 's/.*--/-/' | sort -u | while read -r option; do
		grep -q -e "Fl $option\( \|\$\)" "$2" || echo "$2 lacks -$option${3:+ of $3}"
	done
}

tracectl_options() {
	for command in watch run summary pending dump status explain; do
		described "${TRACECTL:?}" packaging/man/tracectl.1 "$command"
		grep -q "^\.It Cm $command$" packaging/man/tracectl.1 ||
			echo "tracectl.1 lacks $command"
	done
}

tracerd_options() {
	described "${TRACERD:?}" packaging/man/tracerd.8
}

help_has_options() {
	for command in watch run summary pending dump status; do
		"$TRACECTL" $command --help | grep -q -e --socket || echo "no help for $command"
	done
}

# Each command's paragraph has one line that could be typed.
commands_have_examples() {
	for command in watch run summary pending dump strace status explain help; do
		awk -v command="$command" '
			/^\.It Cm / { here = $3 == command }
			/^\.El/ { here = 0 }
			here && index($0, ".Dl $ tracectl " command) == 1 { found = 1 }
			END { exit !found }' packaging/man/tracectl.1 || echo "tracectl.1 has no example of $command"
	done
}

rule "every command has its help" help_has_options
rule "every command has an example" commands_have_examples
rule "tracectl(1) has every option" tracectl_options
rule "tracerd(8) has every option" tracerd_options
finish
