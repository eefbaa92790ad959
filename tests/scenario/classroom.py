#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A real attempt handed in and graded, and what becomes of it when somebody changes the file."""
import gzip
import json
import os
import sys
import tarfile

import real_rig

sys.path.insert(0, os.path.join(real_rig.SOURCE, "tests", "cli"))
import class_rig  # noqa: E402

SOLUTION = """ip -4 addr show eth0
ip route
ping -c 1 8.8.8.8
timeout 2 getent hosts google.com
cat /etc/resolv.conf
dojo diagnose L2.5 host-dns-proxy-dead
echo nameserver 1.1.1.1 | sudo tee /etc/resolv.conf
getent hosts google.com
dojo grade -y
"""


class Class(real_rig.RealTest):
    def hand_in(self):
        path = os.path.join(self.home, "hanako.tar.gz")
        number = [s["id"] for s in self.json("list", "--json")["scenarios"]].index(real_rig.SCENARIO) + 1
        told = self.netdojo("play", str(number), "--seed", "hanako", "--script", self.file("lines", SOLUTION)).stdout.split("dojo diagnose L")[0]
        self.assertIn("/netdojo/attempts/*-", told)
        self.assertNotIn(real_rig.SCENARIO, told)  # before the card no id tells the answer
        self.netdojo("submit", "--name", "hanako", "-o", path)
        with tarfile.open(path) as tar:
            return path, {m.name: tar.extractfile(m).read().decode() for m in tar}

    def packed(self, name, parts):
        path = os.path.join(self.home, name)
        with open(path, "wb") as out:
            out.write(gzip.compress(class_rig.tar_bytes(list(parts.items()))))
        return path

    def score(self, *files, code, roster="hanako\n"):
        return self.json("score", *files, "--roster", self.file("roster", roster), "--json", code=code)

    def one(self, path, *ids):
        row = self.score(path, code=1)["submissions"][0]
        self.assertEqual([p["id"] for p in row["problems"]], list(ids), row)
        return row

    def test_handed_in_and_tampered_with(self):
        path, parts = self.hand_in()
        (row,) = self.score(path, code=0)["submissions"]
        self.assertEqual((row["score"], row["passed"], row["claimed"], row["seed"]), (100, True, 100, "hanako"))
        self.changed(parts)
        self.copied(path, parts)

    def changed(self, parts):
        lines = parts["events.jsonl"].splitlines(keepends=True)
        at = next(i for i, line in enumerate(lines) if '"kind":"command"' in line)
        one = "".join(lines[:at] + [lines[at].replace("ip -4", "ip -6")] + lines[at + 1:])
        row = self.one(self.packed("1", {**parts, "events.jsonl": one}), "broken-chain")
        self.assertIn(f"line {at + 1} ", row["problems"][0]["text"]["en"])
        self.assertIsNone(row["score"])
        self.one(self.packed("2", {**parts, "events.jsonl": "".join(lines[:at] + lines[at + 1:])}), "broken-chain")
        said = json.loads(parts["manifest.json"])
        said["claimed"]["score"] = 7
        self.assertEqual(self.one(self.packed("3", {**parts, "manifest.json": json.dumps(said)}), "other-score")["score"], 100)
        easy = parts["scenario.lua"].replace("pass = 70", "pass = 1")
        self.assertEqual(self.one(self.packed("4", {**parts, "scenario.lua": easy}), "other-scenario")["score"], 100)

    def copied(self, path, parts):
        """With another name, and, for who takes trouble, another seed under a new chain."""
        said = json.loads(parts["manifest.json"])
        events = [json.loads(line) for line in parts["events.jsonl"].splitlines()]
        for e in events:
            del e["h"]
        forged = class_rig.chain([{**events[0], "seed": "taro", "wall": 1}] + events[1:])
        said["name"] = "taro"
        plain = self.packed("plain", {**parts, "manifest.json": json.dumps(said)})
        said["events"]["head"] = class_rig.head_of(forged)
        anew = self.packed("anew", {**parts, "manifest.json": json.dumps(said), "events.jsonl": forged})
        for other, ids in ((plain, ["wrong-seed", "same-history"]), (anew, ["same-history"])):
            doc = self.score(path, other, code=1, roster="hanako\ntaro\njiro\n")
            found = [[p["id"] for p in row["problems"]] for row in doc["submissions"]]
            self.assertEqual(found[0], ["same-history"])
            self.assertEqual([i for i in found[1] if i != "other-score"], ids)
            self.assertEqual(doc["missing"], [{"name": "jiro", "scenario": None}])


if __name__ == "__main__":
    real_rig.main()
