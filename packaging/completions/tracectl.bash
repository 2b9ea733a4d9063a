# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# shellcheck shell=bash
#
# bash completion of tracectl, which is asked for all that may stand where the cursor is.

_tracectl()
{
	local cur words cword answer line
	_get_comp_words_by_ref -n =: cur words cword
	COMPREPLY=()
	answer=$("${words[0]}" __complete "${words[@]:1:cword}" 2>/dev/null) || return
	case $answer in
	'') ;;
	:files*)
		compopt -o filenames
		cur=${cur#--*=}
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		;;
	:command*)
		_command_offset $((${answer#:command } + 1))
		;;
	*)
		while IFS=$'\t' read -r line _; do
			case $cur in
			--*=*) line=${line#--*=} ;;
			esac
			case $line in
			*[!A-Za-z0-9_.,:=%@/!-]*) line=$(printf %q "$line") ;;
			esac
			COMPREPLY+=("$line")
		done <<<"$answer"
		__ltrim_colon_completions "$cur"
		;;
	esac
}
complete -F _tracectl tracectl
