#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""submit and score: packing, regrading, what is named, hostile files, a class's tables."""
import csv
import gzip
import io
import json
import os
import subprocess
import sys
import tarfile

import class_rig
import rig

sys.path.insert(0, os.path.join(rig.SOURCE, "tests"))
sys.dont_write_bytecode = True
import validate  # noqa: E402


class ClassTest(rig.CliTest):
    program = rig.REAL

    def tearDown(self):
        self.home.close()  # there are no labs here

    def file(self, name, data):
        path = os.path.join(self.home.path, name)
        with open(path, "wb") as out:
            out.write(data.encode() if isinstance(data, str) else data)
        return path

    def hand_in(self, name, log, **more):
        return self.file(f"{name}.tar.gz", class_rig.submission(name, log, **more))

    def fits(self, text):
        self.assertIsNone(validate.problem(json.loads(text)), text)

    def score(self, *args):
        done = self.run_netdojo("score", *args, "--json")
        self.assertIn(done.returncode, (0, 1), done.stderr)
        self.fits(done.stdout)
        doc = json.loads(done.stdout)
        self.assertEqual(done.returncode, 1 if doc["named"] else 0, done.stdout)
        return doc

    def row(self, path, *args):
        return self.score(path, *args)["submissions"][0]

    def ids(self, row):
        return [p["id"] for p in row["problems"]]

    def says(self, row, *words):
        text = " ".join(p["text"]["en"] for p in row["problems"])
        for word in words:
            self.assertIn(word, text)


class Grading(ClassTest):
    def test_in_order(self):
        row = self.row(self.hand_in("hanako", class_rig.chain(class_rig.events("hanako"))))
        self.assertEqual(self.ids(row), [])
        self.assertGreater(row["score"], 0)
        self.assertEqual((row["name"], row["seed"], row["counts"]), ("hanako", "hanako", True))

    def test_the_claimed_score_is_not_believed(self):
        row = self.row(self.hand_in("a", class_rig.chain(class_rig.events("a")), claimed={"score": 100, "passed": True}))
        self.assertLess(row["score"], 100)
        self.assertEqual(self.ids(row), ["other-score"])
        self.says(row, "100 points", f"gives {row['score']}")

    def test_a_changed_line_is_named_and_not_graded(self):
        log = class_rig.chain(class_rig.events("a"))
        row = self.row(self.hand_in("a", log.replace("resolv.conf", "resolv.cOnf")))
        self.assertEqual(self.ids(row), ["broken-chain"])
        self.assertIsNone(row["score"])
        self.says(row, "line 4")

    def test_a_dropped_line_is_named(self):
        lines = class_rig.chain(class_rig.events("a")).splitlines(keepends=True)
        row = self.row(self.hand_in("a", "".join(lines[:2] + lines[3:])))
        self.assertIn("broken-chain", self.ids(row))
        self.says(row, "line 3")

    def test_lines_cut_off_the_end_are_another_log(self):
        log = class_rig.chain(class_rig.events("a"))
        cut = "".join(log.splitlines(keepends=True)[:-1])
        data = class_rig.tar_bytes([("manifest.json", class_rig.manifest("a", log)),
                                    ("scenario.lua", class_rig.scenario_text()), ("events.jsonl", cut)])
        self.assertEqual(self.ids(self.row(self.file("a.tar.gz", gzip.compress(data)))), ["other-log", "unfinished"])

    def test_unfinished_is_graded_as_far_as_it_goes(self):
        row = self.row(self.hand_in("a", class_rig.chain(class_rig.events("a", finished=False))))
        self.assertIn("unfinished", self.ids(row))
        self.assertFalse(row["passed"])

    def test_a_log_without_hashes(self):
        log = "".join(json.dumps(e) + "\n" for e in class_rig.events("a"))
        data = class_rig.tar_bytes([("manifest.json", json.dumps({"schema": "netdojo/submission/1", "name": "a"})),
                                    ("scenario.lua", "x"), ("events.jsonl", log)])
        self.says(self.row(self.file("a.tar.gz", gzip.compress(data))), "line 1 of its log has no hash")

    def test_a_swapped_scenario_is_named_and_the_catalogues_used(self):
        easy = class_rig.scenario_text().replace("pass = 70", "pass = 1")
        self.assertNotEqual(easy, class_rig.scenario_text())
        log = class_rig.chain(class_rig.events("a"))
        own, swapped = self.row(self.hand_in("a", log)), self.row(self.hand_in("a", log, scenario=easy))
        self.assertEqual(self.ids(swapped), ["other-scenario"])
        self.assertEqual((own["score"], own["passed"]), (swapped["score"], swapped["passed"]))
        line = [i for i, text in enumerate(easy.splitlines(), 1) if "pass = 1" in text][0]
        self.says(swapped, f"line {line}")

    def test_an_unknown_scenario(self):
        row = self.row(self.hand_in("a", class_rig.chain(class_rig.events("a", scenario="no-such"))))
        self.assertEqual(self.ids(row), ["unknown-scenario"])

    def test_a_log_that_is_no_attempt(self):
        for lines in ([{"seq": 1, "kind": "command", "text": "x"}], [{"seq": 2, "kind": "lab"}, {"seq": 1, "kind": "lab"}],
                      [{"no": 1}], ['{"seq":1,"kind":"lab",}']):
            row = self.row(self.hand_in("a", class_rig.chain(lines)))
            self.assertIn("broken-log", self.ids(row), lines)
            self.assertIsNone(row["score"])


