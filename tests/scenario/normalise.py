# SPDX-License-Identifier: GPL-2.0-or-later
"""What a state's text says that is no part of the state: one table for all modes. docs/fidelity.md lists the same."""
import re

NORMALISATIONS = [
    (r"@if\d+", ""),  # the other end of a veth, where Hyper-V's NIC has none
    (r" link-netnsid \d+", ""),  # and its namespace
    (r"(?m)^\d+: (?=\S+: <)", "N: "),  # an interface's number
    (r"(valid_lft) \S+ (preferred_lft) (?!0sec)\S+", r"\1 T \2 T"),  # lifetimes
    (r"packets \d+ bytes \d+", "packets N bytes N"),  # counters of nft
    (r"((?:00:15:5d|a4:bb:6d)):[0-9a-f:]{8}", r"\1:XX:XX:XX"),  # MAC tails
    (r"\b(?:STALE|DELAY|PROBE)\b", "REACHABLE"),  # how long ago a known neighbour was heard
    (r"(?m)[ \t]+$", ""),  # iproute2 ends lines in a blank
]
assert len(NORMALISATIONS) <= 10


def normalised(text):
    for pattern, instead in NORMALISATIONS:
        text = re.sub(pattern, instead, text)
    return text.strip("\n") + "\n"
