#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A broken scenario gives one line: file, line, what is wrong, and the nearest known name; always a usage error."""
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from script_peer import SOURCE, Script, read  # noqa: E402

GOOD = read(os.path.join(SOURCE, "scenarios/dns/dns-host-proxy-dead/scenario.lua"))

# name: (old, new, text the error's line is found by, or a number, message after "FILE:LINE: ", verb it comes at)
CASES = {
    "unknown key": ("  symptoms = {", "  symptom = {", "  symptom = {", "unknown key 'symptom', did you mean 'symptoms'?"),
    "unknown key, no near name": ("  pass = 70,", "  frobnicate = 1,", "  frobnicate = 1,", "unknown key 'frobnicate'"),
    "missing key": ("  mode = \"nat\",\n", "", "return scenario {", "missing key 'mode'"),
    "wrong type": ("  level = 2,", "  level = \"two\",", "  level = \"two\"", "'level' must be an integer, got 'two'"),
    "wrong word": ("  layer = \"L2.5\",", "  layer = \"L25\",", "  layer = \"L25\"",
                   "'layer' must be one of L1, L2, L2.5, L3, L4, L5, other, got 'L25'"),
    "title without English": ("en = \"Pages by number, not by name\",", "", "  title = {",
                              "'title' must be a text: a string or { en = ..., ja = ... }, got a table"),
    "probe's key": ("address = \"8.8.8.8\" }", "adress = \"8.8.8.8\" }", "adress",
                    "probe.ping: unknown key 'adress', did you mean 'address'?"),
    "probe's kind": ("probe.ping {", "probe.pin {", "probe.pin {", "probe has no 'pin', did you mean 'ping'?"),
    "step's name": ("step.mended {", "step.mendet {", "step.mendet {", "step has no 'mendet', did you mean 'mended'?"),
    "step's key": ("step.looked_first { points = 5, least = 3 }", "step.looked_first { points = 5, last = 3 }", "last = 3",
                   "step.looked_first: unknown key 'last', did you mean 'least'?"),
    "points": ("step.mended { points = 30 }", "step.mended { points = 31 }", "  steps = {",
               "the points of 'steps' sum to 101, not 100"),
    "unknown cause": ("cause = \"host-dns-proxy-dead\", at", "cause = \"host-dns-proxy-ded\", at", "  truth = {",
                      "truth[1]: unknown cause 'host-dns-proxy-ded', did you mean 'host-dns-proxy-dead'?"),
    "layer of cause": ("layer = \"L2.5\", cause = ", "layer = \"L3\", cause = ", "  truth = {",
                       "truth[1]: cause 'host-dns-proxy-dead' is of layer L2.5, not L3"),
    "unknown global": ("local servers = {", "local servers = server or {", "local servers = server or",
                       "unknown name 'server'"),
    "unknown global, near": ("return scenario {", "return scenarios {", "return scenarios {",
                             "unknown name 'scenarios', did you mean 'scenario'?"),
    "syntax": ("  pass = 70,", "  pass = = 70,", "  pass = = 70,", "unexpected symbol near '='"),
    "run-time error": ("local servers = { \"1.1.1.1\", \"8.8.8.8\" }", "local servers = nil + 1", "local servers = nil",
                       "attempt to perform arithmetic on a nil value"),
    "no scenario": (GOOD, "return 1", 1, "the file must end with 'return scenario { ... }'"),
    "probe named twice": ("name = \"github-resolves\"", "name = \"google-resolves\"", "  symptoms = {",
                          "symptoms[2]: another probe is named 'google-resolves' already"),
    "text's parameter": ("{{p.gateway}} is the DNS", "{{p.gatway}} is the DNS", None,
                         "no parameter 'p.gatway' to fill in, did you mean 'gateway'?", "hint"),
    "future API": ("  api = 1,", "  api = 2,", "  api = 2,", "this netdojo knows scenario API 1, not 2"),
    "topology's key": ("dnsTunneling = false", "dnsTunnelling = false", "dnsTunnelling",
                       "wsl: unknown key 'dnsTunnelling', did you mean 'dnsTunneling'?", "model"),
    "key of mirrored's": ("wsl2.nat {", "wsl2.mirrored { vpm = 1,", "vpm = 1", "wsl2.mirrored: unknown key 'vpm', did you mean 'vpn'?", "model"),
    "topology's part": ("wsl2.nat {", "wsl2.nat { windows = { firewall = { rule = {} } },", "rule = {}",
                        "windows.firewall: unknown key 'rule', did you mean 'rules'?", "model"),
    "topology's rule": ("wsl2.nat {", "wsl2.nat { windows = { firewall = { rules = { { LocalPort = { \"99999\" } } } } },", "firewall =",
                        "windows.firewall: Cannot validate argument on parameter 'LocalPort': '99999' is not valid for a rule.", "model"),
    "topology's service": ("wsl2.nat {", "wsl2.nat { windows = { services = { iphlpsv = \"Stopped\" } },", "iphlpsv =",
                           "windows.services: no service 'iphlpsv', did you mean 'iphlpsvc'?", "model"),
    "service's word": ("wsl2.nat {", "wsl2.nat { windows = { services = { iphlpsvc = \"Off\" } },", "iphlpsvc =",
                       "windows.services: 'iphlpsvc' must be one of Running, Stopped, Disabled, Missing, got 'Off'", "model"),
    "operation on Windows": ("lab:service(\"windows-dns-proxy\")", "lab:windows(\"nat.remove\", { Name = \"x\" }):service(\"windows-dns-proxy\")",
                             "lab:windows", "nat.remove: No MSFT_NetNat objects found with property 'Name' equal to 'x'.", "fault"),
    "topology's module": ("wsl2.nat {", "wsl2.net {", "wsl2.net {", "wsl2 has no 'net', did you mean 'nat'?", "model"),
    "no such service": ("lab:service(\"windows-dns-proxy\")", "lab:service(\"windows-dns-prox\")", "windows-dns-prox\"",
                        "no service 'windows-dns-prox', did you mean 'windows-dns-proxy'?", "fault"),
    "no such method": ("lab:service(", "lab:servise(", "lab:servise(",
                       "the lab has no 'servise', did you mean 'service'?", "fault"),
    "no such node": ("lab:service(\"windows-dns-proxy\"):set {", "lab:node(\"window\"):file {", "lab:node(",
                     "no node 'window', did you mean 'windows'?", "fault"),
}