class Roster(ClassTest):
    def setUp(self):
        super().setUp()
        self.a = self.hand_in("a", class_rig.chain(class_rig.events("a")))
        self.b = self.hand_in("b", class_rig.chain(class_rig.events("seed-b", wall=2000.0, t=11.0)))

    def test_missing_names_and_seeds(self):
        doc = self.score(self.a, self.b, "--roster", self.file("r", "# class\na\nb,seed-b\nc\n"))
        self.assertEqual(doc["missing"], [{"name": "c", "scenario": None}])
        self.assertEqual([self.ids(r) for r in doc["submissions"]], [[], []])

    def test_another_ones_seed(self):
        doc = self.score(self.a, self.b, "--roster", self.file("r", "a\nb\n"))
        self.assertEqual(self.ids(doc["submissions"][1]), ["wrong-seed"])
        self.says(doc["submissions"][1], "'seed-b'", "the learner's is 'b'")

    def test_seeds_from_elsewhere(self):
        names = self.file("r", "a\nb\n")
        self.assertEqual(self.score(self.b, self.a, "--roster", names, "--seed-from", "any")["named"], 0)
        seeds = self.file("s", "name,seed\na,a\nb,seed-b\n")
        self.assertEqual(self.score(self.b, self.a, "--roster", names, "--seed-from", seeds)["named"], 0)
        both = self.file("r2", "a\nb,seed-b\n")
        self.assertEqual(self.score(self.b, self.a, "--roster", both, "--seed-from", "name")["named"], 1)

    def test_a_stranger(self):
        row = self.row(self.b, "--roster", self.file("r", "b2,seed-b\n"))
        self.assertIn("not-in-roster", self.ids(row))
        self.assertIsNone(row["name"])

    def test_double_and_the_better_counts(self):
        again = self.file("again.tar.gz", class_rig.submission(
            "a", class_rig.chain([e for e in class_rig.events("a", wall=3000.0) if e["kind"] != "answer"])))
        doc = self.score(again, self.a)
        self.assertEqual([r["counts"] for r in doc["submissions"]], [False, True])
        for row in doc["submissions"]:
            self.assertIn("double", self.ids(row))

    def test_a_wrong_roster_is_wrong_usage(self):
        for text, word in (("a\na\n", "Line 2"), ('"a\n', "quote"), ("a,b,c\n", "third field"), ("a\x1b[2J\n", "Line 1")):
            self.one_line_error("score", self.a, "--roster", self.file("r", text), code=2, words=(word,))
        self.one_line_error("score", self.a, "--roster", "/nowhere", code=2, words=("/nowhere",))
        self.one_line_error("score", "/nowhere.tar.gz", code=2, words=("/nowhere.tar.gz",))


