#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An attempt that was played leaves its reports; the page opens in a browser, asks no host for anything, and plays."""
import html.parser
import json
import os
import re
import sys
import unittest

sys.dont_write_bytecode = True
import browser_rig  # noqa: E402
import real_rig  # noqa: E402

TRAP = "</script><script>document.title=1</script>"
LINES = ["ip -br addr", "ping -c1 8.8.8.8", f"echo '{TRAP}'", "dojo diagnose L2.5 host-dns-proxy-dead",
         "echo nameserver 8.8.8.8 | sudo tee /etc/resolv.conf", "getent hosts google.com"]
VOID = {"meta", "link", "br", "img", "input", "hr"}

# From the click on a moment of the timeline until the recording has run: its time went on, or it came to its end.
PLAY = """new Promise(function (done) {
  var player = netdojoPlayers[0].player, since = null, ended = false;
  player.addEventListener("playing", function () { since = player.getCurrentTime(); });
  player.addEventListener("ended", function () { ended = true; });
  document.querySelectorAll(".moments button")[1].click();
  (function wait() {
    var text = document.querySelector(".player").innerText;
    if (since !== null && (ended || player.getCurrentTime() > since) && text.indexOf("8.8.8.8") >= 0)
      done({duration: player.getDuration(), text: text});
    else
      setTimeout(wait, 20);
  })();
})"""


