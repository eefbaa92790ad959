#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# netdojo-doctor tells causes apart: the machine as it is, then one with a limit of 0, one with a container's filter, one
# whose user namespaces have no power, one with a masked /proc. Usage: doctor.sh DOCTOR REFUSE
# shellcheck disable=SC2016 # the inner shell expands
set -u
doctor=$1 refuse=$2 failed=0

fail() {
	echo "FAILED: $*"
	failed=1
}

# entry JSON ID: "ok|have|mend" of one check
entry() {
	python3 -c '
import json, sys
e = [c for c in json.loads(sys.argv[1])["checks"] if c["id"] == sys.argv[2]][0]
print(str(e["ok"]).lower(), e["have"], e["mend"], sep="|")' "$1" "$2"
}

# expect WHAT ID PATTERN JSON
# shellcheck disable=SC2053 # a pattern it is
expect() {
	local got
	got=$(entry "$4" "$2")
	[[ $got == $3 ]] || fail "$1: $2 is '$got', not '$3'"
}

here=$("$doctor" --json)
status=$?
if [[ $(entry "$here" userns-power) != true* ]]; then
	echo "skipped: no user namespace here: $(entry "$here" userns-power)"
	exit 77
fi
[[ $status == 0 ]] || fail "this machine runs labs, but the exit is $status"
expect "this machine" veth 'true|works|' "$here"
expect "this machine" nft-nat 'true|works|' "$here"
[[ $here == *'"schema": "netdojo/doctor/1"'* ]] || fail "no schema"

# A namespace that maps the host's root is one netdojo refuses to use, so root becomes somebody first.
as=()
[[ $(id -u) == 0 ]] && as=(setpriv --reuid 60000 --regid 60000 --clear-groups)
if "${as[@]}" unshare -Ur true 2>/dev/null; then
	none=$("${as[@]}" unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_user_namespaces; exec "$0" --json' "$doctor")
	[[ $? == 3 ]] || fail "a limit of 0: the exit is not 3"
	expect "a limit of 0" userns 'false|*max_user_namespaces is 0)|sudo sysctl user.max_user_namespaces=15000' "$none"
	expect "a limit of 0" veth 'false|*max_user_namespaces is 0)|*' "$none"

	masked=$("${as[@]}" unshare -Urmpf --mount-proc sh -c 'mount -t tmpfs x /proc/irq; exec "$0" --json' "$doctor")
	expect "a masked /proc" procfs 'false|*masked*|*systempaths=unconfined*' "$masked"
	expect "a masked /proc" sysfs 'true|*' "$masked"
fi

filtered=$("$refuse" userns -- "$doctor" --json)
expect "a container's filter" userns 'false|A seccomp filter refuses*|*seccomp=unconfined*' "$filtered"

powerless=$("$refuse" power -- "$doctor" --json)
expect "no power" userns 'true|works|' "$powerless"
expect "no power" userns-power 'false|User namespaces have no power here*|*' "$powerless"
[[ $(entry "$powerless" veth) == false* ]] || fail "no power: veth is said to work"

"$doctor" --apparmor-profile | grep -q "^profile netdojo-doctor \"$(realpath "$doctor")\" flags=(unconfined) {" ||
	fail "the AppArmor profile is not for $doctor"

printf 'CONFIG_USER_NS=y\n' >"${TMPDIR:-/tmp}/netdojo-config.$$"
"$doctor" --json --kernel-config "${TMPDIR:-/tmp}/netdojo-config.$$" >/dev/null
[[ $? == 3 ]] || fail "a kernel with nothing is said to do"
rm -f "${TMPDIR:-/tmp}/netdojo-config.$$"
"$doctor" --kernel-config /no/such/file 2>/dev/null
[[ $? == 2 ]] || fail "a config that is not there: the exit is not 2"

exit $failed
