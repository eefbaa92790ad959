# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion for dojo, the learner's short form of netdojo inside a lab

_dojo()
{
	local cur=${COMP_WORDS[COMP_CWORD]}

	if ((COMP_CWORD == 1)); then
		COMPREPLY=($(compgen -W "task hint map check windows diagnose grade quit help" -- "$cur"))
	elif [[ ${COMP_WORDS[1]} == diagnose ]] && ((COMP_CWORD == 2)); then
		COMPREPLY=($(compgen -W "L1 L2 L2.5 L3 L4 L5 other none" -- "$cur"))
	elif [[ ${COMP_WORDS[1]} == diagnose ]] && ((COMP_CWORD == 3)); then
		COMPREPLY=($(compgen -W "$(dojo causes "${COMP_WORDS[2]}" 2>/dev/null)" -- "$cur"))
	fi
}
complete -F _dojo dojo
