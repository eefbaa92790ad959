# bash completion for netdojo: made by `netdojo --dump bash`, don't edit.
_netdojo_ask() {
	netdojo --complete "$1" ${2:+--lab "$2"} 2>/dev/null
}

_netdojo_commands='list show play up ps map exec shell pause reset hint diagnose grade attempts report regrade course submit score log capture down check doctor help --help --version'
declare -gA _netdojo_options=(
	[list]=' --titles -t --format --json --lang --help -h'
	[show]=' --seed -s --variant --format --json --lang --help -h'
	[play]=' --resume -r --lab -l --seed -s --variant --attempt --no-record --shell --script --pace --lang --help -h'
	[up]=' --lab -l --healthy --seed -s --variant --tree --no-record --dry-run -n --format --json --lang --help -h'
	[ps]=' --format --json --lang --help -h'
	[map]=' --lab -l --format --json --lang --help -h'
	[exec]=' --lab -l --raw --user -u --lang --help -h'
	[shell]=' --lab -l --user -u --shell --lang --help -h'
	[pause]=' --lab -l --lang --help -h'
	[reset]=' --lab -l --yes -y --lang --help -h'
	[hint]=' --lab -l --yes -y --lang --help -h'
	[diagnose]=' --lab -l --lang --help -h'
	[grade]=' --lab -l --attempt --format --json --lang --help -h'
	[attempts]=' --format --json --lang --help -h'
	[report]=' --output -o --format --json --lang --help -h'
	[regrade]=' --scenario --format --json --lang --help -h'
	[course]=' --list --next --seed -s --format --json --lang --help -h'
	[submit]=' --output -o --force -f --name -n --unfinished --format --json --lang --help -h'
	[score]=' --roster -r --seed-from --accept -a --lenient --format --json --lang --help -h'
	[log]=' --lab -l --attempt --follow -f --kind -k --node --format --lang --help -h'
	[capture]=' --write -w --lab -l --lang --help -h'
	[down]=' --lab -l --all -a --lang --help -h'
	[check]=' --jobs -j --keep --format --json --lang --help -h'
	[doctor]=' --kernel-config --apparmor-profile --format --json --lang --help -h'
	[help]=' --lang --help -h'
)
declare -gA _netdojo_value=(
	['list --format']='human json markdown'
	['list --lang']='en ja'
	['show --seed']='@none'
	['show -s']='@none'
	['show --variant']='@none'
	['show --format']='human json'
	['show --lang']='en ja'
	['play --lab']='@none'
	['play -l']='@none'
	['play --seed']='@none'
	['play -s']='@none'
	['play --variant']='@none'
	['play --attempt']='@dir'
	['play --shell']='bash zsh fish sh'
	['play --script']='@file'
	['play --pace']='@none'
	['play --lang']='en ja'
	['up --lab']='@none'
	['up -l']='@none'
	['up --seed']='@none'
	['up -s']='@none'
	['up --variant']='@none'
	['up --tree']='@dir'
	['up --format']='human json'
	['up --lang']='en ja'
	['ps --format']='human json'
	['ps --lang']='en ja'
	['map --lab']='@lab'
	['map -l']='@lab'
	['map --format']='text ascii flat dot mermaid json'
	['map --lang']='en ja'
	['exec --lab']='@lab'
	['exec -l']='@lab'
	['exec --user']='@none'
	['exec -u']='@none'
	['exec --lang']='en ja'
	['shell --lab']='@lab'
	['shell -l']='@lab'
	['shell --user']='@none'
	['shell -u']='@none'
	['shell --shell']='bash zsh fish sh'
	['shell --lang']='en ja'
	['pause --lab']='@lab'
	['pause -l']='@lab'
	['pause --lang']='en ja'
	['reset --lab']='@lab'
	['reset -l']='@lab'
	['reset --lang']='en ja'
	['hint --lab']='@lab'
	['hint -l']='@lab'
	['hint --lang']='en ja'
	['diagnose --lab']='@lab'
	['diagnose -l']='@lab'
	['diagnose --lang']='en ja'
	['grade --lab']='@lab'
	['grade -l']='@lab'
	['grade --attempt']='@dir'
	['grade --format']='human json junit tap gradescope'
	['grade --lang']='en ja'
	['attempts --format']='human json'
	['attempts --lang']='en ja'
	['report --output']='@file'
	['report -o']='@file'
	['report --format']='human md html json'
	['report --lang']='en ja'
	['regrade --scenario']='@file'
	['regrade --format']='human json'
	['regrade --lang']='en ja'
	['course --seed']='@none'
	['course -s']='@none'
	['course --format']='human json'
	['course --lang']='en ja'
	['submit --output']='@file'
	['submit -o']='@file'
	['submit --name']='@none'
	['submit -n']='@none'
	['submit --format']='human json'
	['submit --lang']='en ja'
	['score --roster']='@file'
	['score -r']='@file'
	['score --seed-from']='@file'
	['score --accept']='@file'
	['score -a']='@file'
	['score --format']='human json csv moodle gradescope'
	['score --lang']='en ja'
	['log --lab']='@lab'
	['log -l']='@lab'
	['log --attempt']='@dir'
	['log --kind']='lab session command windows exec packet socket flow change file probe answer hint'
	['log -k']='lab session command windows exec packet socket flow change file probe answer hint'
	['log --node']='@node'
	['log --format']='jsonl human'
	['log --lang']='en ja'
	['capture --write']='@file'
	['capture -w']='@file'
	['capture --lab']='@lab'
	['capture -l']='@lab'
	['capture --lang']='en ja'
	['down --lab']='@lab'
	['down -l']='@lab'
	['down --lang']='en ja'
	['check --jobs']='@none'
	['check -j']='@none'
	['check --format']='human json junit tap'
	['check --lang']='en ja'
	['doctor --kernel-config']='@file'
	['doctor --format']='human json'
	['doctor --lang']='en ja'
	['help --lang']='en ja'
)
declare -gA _netdojo_flag=(
	['play --resume']='@attempt'
	['play -r']='@attempt'
)
declare -gA _netdojo_operand=(
	['list 0']='@select'
	['list +']='@select'
	['show 0']='@scenario'
	['play 0']='@scenario'
	['up 0']='@scenario'
	['exec 0']='@node'
	['shell 0']='@node'
	['diagnose 0']='L1 L2 L2.5 L3 L4 L5 other none'
	['diagnose 1']='@cause'
	['attempts 0']='@select'
	['attempts +']='@select'
	['report 0']='@attempt'
	['regrade 0']='@attempt'
	['regrade +']='@attempt'
	['course 0']='@course'
	['submit 0']='@attempt'
	['score 0']='@file'
	['score +']='@file'
	['capture 0']='@node'
	['capture +']='@node'
	['check 0']='@select'
	['check +']='@select'
	['help 0']='@command'
)

