#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The schema files: well formed, one a document, and they tell right documents from wrong ones."""
import copy
import json
import os
import subprocess
import sys
import unittest

SOURCE = os.environ["NETDOJO_SOURCE"]
BUILD = os.environ["NETDOJO_BUILD"]
sys.path.insert(0, os.path.join(SOURCE, "tests"))
sys.dont_write_bytecode = True
import validate  # noqa: E402

DOCUMENTS = "up plan doctor list check grade test import log ps map show attempts regrade submission submit score course model".split()
BARE = ("log", "model")  # parts of something else, or lines

with open(os.path.join(SOURCE, "tests/data/nat.json"), encoding="utf-8") as nat_file:
    NAT = json.load(nat_file)

TRUTH = [{"layer": "L2.5", "cause": "host-dns-proxy-dead", "at": "windows"}]
MANIFEST = {"schema": "netdojo/submission/1", "netdojo": "0.1.0", "name": "a", "scenario": {"id": "x", "sha256": "0" * 64}, "seed": "a",
            "variant": "", "events": {"lines": 2, "head": "0" * 32}, "finished": True, "claimed": {"score": 1, "passed": False}}
BOTH = {"en": "x", "ja": "x"}
GOOD = {
    "submission": {k: v for k, v in MANIFEST.items() if k != "schema"},
    "submit": {"file": "a.tar.gz", "manifest": MANIFEST, "files": [{"name": "manifest.json", "size": 1}] * 3},
    "score": {"learners": ["a"], "missing": [{"name": "b", "scenario": None}], "named": 2, "groups": [{"id": "same-commands", "files": ["f", "g"], "text": BOTH}],
              "submissions": [
        {"file": "f", "name": "a", "claimed_name": "a", "scenario": "x", "seed": "a", "variant": "", "score": None, "passed": False, "held": False, "notes": [],
         "claimed": 100, "finished": True, "counts": False, "problems": [{"id": "broken-chain", "text": BOTH}]}]},
    "course": {"courses": [{"id": "c", "title": BOTH, "about": BOTH, "pass": 70, "passed": 0, "of": 1, "done": False, "next": "x",
                            "units": [{"id": "u", "title": BOTH, "text": BOTH, "chapter": 4, "after": [], "need": 1, "open": True,
                                       "done": False, "scenarios": [{"id": "x", "state": "new", "best": None}]}]}]},
    "up": {"lab": "l1", "scenario": "l1", "seed": "x", "variant": "", "seconds": 0.01,
           "nodes": [{"name": "wsl", "addresses": ["172.27.43.151/20"]}]},
    "plan": {"operations": [{"op": "node-add", "node": "wsl"}, {"op": "service-start"}], "text": ["wsl: add node"]},
    "doctor": {"ok": True, "checks": [{"id": "userns", "ok": True, "needed_by": "everything", "have": "yes", "mend": ""}]},
    "list": {"scenarios": [{"id": "l1-x", "title": {"en": "X", "ja": "X"}, "layer": "L1", "mode": "nat", "level": 1,
                            "minutes": 5, "tags": [], "sources": [], "runnable": True, "lacks": []}]},
    "check": {"scenarios": [{"id": "x", "ok": True, "healthy": True, "broken": True, "controls": True, "solution": 100,
                             "alternatives": [100, 100], "nothing": 0, "seconds": 0.5, "skipped": None,
                             "missteps": [{"name": "m", "score": 20, "at_most": 40, "ok": True}]}],
              "passed": 1, "failed": 0, "skipped": 0},
    "grade": {"scenario": "x", "score": 100, "passed": True, "void": False, "truth": TRUTH,
              "diagnosis": {"answers": [[{"layer": "L2.5", "cause": "host-dns-proxy-dead"}]], "correct": True},
              "items": [{"id": "a", "group": "observe", "points": 5, "max": 5, "void": False, "evidence": [3]}]},
    "test": {"tool": "t", "cases": [{"scenario": "x", "variant": "", "expected": TRUTH, "verdict": [], "outcome": "missed",
                                     "side_effects": [], "exit": 0, "seconds": 1.0}],
             "summary": {"precision": 1.0, "recall": 0.5, "f1": 0.66, "by_layer": {}}},
    "import": {"recognised": [{"what": "ip addr", "lines": 12}], "unrecognised": [], "read_share": 0.9, "assumed": [],
               "contradictions": [], "missing": [], "suspects": [], "scenario": "x.lua"},
    "log": {"seq": 1, "t": 0.0, "kind": "lab", "by": "lab", "what": "start"},
    "ps": {"labs": [{"lab": "x"}]},
    "map": {"lab": "x", "model": NAT},
    "show": {"id": "x", "title": {"en": "X"}, "ticket": {"en": "Help"}, "model": NAT},
    "attempts": {"attempts": [{"name": "20260101T120000Z-x-k3v9", "path": "/x", "scenario": "x", "seed": "s", "variant": "",
                               "wall": 1.5, "state": "graded", "score": 90, "pass": 70, "passed": True, "void": False},
                              {"name": "b", "path": "/b", "scenario": "x", "seed": "s", "wall": 0.0,
                               "state": "paused"}]},
    "regrade": {"attempts": [{"name": "a", "path": "/a", "scenario": "x", "rubric": "/x.lua",
                              "old": {"score": 90, "pass": 70, "passed": True, "void": False},
                              "new": {"score": 60, "pass": 70, "passed": False, "void": False},
                              "items": [{"id": "a", "group": "observe", "title": {"en": "A"}, "change": "added", "old": None,
                                         "new": {"points": 0.0, "max": 5.0, "void": False}}]}]},
    "model": NAT,
}

