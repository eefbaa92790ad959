#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Courses: where the learner stands, what is next, a course's mistakes, and that the one there is names every scenario."""
import json
import os
import re
import sys

import class_rig
import rig

sys.path.insert(0, os.path.join(rig.SOURCE, "tests"))
sys.dont_write_bytecode = True
import validate  # noqa: E402

COURSE = "wsl2-network"
UNIT = '{ id = "%s", title = "T", text = "S.", scenarios = { %s }%s },'
SMALL = 'return course {\n  api = 1, id = "c", title = "C", about = "A.", pass = %d,\n  units = {\n%s\n  },\n}\n'
A, B, C = "l1-eth0-unconfigured", "l2-no-default-route", "l2-wrong-default-gateway"


def unit(name, *ids, more=""):
    return UNIT % (name, ", ".join(f'"{i}"' for i in ids), more)


class CourseTest(rig.CliTest):
    program = rig.REAL

    def tearDown(self):
        self.home.close()

    def course(self, *units, pass_mark=70, text=None):
        path = os.path.join(self.home.path, "c.lua")
        with open(path, "w", encoding="utf-8") as out:
            out.write(text or SMALL % (pass_mark, "\n".join(units)))
        return path

    def stand(self, path):
        text = self.netdojo("course", path, "--json").stdout
        self.assertIsNone(validate.problem(json.loads(text)), text)
        return json.loads(text)["courses"][0]

    def played(self, scenario, score, passed=True, finished=True, void=False, n=[0]):  # pylint: disable=dangerous-default-value
        n[0] += 1
        folder = os.path.join(self.home.state, "netdojo", "attempts", f"20260101T{n[0]:06}Z-{scenario}-abcd")
        os.makedirs(folder)
        with open(os.path.join(folder, "events.jsonl"), "w", encoding="utf-8") as out:
            out.write(class_rig.chain(class_rig.events("s", scenario=scenario, finished=finished)))
        if score is not None:
            with open(os.path.join(folder, "score.json"), "w", encoding="utf-8") as out:
                json.dump({"score": score, "passed": passed, "pass": 70, "void": void, "finished": finished}, out)


class Standing(CourseTest):
    def next(self, path):
        return self.stand(path)["next"]

    def test_units_open_in_order(self):
        path = self.course(unit("one", A), unit("two", B, more=', after = { "one" }'))
        self.assertEqual(self.next(path), A)
        self.assertEqual([u["open"] for u in self.stand(path)["units"]], [True, False])
        self.played(A, 80)
        now = self.stand(path)
        self.assertEqual((now["next"], now["passed"], now["of"], now["done"]), (B, 1, 2, False))
        self.played(B, 100)
        now = self.stand(path)
        self.assertEqual((now["next"], now["done"]), (None, True))
        self.netdojo("course", path, "--next", code=1)
        self.assertIn("finished this course", self.netdojo("course", path).stdout)

    def test_what_passes(self):
        path = self.course(unit("one", A), pass_mark=85)
        for score, passed, finished, void, state in (
                (80, True, True, False, "failed"), (100, False, True, False, "failed"), (100, True, True, True, "failed"),
                (100, True, False, False, "unfinished"), (90, True, True, False, "passed"), (10, False, True, False, "passed")):
            self.played(A, score, passed, finished, void)
            self.assertEqual(self.stand(path)["units"][0]["scenarios"][0]["state"], state, (score, passed, finished))
        self.assertEqual(self.stand(path)["units"][0]["scenarios"][0]["best"], 100)

    def test_unfinished_then_new_then_again(self):
        path = self.course(unit("one", A, B, C))
        self.played(A, 10, False)
        self.assertEqual(self.next(path), B)
        self.played(C, None, finished=False)
        self.assertEqual(self.next(path), C)
        self.played(C, 90)
        self.played(B, 90)
        self.assertEqual(self.next(path), A)

    def test_need_is_enough_and_the_rest_comes_last(self):
        path = self.course(unit("one", A, B, more=", need = 1"), unit("two", C, more=', after = { "one" }'))
        self.played(A, 90)
        self.assertEqual(self.next(path), C)
        self.played(C, 90)
        self.assertEqual(self.next(path), B)

    def test_shown_for_people(self):
        self.played(A, 90)
        text = self.netdojo("course", self.course(unit("one", A, B)), "--list").stdout
        by_id = {s["id"]: (n + 1, s["title"]["en"], s["level"]) for n, s in enumerate(self.json("list", "--json")["scenarios"])}
        (n_a, a, level_a), (n_b, b, level_b) = by_id[A], by_id[B]
        self.assertRegex(text, rf"\[\+\] +{n_a}  level {level_a}    90  {a}  passed")
        self.assertRegex(text, rf"\[ \] +{n_b}  level {level_b}  +{b} <- next")
        for name in by_id:
            self.assertNotIn(name, text)
        self.assertIn("次", self.netdojo("course", COURSE, "--list", "--lang", "ja").stdout)
        self.assertIn(COURSE, self.netdojo("course").stdout)

    def test_goes_on_as_play_does(self):
        """Without room for a lab: what is started is `netdojo play` of the next scenario, or its resumption."""
        path = self.course(unit("one", A))
        title = next(s["title"]["en"] for s in self.json("list", "--json")["scenarios"] if s["id"] == A)
        with open(os.path.join(self.home.run_dir, "netdojo"), "w", encoding="utf-8"):
            pass
        self.assertRegex(self.run_netdojo("course", path).stderr, rf"next is {title}\n(.*\n)*netdojo play")
        self.played(A, None, finished=False)
        self.assertRegex(self.run_netdojo("course", path).stderr, rf"going on with {title}\n(.*\n)*netdojo play")