class Copies(ClassTest):
    def both(self, log_a, log_b):
        rows = self.score(self.hand_in("a", log_a), self.hand_in("b", log_b), "--seed-from", "any")["submissions"]
        self.assertIn("b.tar.gz", str(rows[0]["problems"]))
        self.assertIn("a.tar.gz", str(rows[1]["problems"]))
        for row in rows:
            self.assertIn("same-history", self.ids(row))
        return rows

    def test_the_same_log_under_another_name(self):
        log = class_rig.chain(class_rig.events("a"))
        rows = self.both(log, log)
        self.says(rows[1], f"the first {log.count(chr(10))} lines are the same")

    def test_one_that_goes_on_from_anothers(self):
        log = class_rig.chain(class_rig.events("a"))
        more = class_rig.chain(class_rig.events("a")[:4] + [
            {"seq": 5, "t": 99.0, "kind": "lab", "by": "lab", "what": "finished"}])
        self.says(self.both(log, more)[0], "the first 4 lines")

    def test_a_chain_written_anew(self):
        rows = self.both(class_rig.chain(class_rig.events("a")), class_rig.chain(class_rig.events("b", wall=5.0)))
        self.says(rows[0], "same thousandths of a second")

    def test_a_chain_written_anew_with_a_line_put_in(self):
        events = class_rig.events("a", commands=[f"cat {n}" for n in "uvwxyz"])
        more = class_rig.events("b", wall=5.0, commands=[f"cat {n}" for n in "uvwxyz"])
        more.insert(5, {**more[4], "t": more[4]["t"] + 0.3, "text": "ls"})
        more = [{**e, "seq": i + 1} for i, e in enumerate(more)]
        self.says(self.both(class_rig.chain(events), class_rig.chain(more))[0], "7 of the learner's actions")

    def class_of(self, n, commands):
        return self.score(*[self.hand_in(f"s{i}", class_rig.chain(class_rig.events(
            f"s{i}", wall=5.0 * i, commands=commands, t=10.0 + i / 3))) for i in range(n)])

    def test_a_class_that_types_as_it_was_told_copies_nothing(self):
        typed = ["ip -4 addr show eth0", "ip route", "ping -c 1 8.8.8.8", "timeout 2 getent hosts google.com", "cat /etc/resolv.conf",
                 "dojo diagnose L2.5 host-dns-proxy-dead", "echo nameserver 1.1.1.1 | sudo tee /etc/resolv.conf",
                 "getent hosts google.com", "dojo grade"]
        doc = self.class_of(6, typed)
        self.assertEqual((doc["named"], doc["groups"]), (0, []))
        self.assertEqual([r["notes"] for r in doc["submissions"]], [[]] * 6)

    def test_the_same_odd_commands_are_a_note_once_a_group(self):
        doc = self.class_of(3, [f"grep -{c} 172.20.1.1 /etc/{c}{c}" for c in "abcdefgh"])
        self.assertEqual((doc["named"], [g["id"] for g in doc["groups"]]), (0, ["same-commands"]))
        self.assertEqual(len(doc["groups"][0]["files"]), 3)
        for row in doc["submissions"]:
            self.assertEqual(([n["id"] for n in row["notes"]], row["held"]), (["same-commands"], False))

    def test_copies_are_one_line_a_group_and_held(self):
        log = class_rig.chain(class_rig.events("a"))
        files = [self.hand_in(name, log) for name in "abcd"]
        text = self.netdojo("score", *files, "--seed-from", "any", code=1).stdout
        self.assertEqual(text.count("same-history"), 1, text)
        self.assertIn("4 held", text)
        rows = self.score(*files, "--seed-from", "any", "--accept", "a.tar.gz", "--accept", "d")["submissions"]
        self.assertEqual([r["held"] for r in rows], [False, True, True, False])
        self.assertFalse(any(r["held"] for r in self.score(*files, "--seed-from", "any", "--lenient")["submissions"]))

    def test_a_copy_of_a_copied_log_under_a_new_chain(self):
        log, anew = class_rig.chain(class_rig.events("a")), class_rig.chain(class_rig.events("c", wall=5.0))
        doc = self.score(self.hand_in("a", log), self.hand_in("b", log), self.hand_in("c", anew), "--seed-from", "any")
        self.assertEqual([r["held"] for r in doc["submissions"]], [True] * 3)

    def test_one_taken_up_again_is_a_note(self):
        events = class_rig.events("a")
        events.insert(3, {"seq": 4, "t": 11.0, "kind": "lab", "by": "lab", "what": "resumed", "gap": 3725.4, "wall": 9.0})
        doc = self.score(self.hand_in("a", class_rig.chain([{**e, "seq": i + 1} for i, e in enumerate(events)])))
        self.assertEqual((doc["named"], [n["id"] for n in doc["submissions"][0]["notes"]]), (0, ["resumed"]))
        self.assertIn("again 1 times, after gaps of 1:02:05", str(doc["submissions"][0]["notes"]))

    def test_few_like_commands_are_no_copy(self):
        doc = self.score(self.hand_in("a", class_rig.chain(class_rig.events("a"))),
                         self.hand_in("b", class_rig.chain(class_rig.events("b", wall=5.0, t=44.4))))
        self.assertEqual(doc["named"], 0)


