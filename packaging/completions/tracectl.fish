# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# fish completion of tracectl, which is asked for all that may stand where the cursor is.

function __tracectl_complete
    set -l words (commandline -opc)
    set -l program $words[1]
    set -e words[1]
    set -l typed (commandline -ct)
    set -l answer ($program __complete $words $typed 2>/dev/null)
    switch "$answer[1]"
        case ':files'
            __fish_complete_path (string replace -r -- '^--[^=]*=' '' "$typed")
        case ':command *'
            set -l first (string replace ':command ' '' -- $answer[1])
            set -l rest $words[(math $first + 1)..-1]
            complete -C "$rest $typed"
        case '*'
            string join \n -- $answer
    end
end
complete -c tracectl -f -a '(__tracectl_complete)'
