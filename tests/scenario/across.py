# SPDX-License-Identifier: GPL-2.0-or-later
"""Every scenario's steps asked of every other's recorded solution: none is earned where its fact was not seen.

The labs are one run of `netdojo check --keep`; the rubrics are asked in labs of another seed, whose addresses no log holds."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lua"))
from recorded import read_log  # noqa: E402
from script_peer import Script, read, scenario_paths  # noqa: E402

from facts import FACTS, Shown  # noqa: E402

SEED, OTHER = "check", "another"


def place_of(script):
    """Where the rubric thinks it is: WSL's address and MAC, the gateway, their network."""
    wsl = next(n for n in script.ask("model")["model"]["nodes"] if n["name"] == "wsl")
    eth0 = next(i for i in wsl["ifaces"] if i["name"] == "eth0")
    guest = eth0["addresses"][0]["cidr"].split("/")[0]
    gateway = next((r["via"] for r in wsl["routes"] if r.get("via")), guest)
    return {"guest": guest, "mac": eth0["mac"].lower(), "gateway": gateway, "base": gateway.rsplit(".", 1)[0] + ".0"}


def rubrics():
    """(path, variant) of every scenario, and of each of its variants."""
    for path in sorted(scenario_paths()):
        with Script() as script:
            variants = script.load(read(path), seed=SEED)["meta"].get("variants", [])
        yield path, ""
        for variant in variants:
            yield path, variant


def asked(meta, step):
    return {"truth": meta["truth"], "fixed": meta["fixed"], **step["options"]}


def ask(path, variant, seed, logs, tally):
    """What one rubric earns by the logs and should not have; tally[(step, earned)] counts."""
    wrong = []
    with Script() as script:
        meta = script.load(read(path), seed=seed, variant=variant)["meta"]
        place = place_of(script)
        for name, events in logs.items():
            items = {i["id"]: i for i in script.ask("score", events=events, only="items")["items"]}
            shown = Shown(events, place)
            for step in meta["steps"]:
                earned = items[step["id"]]["points"] > 0
                tally[step["name"], earned] = tally.get((step["name"], earned), 0) + 1
                if earned and not FACTS[step["name"]](shown, asked(meta, step)):
                    wrong.append(f"{meta['id']} {variant}: {step['id']} was earned by the log of {name}: {items[step['id']]['evidence']}")
    return wrong


def of_interest(e):
    """Not what the lab's own probes and their answers sent."""
    return e.get("by") != "lab" or e["kind"] not in ("packet", "flow")


def solutions(folder):
    """By scenario, the log of its solution: the second case of each."""
    return {name[:-2]: [e for e in read_log(os.path.join(folder, name)) if of_interest(e)] for name in sorted(os.listdir(folder)) if name.endswith("-2")}


def walked_otherwise(folder):
    """Solutions whose recorded way is not the one that the reference's lines were said to be: each line, and the same answer."""
    logs, wrong = solutions(folder), []
    for path, variant in rubrics():
        with Script() as script:
            meta = script.load(read(path), seed=SEED, variant=variant)["meta"]
            name = f"{meta['id']}-{variant}" if variant else meta["id"]
            way = script.ask("score", events=logs[name])["path"]
        walked, best = ([set(e["items"]) for e in way[k] if e["kind"] == "answer"] for k in ("walked", "best"))
        texts = {e["text"] for e in way["walked"]}
        missing = [e["text"] for e in way["best"] if e["kind"] not in ("answer", "check") and e["text"] not in texts]
        if missing or walked != best:
            wrong.append(f"{name}: {missing or walked} of {sorted(texts)}")
        wrong += [f"{name}: {e}" for e in way["walked"] if e["kind"] in ("try", "answer") and e["layer"] is None and e["text"] != "none"]
    return wrong


def compare(folder):
    """(what is wrong, tally) of all rubrics over all logs: in the log's own lab, and in one with other addresses."""
    logs, wrong, tally, elsewhere = solutions(folder), [], {}, {}
    for path, variant in rubrics():
        wrong += ask(path, variant, OTHER, logs, elsewhere)
    for path, variant in list(rubrics())[::6]:
        wrong += ask(path, variant, SEED, logs, tally)
    for (step, earned), n in tally.items():
        elsewhere[step, earned] = elsewhere.get((step, earned), 0) + n
    return wrong, elsewhere, len(logs)


if __name__ == "__main__":
    problems, counts, n_logs = compare(sys.argv[1])
    for line in problems:
        print(line)
    for key in sorted(counts):
        print(key, counts[key])
    sys.exit(1 if problems or not n_logs else 0)
