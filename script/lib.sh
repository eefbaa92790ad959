# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Common to the scripts: where things are, what is said, which packages are needed.

SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck disable=SC2034 # for those who source this
JOBS=$(nproc 2>/dev/null || echo 2)

say() {
	printf '== %s\n' "$*"
}

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 3
}

have() {
	command -v "$1" >/dev/null 2>&1
}

# as_root CMD ARG...: directly or by sudo, which may ask for a password where somebody is there to type it.
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif [ -t 0 ]; then
		sudo "$@"
	else
		sudo -n "$@"
	fi
}

package_installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# packages_missing FOR...: lines "package why" of what is not installed; FOR: build, lab, test, lint.
packages_missing() {
	local package what why

	while read -r package what why; do
		case $package in '' | '#'*) continue ;; esac
		case " $* " in *" $what "*) ;; *) continue ;; esac
		package_installed "${package%\?}" || printf '%s %s\n' "$package" "$why"
	done <"$SOURCE/script/packages"
}

# packages_known NAME[?]...: the names, without those of a ? that this distribution does not have.
packages_known() {
	local package

	for package; do
		case $package in
		*\?) [ -z "$(apt-cache show "${package%\?}" 2>/dev/null)" ] || printf '%s\n' "${package%\?}" ;;
		*) printf '%s\n' "$package" ;;
		esac
	done
}

# packages_install FOR...: installs what is missing; touches nothing, the network included, when all is there.
packages_install() {
	local missing names

	have dpkg-query || { say "not a Debian or Ubuntu: see script/packages for what is needed" && return 0; }
	missing=$(packages_missing "$@")
	[ -n "$missing" ] || return 0
	names=$(printf '%s\n' "$missing" | cut -d' ' -f1)
	# Nothing but what this distribution lacks, as its lists (a fresh image has none) say.
	# shellcheck disable=SC2086 # one word a package
	[ -n "$(packages_known $names)" ] || [ -z "$(apt-cache show bash 2>/dev/null)" ] || return 0
	say "installing packages"
	printf '%s\n' "$missing" | sed 's/^\([^ ]*\) */   \1: /'
	if ! as_root true 2>/dev/null; then
		die "run this first, or as root: apt-get install ${names//[?$'\n']/ }"
	fi
	# A fresh image has no package lists.
	# shellcheck disable=SC2086 # one word a package
	if ! apt-cache show ${names//\?/} >/dev/null 2>&1; then
		as_root apt-get update -qq || die "apt-get update failed"
	fi
	# shellcheck disable=SC2086
	names=$(packages_known $names)
	[ -n "$names" ] || return 0
	# shellcheck disable=SC2086
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $names \
		>/dev/null || die "apt-get install failed"
}

# An unprivileged user id that nobody uses: no account, no process, no file ownership worth anything.
unused_uid() {
	local uid

	for ((uid = 59000; uid < 60000; uid++)); do
		getent passwd "$uid" >/dev/null && continue
		[ -z "$(ps -o pid= -U "$uid" 2>/dev/null)" ] || continue
		echo "$uid"
		return 0
	done
	return 1
}

# build_quietly CMD ARG...: on a terminal one line that shows how far it is; all of its words only when it fails.
build_quietly() {
	local log line rc

	log=$(mktemp)
	if [ -t 1 ]; then
		"$@" 2>&1 | tee "$log" | while IFS= read -r line; do
			case $line in '['*%']'*) printf '\r   %s' "${line%%]*}]" ;; esac
		done
		rc=${PIPESTATUS[0]}
		printf '\r\033[K'
	else
		rc=0
		"$@" >"$log" 2>&1 || rc=$?
	fi
	[ "$rc" = 0 ] || grep -E -B2 -A8 'error|Error|undefined' "$log" | head -60 >&2
	rm -f "$log"
	return "$rc"
}