class Hostile(ClassTest):
    def broken(self, data, *words):
        row = self.row(self.file("x.tar.gz", data))
        self.assertEqual(self.ids(row), ["broken-file"], row)
        self.assertIsNone(row["score"])
        self.says(row, *words)

    def members(self, *more):
        log = class_rig.chain(class_rig.events("a"))
        return gzip.compress(class_rig.tar_bytes([("manifest.json", class_rig.manifest("a", log)),
                                                  ("scenario.lua", "x"), ("events.jsonl", log), *more]))

    def special(self, name, kind, target=""):
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, target
        return info

    def test_paths_and_links(self):
        for name in ("../../etc/cron.d/x", "/etc/passwd", "./score.json", "a/score.json", "sub/", "score.json/"):
            self.broken(self.members((name, "x")), "doesn't belong")
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE):
            self.broken(self.members((self.special("score.json", kind, "/etc/passwd"), b"")), "Not a submission")
        self.assertEqual(sorted(os.listdir(self.home.path)), ["run", "x.tar.gz"])

    def test_twice_and_missing(self):
        self.broken(self.members(("events.jsonl", "x")), "twice")
        self.broken(gzip.compress(class_rig.tar_bytes([("manifest.json", "{}")])), "has no scenario.lua")

    def test_a_bomb(self):
        out = io.BytesIO()
        with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=9, mtime=0) as f:
            info = tarfile.TarInfo("events.jsonl")
            info.size = 65 * 1024 * 1024
            f.write(info.tobuf())
            for _ in range(65):
                f.write(bytes(1024 * 1024))
        self.broken(out.getvalue(), "over 65536 KiB")

    def test_what_is_no_archive(self):
        whole = self.members()
        for data in (b"", b"hello", bytes(4096), whole[:200], whole[:-30], gzip.compress(b"x" * 5000), whole[:300] + b"\xff" * 60
                     + whole[360:]):
            self.broken(data)
        self.assertEqual(self.ids(self.row("/dev/null")), ["broken-file"])

    def test_control_characters_go_nowhere(self):
        done = self.run_netdojo("score", self.hand_in("x", class_rig.chain(class_rig.events("\x1b[2Jq"))))
        self.assertNotIn("\x1b", done.stdout)


