# SPDX-License-Identifier: GPL-2.0-or-later
"""Ten kinds of learner play a scenario at a real terminal; their scores must stand in an order, for reasons the card names.

learners/ID.py holds what each of them types, written from the ticket and what the lab shows, without its rubric. What is
asked of the scores is an order, not numbers: one table of relations for all scenarios, and the exceptions of a scenario
beside its learners, each with its reason.
    learners.py ID            the whole table; as root, where a user has played it all, a part
    learners.py ID --scores   what everybody got, and the cards
"""
import concurrent.futures
import importlib.util
import os
import re
import subprocess
import sys

from learners_rig import Learner
from real_rig import SOURCE, RealTest, main

SEED = "ten"
AT_ONCE = 3
PART = ("straight", "lucky", "nothing")

# Who is played, and how many points away counts as the same.
KINDS = {
    "straight": "looks layer by layer, names it, mends it, proves it",
    "wandering": "looks at much else, errs once, ends up right",
    "lucky": "mends without a look, and names nothing",
    "wrong-mend": "looks well and mends something else",
    "diagnosis": "looks well, names it, and leaves it broken",
    "shotgun": "changes everything, names everything, restarts everything",
    "hints": "takes all hints, then goes the straight path",
    "windows-first": "begins on the Windows side",
    "python": "looks with python, netcat and /proc where others have the usual tools",
    "nothing": "reads the ticket and ends",
}
NEAR = 5

# left, relation, right (a kind or points), why.
RELATIONS = (
    ("straight", ">=", 90, "who does all of it right has next to nothing to lose"),
    ("straight", ">=", "wandering", "detours and a wrong first answer earn nothing"),
    ("python", "near", "straight", "the same is seen with other tools"),
    ("windows-first", ">", "lucky", "either side is a good one to begin on, without a look is not"),
    ("hints", "<", "straight", "a hint has a price"),
    ("hints", ">", "lucky", "to ask is better than to guess"),
    ("wandering", ">", "lucky", "to look is worth more than to be lucky"),
    ("lucky", ">", "nothing", "what is mended is mended"),
    ("wrong-mend", "<", "wandering", "it is still broken"),
    ("diagnosis", "<", "wandering", "it is still broken"),
    ("diagnosis", ">", "wrong-mend", "the name was right, and nothing was broken on top"),
    ("wrong-mend", ">", "shotgun", "who looked knows more than who fired"),
    ("diagnosis", ">", "shotgun", "who looked knows more than who fired"),
    ("wrong-mend", ">", "nothing", "what was looked at was looked at"),
    ("nothing", "<=", 5, "nothing was done"),
)
PASSES = {"straight": True, "wandering": True, "python": True, "windows-first": True, "hints": True,
          "lucky": False, "wrong-mend": False, "diagnosis": False, "shotgun": False, "nothing": False}

# What the card has to say of them, beside the reason of every item that lacks points.
CARD = {
    "straight": (r"Your diagnosis: [^:]*: right", r"PASSED"),
    "wandering": (r"answer L.* answer L", r"Your diagnosis: [^:]*: right"),
    "lucky": (r"Looked at 0 of the \d things wanted before the first change", r"No diagnosis was stated"),
    "wrong-mend": (r"(Still failing|It worked before and fails now|Answered, but not by whom it asks): ",
                   r"The last diagnosis names another (layer|cause)"),
    "diagnosis": (r"Still failing: ", r"Nothing was changed and nothing was mended", r"Your diagnosis: [^:]*: right"),
    "shotgun": (r"\d diagnoses were stated; more than 3 count as guessing", r"Looked at 0 of the \d things wanted",
                r"(Still failing|It worked before and fails now): ", r"(Restart-Service|wsl --shutdown)"),
    "hints": (r"Hints taken: 3 \(points taken off for hints: \d+\)",),
    "windows-first": (r"windows> ", r"Your diagnosis: [^:]*: right"),
    "python": (r"#\d+ \$ (sudo )?(cat /proc/net|cat /sys/class/net|python3 -c|nc -vz|powershell\.exe)",),
    "nothing": (r"Nothing was changed, but only 0 of the \d things wanted", r"No diagnosis was stated", r"Still failing: "),
}

HOLDS = {
    ">=": lambda a, b: a >= b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, "<": lambda a, b: a < b,
    "near": lambda a, b: abs(a - b) <= NEAR,
}


def learners_of(scenario):
    path = os.path.join(SOURCE, "tests", "scenario", "learners", scenario + ".py")
    spec = importlib.util.spec_from_file_location("learners_of", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Learners(RealTest):
    scenario = None

    def setUp(self):
        super().setUp()
        self.data = learners_of(self.scenario)
        self.exceptions = getattr(self.data, "EXCEPTIONS", {})
        part = os.geteuid() == 0 and not os.environ.get("NETDOJO_LEARNERS")
        self.kinds = PART if part else tuple(KINDS)

    def tearDown(self):
        """Every play takes its lab down itself: only the folders are left."""
        subprocess.run(["rm", "-rf", self.home], check=False)

    def play(self, kind):
        return Learner(self, kind, self.scenario, SEED, self.data.LEARNERS[kind]).play()

    def play_all(self):
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            return dict(zip(self.kinds, pool.map(self.play, self.kinds)))

    def table(self, played):
        return "".join(f"\n  {kind:14}{played[kind].score:4} {'passed' if played[kind].passed else '-':7}"
                       f"{KINDS[kind]}" for kind in played)

    def score(self, played, side):
        return side if isinstance(side, int) else played[side].score

    def broken_relations(self, played):
        for left, relation, right, why in RELATIONS:
            if left not in played or isinstance(right, str) and right not in played:
                continue
            name = f"{left} {relation} {right}"
            holds = HOLDS[relation](self.score(played, left), self.score(played, right))
            if holds and name in self.exceptions:
                yield f"{name}: holds, so its exception is out of date"
            elif not holds and name not in self.exceptions:
                yield f"{name}: {why}"

    def wrongly_passed(self, played):
        for kind, must in PASSES.items():
            if kind in played and played[kind].passed != must:
                yield f"{kind} {'must' if must else 'must not'} pass"

    @staticmethod
    def untold(played):
        for kind, learner in played.items():
            for pattern in CARD[kind]:
                if not re.search(pattern, learner.card):
                    yield f"{kind}: the card does not say {pattern!r}"
            for item in learner.items:
                if item["points"] < item["max"] and " ".join(item["why"]["en"].split()) not in learner.card:
                    yield f"{kind}: the card does not say why {item['id']} has {item['points']} of {item['max']}"

    def test_ten_learners(self):
        self.assertEqual(set(self.data.LEARNERS), set(KINDS))
        played = self.play_all()
        wrong = [*self.broken_relations(played), *self.wrongly_passed(played), *self.untold(played)]
        cards = "".join(f"\n===== {kind}\n{learner.shown}" for kind, learner in played.items() if any(kind in w for w in wrong))
        self.assertFalse(wrong, "\n" + "\n".join(wrong) + self.table(played) + cards)

    def show(self):
        played = self.play_all()
        for kind in played:
            print(f"===== {kind}\n{played[kind].shown}")
        print(self.scenario + self.table(played))


if __name__ == "__main__":
    Learners.scenario = sys.argv.pop(1)
    if "--scores" in sys.argv:
        test = Learners("show")
        test.setUp()
        try:
            test.show()
        finally:
            test.tearDown()
    else:
        main()
