# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion for dojo, the learner's short form of netdojo inside a lab

_dojo()
{
	local cur=${COMP_WORDS[COMP_CWORD]} line

	COMPREPLY=()
	while IFS= read -r line; do
		[[ ${line%%$'\t'*} == "$cur"* ]] && COMPREPLY+=("$line")
	done < <(dojo complete "${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)
	# One that is left is typed; several, when they are listed, are shown with what they mean.
	if ((${#COMPREPLY[@]} == 1 || COMP_TYPE != 63)); then
		COMPREPLY=("${COMPREPLY[@]%%$'\t'*}")
	else
		COMPREPLY=("${COMPREPLY[@]/$'\t'/  - }")
	fi
}
complete -o nosort -F _dojo dojo