class Forms(ClassTest):
    def setUp(self):
        super().setUp()
        a = self.hand_in("a", class_rig.chain(class_rig.events("a")))
        bad = self.file("z.tar.gz", class_rig.submission("=cmd|' /C calc'!A0", class_rig.chain(class_rig.events("z", wall=9.0, t=44.4))))
        self.args = (a, bad, "--roster", self.file("r", "a\nc\n"), "--seed-from", "any")

    def test_csv(self):
        rows = list(csv.DictReader(io.StringIO(self.netdojo("score", *self.args, "--format", "csv", code=1).stdout)))
        self.assertEqual([r["name"] for r in rows], ["a", "'=cmd|' /C calc'!A0", "c"])
        self.assertEqual((rows[0]["problems"], rows[2]["problems"], rows[2]["score"]), ("", "missing", ""))
        self.assertIn("not-in-roster", rows[1]["problems"])

    def test_moodle(self):
        rows = list(csv.reader(io.StringIO(self.netdojo("score", *self.args, "--format", "moodle", code=1).stdout)))
        self.assertEqual(rows[0], ["username", class_rig.ID, class_rig.ID + " feedback"])
        self.assertEqual([r[0] for r in rows[1:]], ["a", "c"])
        self.assertTrue(rows[1][1].isdigit())
        self.assertEqual(rows[2][1:], ["", ""])
        self.one_line_error("score", self.args[0], "--format", "moodle", code=2, words=("--roster",))

    def moodle(self, *args):
        text = self.netdojo("score", *args, "--format", "moodle", code=1).stdout
        return {r[0]: r[1:] for r in list(csv.reader(io.StringIO(text)))[1:]}

    def test_what_is_named_is_no_plain_grade(self):
        log = class_rig.chain(class_rig.events("a"))
        args = (self.hand_in("a", log), self.hand_in("b", log), "--roster", self.file("r2", "a\nb\n"))
        rows = self.moodle(*args)
        self.assertEqual((rows["a"][0], rows["b"][0]), ("", ""))
        for word in ("waits until your teacher", "its seed is 'a'", "the same history"):
            self.assertIn(word, rows["b"][1])
        self.assertNotIn("a.tar.gz", rows["b"][1])
        self.assertTrue(self.moodle(*args, "--accept", "a")["a"][0].isdigit())
        self.assertEqual(self.moodle(*args, "--accept", "a")["b"][0], "")
        plain = list(csv.DictReader(io.StringIO(self.netdojo("score", *args, "--format", "csv", code=1).stdout)))
        self.assertEqual([(r["score"], r["held"].isdigit()) for r in plain], [("", True)] * 2)
        form = json.loads(self.netdojo("score", args[1], *args[2:], "--format", "gradescope", code=1).stdout)
        self.assertEqual((form["score"], form["tests"]), (0, []))
        self.assertIn("waits", form["output"])

    def test_a_cut_download_is_one_line(self):
        whole = class_rig.submission("c", class_rig.chain(class_rig.events("c", wall=7.0, t=33.3)))
        args = (self.args[0], self.file(f"c-{class_rig.ID}.tar.gz", whole[:200]), "--roster", self.args[3])
        doc = self.score(*args)
        self.assertEqual((doc["named"], doc["missing"]), (1, []))
        self.assertEqual((self.ids(doc["submissions"][1]), doc["submissions"][1]["name"]), (["broken-file"], "c"))
        self.assertIn("can't be read", self.moodle(*args)["c"][1])
        unknown = self.score(self.args[0], self.file("q.tar.gz", whole[:200]), "--roster", self.args[3])
        self.assertEqual(self.ids(unknown["submissions"][1]), ["broken-file"])
        self.assertEqual([m["name"] for m in unknown["missing"]], ["c"])

    def test_gradescope(self):
        form = self.json("score", self.args[0], "--format", "gradescope")
        self.assertEqual(sum(t["score"] for t in form["tests"]) > 0, form["score"] > 0)
        self.assertIn("output", form)
        named = self.json("score", self.args[0], *self.args[2:], "--format", "gradescope")  # of classmates nobody is missing
        self.assertEqual((named["score"], named["output"]), (form["score"], form["output"]))
        broken = json.loads(self.netdojo("score", self.file("q", "no"), "--format", "gradescope", code=1).stdout)
        self.assertEqual(broken["score"], 0)
        self.assertIn("can't be read", broken["output"])
        self.one_line_error("score", *self.args[:2], "--format", "gradescope", code=2, words=("one file",))

    def test_human_in_both_languages(self):
        text = self.netdojo("score", *self.args, code=1).stdout
        self.assertIn("missing: c", text)
        self.assertIn("2 files, 1 missing, 2 things named", text)
        self.assertIn("未提出: c", self.netdojo("score", *self.args, "--lang", "ja", code=1).stdout)