class Outline(html.parser.HTMLParser):
    """The page's elements in order, its text without scripts and styles, and what was left open."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text, self.open = [], "", []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> where {self.open[-3:]} is open"
        self.open.pop()

    def handle_data(self, data):
        if not {"script", "style"} & set(self.open):
            self.text += data

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


class Report(real_rig.RealTest):
    """One attempt for all of it: playing takes seconds."""

    def play(self):
        path = self.file("learner", "\n".join(LINES) + "\n")
        done = self.run_netdojo("play", real_rig.SCENARIO, "--seed", "report", "--script", path)
        self.assertIn(done.returncode, (0, 1), done.stdout + done.stderr)
        self.folder, = self.attempts()
        for name in ("score.json", "report.md", "report.html"):
            self.assertTrue(os.path.exists(os.path.join(self.folder, name)), name)
        self.assertIn(os.path.join(self.folder, "report.html"), done.stdout)
        with open(os.path.join(self.folder, "score.json"), encoding="utf-8") as score:
            self.grade = json.load(score)
        self.word = self.folder.rsplit("-", 1)[1]

    def test_an_attempt(self):
        self.play()
        for part in (self.listed, self.reported, self.regraded, self.read, self.browsed):
            with self.subTest(part.__name__):
                part()

    def listed(self):
        row, = self.json("attempts", "--json")["attempts"]
        self.assertEqual((row["name"], row["state"], row["score"]),
                         (os.path.basename(self.folder), "graded", self.grade["score"]))
        self.assertEqual(len(self.json("attempts", "dns-*", "--json")["attempts"]), 1)
        self.assertEqual(self.json("attempts", "layer:L3", "--json")["attempts"], [])
        self.assertIn("None matches, of 1 in all", self.netdojo("attempts", "fw-*").stdout)
        self.assertIn(self.word, self.netdojo("attempts").stdout)
        self.assertEqual(self.netdojo("--complete", "attempt").stdout.split(), [self.word, row["name"]])

    def reported(self):
        again = self.json("report", self.word, "--json")
        self.assertEqual(again["score"], self.grade["score"])
        self.assertIn(f"**{again['score']}/100", self.netdojo("report", "--format", "md").stdout)
        page = os.path.join(self.home, "page.html")
        self.netdojo("report", self.folder, "--format", "html", "--lang", "ja", "-o", page)
        with open(page, encoding="utf-8") as file:
            self.assertIn('<html lang="ja">', file.read())
        os.unlink(os.path.join(self.folder, "report.html"))
        self.assertIn("report.html", self.netdojo("report").stdout)
        self.assertTrue(os.path.exists(os.path.join(self.folder, "report.html")))
        self.assertIn("No attempt 'zzzz'", self.netdojo("report", "zzzz", code=2).stderr)
        self.env["NETDOJO_ACCESSIBLE"] = "1"
        flat = self.netdojo("report", "--format", "human").stdout
        del self.env["NETDOJO_ACCESSIBLE"]
        self.assertIn(f"Score: {again['score']} of 100", flat)
        self.assertNotIn("  ", flat)

    def regraded(self):
        """Another rubric: what changed is told, and the attempt's own stays."""
        same, = self.json("regrade", "--json")["attempts"]
        self.assertEqual((same["old"]["score"], same["items"]), (self.grade["score"], []))
        with open(os.path.join(self.folder, "scenario.lua"), encoding="utf-8") as file:
            text = file.read()
        other, n = re.subn(r"step\.address_seen \{ points = 5 \},\n +step\.gateway_seen \{ points = 5 \},",
                           "step.address_seen { points = 10 },", text)
        self.assertEqual(n, 1)
        path = self.file("other.lua", other)
        row, = self.json("regrade", self.word, "--scenario", path, "--json")["attempts"]
        self.assertEqual([(item["change"], item["old"]["max"]) for item in row["items"]], [("worth", 5), ("removed", 5)])
        self.assertEqual(row["items"][0]["new"], {"points": 10, "max": 10, "void": False})
        self.assertIn("5/5 > 10/10", self.netdojo("regrade", self.word, "--scenario", path).stdout)
        with open(os.path.join(self.folder, "scenario.lua"), encoding="utf-8") as file:
            self.assertEqual(file.read(), text)
        wrong = real_rig.scenario_file("fw-guest-filter")
        self.assertIn("was played", self.netdojo("regrade", self.word, "--scenario", wrong, code=2).stderr)

    def read(self):
        """What the page says without a browser, a style or a script."""
        with open(os.path.join(self.folder, "report.html"), encoding="utf-8") as file:
            page = Outline(file.read())
        self.assertEqual(page.open, [])
        for line in LINES:
            self.assertIn(line, page.text)
        for needed in ("h1", "main", "nav", "header", "footer", "title"):
            self.assertEqual(len(page.all(needed)), 1, needed)
        levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
        for before, after in zip(levels, levels[1:]):
            self.assertLessEqual(after, before + 1, levels)
        self.assertEqual(page.all("a")[0]["href"], "#main")
        ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
        self.assertEqual(len(ids), len(set(ids)))
        for link in page.all("a"):
            self.assertIn(link["href"][1:], ids)
        self.assertTrue(all(button.get("aria-label") for button in page.all("button")))
        self.assertEqual(len(page.all("script")), 3)

    def browsed(self):
        browser = browser_rig.Browser()
        try:
            self.counts(browser)
            self.plays(browser)
        finally:
            browser.close()

    def counts(self, browser):
        """The count sees a request, so that none means none."""
        browser.open(self.file("asks.html", "<img src='http://asks.invalid/x.png'>"))
        self.assertIn("http://asks.invalid/x.png", browser.requests)

    def plays(self, browser):
        page = os.path.join(self.folder, "report.html")
        browser.size(1200, 900)
        browser.open(page)
        self.assertIn(str(self.grade["score"]), browser.value("document.getElementById('score').innerText"))
        self.assertEqual(browser.value("document.activeElement.tagName"), "BODY")
        ran = browser.value(PLAY)
        self.assertGreater(ran["duration"], 0)
        self.assertIn("ping -c1 8.8.8.8", ran["text"])
        self.assertNotEqual(browser.value("document.title"), "1")
        self.assertEqual([url for url in browser.requests if not url.startswith(("file:", "data:", "blob:"))], [])
        self.assertEqual(browser.said, [])
        for scheme in ("light", "dark"):
            browser.prefer(scheme)
            browser.value("document.getElementById('recording').scrollIntoView()")
            shot = browser.shot(os.environ.get("NETDOJO_SHOTS") and
                                os.path.join(os.environ["NETDOJO_SHOTS"], f"{scheme}.png"))
            self.assertGreater(browser_rig.rows_of(shot), 100)


if __name__ == "__main__":
    if not browser_rig.find():
        print("no chromium to open the page with: install the package chromium")
        sys.exit(77)
    real_rig.main()