_netdojo() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
	local cmd=${COMP_WORDS[1]} lab='' words='' instead='' key i operand=0
	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		mapfile -t COMPREPLY < <(compgen -W "$_netdojo_commands" -- "$cur")
		return
	fi
	for ((i = 2; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--) return ;;
		-l | --lab) lab=${COMP_WORDS[i+1]} ;;
		-*) instead=${_netdojo_flag[$cmd ${COMP_WORDS[i]}]:-$instead} ;;
		*) [[ -n ${_netdojo_value[$cmd ${COMP_WORDS[i-1]}]} ]] || ((operand++)) ;;
		esac
	done
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "${_netdojo_options[$cmd]}" -- "$cur")
		return
	fi
	key=${_netdojo_value[$cmd $prev]:-${instead:-${_netdojo_operand[$cmd $operand]:-${_netdojo_operand[$cmd +]}}}}
	case $key in
	@file) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); compopt -o filenames 2>/dev/null; return ;;
	@dir) mapfile -t COMPREPLY < <(compgen -d -- "$cur"); compopt -o filenames 2>/dev/null; return ;;
	@none | '') return ;;
	@*) words=$(_netdojo_ask "${key#@}" "$lab") ;;
	*) words=$key ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	[[ $cur == *:* ]] && declare -F __ltrim_colon_completions >/dev/null && __ltrim_colon_completions "$cur"
	[[ $key == @scenario || $key == @course ]] && compopt -o default 2>/dev/null
}
complete -F _netdojo netdojo
