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

rule "every command has its help" help_has_options
rule "tracectl(1) has every option" tracectl_options
rule "tracerd(8) has every option" tracerd_options
finish