def line_of(text, where):
    if where is None or isinstance(where, int):
        return where
    for n, line in enumerate(text.split("\n"), 1):
        if where in line:
            return n
    raise SystemExit(f"'{where}' is not in the edited scenario")


def check(name, old, new, where, want, verb="load"):
    if old not in GOOD:
        return f"{name}: '{old[:40]}' is not in the scenario any more"
    text = GOOD.replace(old, new, 1)
    line = line_of(text, where)
    with Script() as s:
        answer = s.load(text)
        if verb != "load":
            if "error" in answer:
                return f"{name}: did not load: {answer['error']['message']}"
            answer = s.ask(verb, n=3)
    error = answer.get("error")
    expected = f"scenario.lua:{line}: {want}" if line else f"scenario.lua: {want}"
    if not error:
        return f"{name}: no error"
    if not error["message"].startswith(expected):
        return f"{name}: expected: {expected}\n  got:      {error['message']}"
    if error["kind"] != 2:
        return f"{name}: kind {error['kind']}, a usage error is 2"
    if "\n" in error["message"]:
        return f"{name}: more than one line"
    return None


def main():
    problems = [p for p in (check(n, *c) for n, c in CASES.items()) if p]
    for p in problems:
        print(p)
    print(f"{len(CASES)} messages, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