class Mistakes(CourseTest):
    CASES = (
        (unit("one", "l1-eth0-unconfigurd"), "c.lua:4:", "unknown scenario 'l1-eth0-unconfigurd', did you mean 'l1-eth0-unconfigured'?"),
        (unit("one", A, more=', after = { "two" }') + "\n" + unit("two", B), "c.lua:4:", "unknown unit before it 'two'"),
        (unit("one", A) + "\n" + unit("two", B, more=', after = { "ome" }'), "c.lua:5:", "'ome', did you mean 'one'?"),
        (unit("one", A, more=', after = { "one" }'), "c.lua:4:", "unknown unit before it 'one'"),
        (unit("one", A, more=", needs = 1"), "c.lua:4:", "unknown key 'needs', did you mean 'need'?"),
        (unit("one", A, more=", need = 2"), "c.lua:4:", "from 1 to 1"),
        (unit("one", A, A), "c.lua:4:", "twice"),
        (unit("one", A) + "\n" + unit("two", A), "", "is in unit 'one' already"),
        (unit("one", A) + "\n" + unit("one", B), "", "there is a unit 'one' before"),
        (unit("one"), "c.lua:4:", "'scenarios' is empty"),
        ("", "c.lua:3:", "'units' is empty"),
    )

    def test_each_is_told_with_its_line(self):
        for units, line, says in self.CASES:
            self.one_line_error("course", self.course(units), code=2, words=(line, says))

    def test_other_files(self):
        for text, says in (("return 1", "return course"), ("return = course {", "c.lua:1:"), ("return scenario {}", "unknown name 'scenario'"),
                           ("return curse {}", "did you mean 'course'?"), ("os.exit()", "unknown name 'os'"),
                           ('return course(("x"):rep(1 << 40))', "")):
            self.one_line_error("course", self.course(text=text), code=2, words=(says,))
        for name in ("wsl2-netwrk", "wsl2", "wsl2-course"):
            self.one_line_error("course", name, code=2, words=("Did you mean 'wsl2-network'",))


class TheCourse(CourseTest):
    def test_it_names_every_scenario_once_and_can_be_walked(self):
        course = self.stand(COURSE)
        ids = [s["id"] for u in course["units"] for s in u["scenarios"]]
        there = [s["id"] for s in self.json("list", "--json")["scenarios"]]
        self.assertEqual(sorted(ids), sorted(there))
        walked = []
        while (now := self.stand(COURSE))["next"]:
            walked.append(now["next"])
            self.assertNotIn(now["next"], walked[:-1])
            self.played(now["next"], 100)
        self.assertEqual(sorted(walked), sorted(ids))

    def test_the_layers_come_in_the_guides_order(self):
        layer = {s["id"]: s["layer"] for s in self.json("list", "--json")["scenarios"]}
        firsts = [layer[u["scenarios"][0]["id"]] for u in self.stand(COURSE)["units"]]
        order = [first for i, first in enumerate(firsts) if first not in firsts[:i]]
        self.assertEqual(order, ["L1", "L2", "L2.5", "L3", "L5"])

    def test_a_sentence_in_both_languages(self):
        course = self.stand(COURSE)
        for part in [course["about"]] + [u["text"] for u in course["units"]]:
            self.assertRegex(part["en"], r"^[A-Z].*\.$")
            self.assertRegex(part["ja"], r"[\u3041-\u30ff].*。$")
        for part in [course["title"]] + [u["title"] for u in course["units"]]:
            self.assertTrue(re.search(r"[\u3041-\u9fff]", part["ja"]), part)


if __name__ == "__main__":
    rig.main()