# (document, path, value): an edit that must be noticed; value ... takes the key away.
BAD = [
    ("submission", "events/head", "0"), ("submit", "manifest/seed", ...), ("score", "submissions/0/problems/0/id", "odd"),
    ("score", "submissions/0/score", 101), ("course", "courses/0/units/0/scenarios/0/state", "won"), ("course", "courses/0/pass", 0),
    ("up", "lab", "Bad Name"), ("up", "nodes", []), ("up", "seconds", "fast"), ("up", "seed", ...),
    ("plan", "operations/0/op", "explode"), ("doctor", "checks/0/mend", ...), ("list", "scenarios/0/layer", "L9"),
    ("check", "scenarios/0/solution", 90), ("check", "scenarios/0/nothing", ...), ("check", "scenarios/0/healthy", False),
    ("check", "scenarios/0/missteps/0/ok", False), ("grade", "score", 101), ("grade", "items/0/group", "luck"),
    ("grade", "items/0/evidence/0", 0), ("grade", "truth/0/cause", ...), ("test", "cases/0/outcome", "won"),
    ("test", "summary/f1", 2), ("import", "read_share", 90), ("log", "kind", "gossip"), ("log", "what", ...),
    ("log", "by", "root"), ("ps", "labs/0/lab", ...), ("map", "truth", TRUTH), ("show", "solution", []),
    ("attempts", "attempts/0/state", "dead"), ("attempts", "attempts/1/path", ...),
    ("regrade", "attempts/0/items/0/change", "better"), ("regrade", "attempts/0/items/0/new/max", -1),
    ("map", "model/nodes/0/color", "red"), ("model", "nodes/0/ifaces/0/mtu", 70000), ("model", "nodes/0/role", "cloud"),
    ("model", "services/0/listens/0/port", 0),
]


def document(name):
    doc = copy.deepcopy(GOOD[name])
    if name not in BARE:
        doc["schema"] = f"netdojo/{name}/1"
    return doc


def problem(name, doc):
    return validate.problem(doc, name if name in BARE else None)


def edit(doc, path, value):
    *parts, last = [int(p) if p.isdigit() else p for p in path.split("/")]
    for p in parts:
        doc = doc[p]
    if value is ...:
        del doc[last]
    else:
        doc[last] = value


def keys_of(schema):
    """Every key a schema names, at any depth."""
    if isinstance(schema, list):
        return set().union(*map(keys_of, schema), set())
    if not isinstance(schema, dict):
        return set()
    return set(schema.get("properties", {})).union(*map(keys_of, schema.values()), set())


def full_keys(value, into):
    """Which keys each kind of object has in a model written by netdojo: {"nodes": {..}, "ifaces": {..}}."""
    for key, items in value.items():
        if isinstance(items, list):
            for item in items:
                into.setdefault(key, set()).update(item)
                full_keys(item, into)
    return into


class Schemas(unittest.TestCase):
    def test_one_a_document(self):
        files = {f[len("netdojo-"):-len("-1.json")] for f in os.listdir(validate.SCHEMAS) if f.endswith(".json")}
        self.assertEqual(files, set(DOCUMENTS))
        for name in DOCUMENTS:
            schema = validate.load(name)
            self.assertEqual(schema["$id"], f"netdojo-{name}-1.json")
            self.assertTrue(schema["$schema"].startswith("http://json-schema.org/draft-07"))
            if name not in BARE:
                self.assertEqual(schema["properties"]["schema"], {"const": f"netdojo/{name}/1"})

    def test_built_and_source_are_the_same(self):
        built = os.path.join(BUILD, "share/netdojo/schemas")
        for name in DOCUMENTS:
            file = f"netdojo-{name}-1.json"
            with open(os.path.join(built, file), "rb") as a, open(os.path.join(SOURCE, "schemas", file), "rb") as b:
                self.assertEqual(a.read(), b.read())

    def test_good_documents(self):
        for name in DOCUMENTS:
            self.assertIsNone(problem(name, document(name)), name)

    def test_bad_documents(self):
        for name, path, value in BAD:
            doc = document(name)
            edit(doc, path, value)
            self.assertIsNotNone(problem(name, doc), f"{name}: {path} = {value!r}")

    def test_another_schema(self):
        for word in ("", "netdojo/up/2", "netdojo/nothing/1", "up"):
            self.assertIsNotNone(validate.problem({"schema": word}))

    def test_model_schema_is_the_reader(self):
        """What netdojo writes is valid, and the schema names no key that netdojo does not know."""
        tool = os.path.join(BUILD, "tests/model_json")
        written = {}
        for file in ("nat.json", "full.json", "odd.json"):
            out = subprocess.run([tool, os.path.join(SOURCE, "tests/data", file)], check=True, capture_output=True)
            doc = json.loads(out.stdout)
            self.assertIsNone(validate.problem(doc, "model"), file)
            full_keys(doc, written)
        items = {k: set(v["items"]["properties"]) for k, v in self.arrays(validate.load("model")).items()}
        self.assertEqual(items, written)

    def arrays(self, schema, found=None):
        found = {} if found is None else found
        for key, value in schema.get("properties", {}).items():
            if value.get("type") == "array":
                found[key] = value
                self.arrays(value["items"], found)
        return found

    def test_every_model_key_is_documented(self):
        with open(os.path.join(SOURCE, "docs/formats/model.md"), encoding="utf-8") as f:
            text = f.read()
        for key in keys_of(validate.load("model")):
            self.assertTrue(f"`{key}`" in text or f'"{key}"' in text, f"{key} is not in docs/formats/model.md")


if __name__ == "__main__":
    unittest.main()