class Submit(ClassTest):
    def attempt(self, lines, name="20260101T000000Z-x-abcd", **files):
        folder = os.path.join(self.home.state, "netdojo", "attempts", name)
        os.makedirs(folder)
        for part, text in {"events.jsonl": lines, "scenario.lua": class_rig.scenario_text(), **files}.items():
            with open(os.path.join(folder, part), "w", encoding="utf-8") as out:
                out.write(text)
        return folder

    def test_what_goes_in_comes_out(self):
        folder = self.attempt(class_rig.chain(class_rig.events("hanako")),
                              **{"score.json": json.dumps({"score": 7, "passed": False}), "notes.txt": "private"})
        out = os.path.join(self.home.path, "h.tar.gz")
        done = self.netdojo("submit", folder, "--name", "hanako", "-o", out, "--json")
        self.fits(done.stdout)
        with tarfile.open(out) as tar:
            self.assertEqual(tar.getnames(), ["manifest.json", "scenario.lua", "events.jsonl", "score.json"])
            said = json.load(tar.extractfile("manifest.json"))
            self.assertEqual({(m.mtime, m.uid, m.mode) for m in tar}, {(0, 0, 0o644)})
        self.assertEqual((said["name"], said["seed"], said["claimed"]["score"]), ("hanako", "hanako", 7))
        row = self.row(out)
        self.assertEqual(self.ids(row), [] if row["score"] == 7 else ["other-score"])

    def test_the_same_attempt_gives_the_same_bytes(self):
        self.attempt(class_rig.chain(class_rig.events("a")))
        files = [os.path.join(self.home.path, name) for name in ("1", "2")]
        for path in files:
            self.netdojo("submit", "-o", path, "--name", "a")
        with open(files[0], "rb") as one, open(files[1], "rb") as two:
            self.assertEqual(one.read(), two.read())

    def test_nothing_is_written_over_and_another_seed_is_told(self):
        self.attempt(class_rig.chain(class_rig.events("hanako")))
        inside = {"cwd": self.home.path, "env": self.home.env, "capture_output": True, "text": True, "timeout": 60}
        names = []
        for _ in range(2):
            done = subprocess.run([rig.REAL, "submit", "--name", "hanako"], check=True, **inside)
            self.assertEqual(done.stderr, "")
            names.append(done.stdout.splitlines()[0])
        self.assertEqual(names, [f"hanako-{class_rig.ID}.tar.gz", f"hanako-{class_rig.ID}-abcd.tar.gz"])
        done = subprocess.run([rig.REAL, "submit", "--name", "hanako"], check=False, **inside)
        self.assertEqual((done.returncode, "already" in done.stderr), (2, True), done.stderr)
        subprocess.run([rig.REAL, "submit", "--name", "hanako", "-f"], check=True, **inside)
        out = self.file("kept", "mine")
        self.one_line_error("submit", "-o", out, code=2, words=("already", "-f"))
        with open(out, encoding="utf-8") as kept:
            self.assertEqual(kept.read(), "mine")
        said = self.netdojo("submit", "--name", "taro", "-f", "-o", out).stderr
        for word in ("'taro'", "'hanako'", "--seed NAME", "--name NAME"):
            self.assertIn(word, said)

    def test_unfinished_is_refused_unless_asked_for(self):
        log = class_rig.chain(class_rig.events("a", finished=False))
        self.attempt(log + log.splitlines()[-1][:20])
        out = os.path.join(self.home.path, "u")
        self.one_line_error("submit", "abcd", "-o", out, code=2, words=("not finished", "--unfinished"))
        self.assertFalse(os.path.exists(out))
        self.netdojo("submit", "abcd", "--unfinished", "--name", "a", "-o", out)
        self.assertEqual(self.ids(self.row(out)), ["unfinished"])

    def test_a_changed_log_is_refused(self):
        log = class_rig.chain(class_rig.events("a"))
        self.attempt(log.replace("ip addr", "ip route"))
        self.one_line_error("submit", "-o", "/dev/null", code=2, words=("Line 3", "changed"))

    def test_names(self):
        self.attempt(class_rig.chain(class_rig.events("a")))
        for name in ("", "a\nb", "x" * 300):
            self.one_line_error("submit", "--name", name, code=2, words=("--name",))
        done = subprocess.run([rig.REAL, "submit", "--name", "../太郎 x"], cwd=self.home.path, env=self.home.env,
                              capture_output=True, text=True, timeout=60, check=True)
        self.assertTrue(done.stdout.startswith(f"_._太郎_x-{class_rig.ID}.tar.gz\n"), done.stdout)


if __name__ == "__main__":
    rig.main()
