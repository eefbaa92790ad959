#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The tree's own rules: who may include whom, no bare assert, an SPDX line in every source, no unfinished business.
set -u
cd "${NETDOJO_SOURCE:?}" || exit 1
bad=0
list=$(mktemp) || exit 1
trap 'rm -f "$list"' EXIT

fail() {
	printf '%s\n' "$1" "$2"
	bad=1
}

# Files of a folder by suffix; git knows what belongs to us, a plain tree (a release) has nothing else in it.
files() {
	if git rev-parse --git-dir >/dev/null 2>&1; then
		git ls-files --cached --others --exclude-standard -- "$@"
	else
		for p in "$@"; do
			dir=${p%%'*'*}
			find "${dir:-.}" -type f -name "*${p##*'*'}"
		done
	fi
}

# may FOLDER ALLOWED...: what quoted includes of a folder may begin with. A folder may always include itself, by either path.
may() {
	folder=$1
	shift
	[ -d "$folder" ] || return 0
	allowed=$(printf '|%s/' "$@")
	own=${folder#engine/}
	found=$(files "$folder/*.c" "$folder/*.h" | while read -r f; do
		[ -f "$f" ] && grep -Hn '^[ \t]*#[ \t]*include[ \t]*"[^"]*/[^"]*"' "$f"
	done | grep -Ev "include[ \t]*\"($own/|$folder/${allowed})")
	[ -z "$found" ] || fail "$folder may only include: $*" "$found"
}

# never FOLDER WORDS...: headers of libraries that must not be seen there.
never() {
	folder=$1
	shift
	[ -d "$folder" ] || return 0
	words=$(printf '|%s' "$@")
	found=$(files "$folder/*.c" "$folder/*.h" | while read -r f; do
		[ -f "$f" ] && grep -HnE "^[ \t]*#[ \t]*include[ \t]*[<\"](${words#|})" "$f"
	done)
	[ -z "$found" ] || fail "$folder must not know these libraries" "$found"
}

may engine/base base
may engine/model base model
may engine/port base model port
may engine/evidence base model port evidence
may engine/grade base model port evidence grade
may engine/lab base model port lab evidence grade netns
may engine/term base term
may engine/pack base pack
# The command line wires the real parts: script processes, and the terminal host's typist for `check`.
may engine/cli base model port evidence grade term cli
may netns base model port netns
may lua/bind base port bind lua
# A Windows program shares the script's heap, modules and JSON, and talks to the lab as every program in a node does.
may lua/windows base guest bind lua windows
may services base services
may guest base guest

netlink='linux/netlink|linux/rtnetlink|linux/netfilter|netlink/|libmnl/|libnftables|nftables/'
traced='linux/seccomp|seccomp\.h|pcap|lua|lauxlib|lualib'
for d in base model port evidence grade cli lab term; do
	never "engine/$d" "$netlink" "$traced" ldns openssl/
done
never engine/base event2/
never engine/model event2/
never engine/port event2/
never netns lua lauxlib lualib ldns openssl/
never lua/bind "$netlink" pcap ldns openssl/
never lua/windows "$netlink" pcap ldns openssl/ event2/
never services "$netlink" "$traced"
never guest "$netlink" "$traced" ldns openssl/ event2/

# The lab's main alone wires the kernel side in.
found=$(files 'engine/lab/*.c' 'engine/lab/*.h' | grep -v '^engine/lab/main' | while read -r f; do
	[ -f "$f" ] && grep -Hn 'include "netns/' "$f"
done)
[ -z "$found" ] || fail "only engine/lab/main*.c may include netns/" "$found"

# A failed check of the engine's is an error with words, not an abort.
files 'engine/*.c' 'engine/*.h' 'netns/*.c' 'netns/*.h' 'services/*.c' 'services/*.h' 'lua/bind/*.c' >"$list"
found=$(while read -r f; do
	[ -f "$f" ] && grep -HnE '(^|[^_[:alnum:]])assert[ \t]*\(' "$f"
done <"$list")
[ -z "$found" ] || fail "assert() is not for engine code (static_assert is)" "$found"

found=$(while read -r f; do
	[ -f "$f" ] && grep -HnE '(^|[^_.>[:alnum:]])(system|popen|sleep|usleep|nanosleep)[ \t]*\(' "$f"
done <"$list" | grep -vE '^[^:]*:[0-9]+:[ \t]*(/?\*|//)')
[ -z "$found" ] || fail "no system(), popen() or sleeping" "$found"

files '*.c' '*.h' '*.lua' '*.py' '*.sh' '*.cmake' '*CMakeLists.txt' >"$list"
found=$(while read -r f; do
	[ ! -s "$f" ] || head -n 3 "$f" | grep -q 'SPDX-License-Identifier: ' || printf '%s\n' "$f"
done <"$list" | grep -v '^third_party/')
[ -z "$found" ] || fail "no SPDX line in the first three" "$found"

words='TO''DO|FIX''ME|XX''X|HA''CK|[Ss]tu''b|[Pp]lace''holder'
found=$(while read -r f; do
	[ -f "$f" ] && grep -HnwE "$words" "$f"
done <"$list" | grep -v '^third_party/')
[ -z "$found" ] || fail "unfinished business" "$found"

exit "$bad"
