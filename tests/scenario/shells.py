# SPDX-License-Identifier: GPL-2.0-or-later
"""The same path in bash, zsh, fish and a bare sh gives the same evidence, by the usual tools and by others."""
import concurrent.futures
import os
import shutil
import subprocess

from learners import AT_ONCE, SEED, learners_of
from learners_rig import Learner
from real_rig import RealTest, main

SCENARIO = "l2-wrong-default-gateway"
SHELLS = ("bash", "zsh", "fish", "sh")
KINDS = ("straight", "python")


class Shells(RealTest):
    def tearDown(self):
        """Every play takes its lab down itself: only the folders are left."""
        subprocess.run(["rm", "-rf", self.home], check=False)

    def play(self, what):
        shell, kind = what
        return Learner(self, kind, SCENARIO, SEED, learners_of(SCENARIO).LEARNERS[kind], shell).play()

    def was_it(self, learner, shell):
        opened = [e["shell"] for e in learner.events if e["kind"] == "session" and e["what"] == "open" and e["node"] == "wsl"]
        ran = [e for e in learner.events if e["kind"] == "exec" and e.get("argv") and os.path.basename(e["argv"][0]) == shell]
        self.assertEqual(set(opened), {shell})
        self.assertTrue(ran, f"no {shell} was started")

    def test_every_shell_is_as_good(self):
        absent = [shell for shell in SHELLS if not shutil.which(shell)]
        if absent:
            self.skipTest(f"not installed: {' '.join(absent)}")
        kinds = KINDS[:1] if os.geteuid() == 0 else KINDS  # a user has played them all
        plays = [(shell, kind) for shell in SHELLS for kind in kinds]
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            played = dict(zip(plays, pool.map(self.play, plays)))
        for (shell, kind), learner in played.items():
            with self.subTest(shell=shell, kind=kind):
                self.was_it(learner, shell)
                self.assertEqual(self.points(learner), self.points(played["bash", kind]), learner.shown)
                self.assertTrue(learner.passed)

    @staticmethod
    def points(learner):
        return {item["id"]: item["points"] for item in learner.items}


if __name__ == "__main__":
    main()
