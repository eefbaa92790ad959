# SPDX-License-Identifier: GPL-2.0-or-later
"""A headless Chromium, asked over a pipe by the DevTools protocol; every request a page makes is noted."""
import base64
import fcntl
import json
import os
import select
import shutil
import struct
import subprocess
import tempfile
import time
import zlib

PATIENCE = 120  # seconds; a loaded machine takes its time to start a browser
ARGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--mute-audio",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
        "--disable-default-apps", "--hide-scrollbars", "--host-resolver-rules=MAP * ~NOTFOUND", "--remote-debugging-pipe"]


def find():
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path:
            return path
    return None


class Browser:
    """One browser with one page. The session's requests and what the page's console said are in .requests, .said."""

    def __init__(self):
        self.home = tempfile.mkdtemp(prefix="nd-browser-")
        self.buffer, self.events, self.requests, self.said, self.last, self.session = b"", [], [], [], 0, None
        self.errors = os.path.join(self.home, "stderr")
        theirs_in, self.out = os.pipe()
        self.answers, theirs_out = os.pipe()
        # the browser's ends are 3 and 4; nothing of ours may stand there while they are put
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 20) for fd in (theirs_in, theirs_out)]

        def place():
            os.dup2(high[0], 3, inheritable=True)
            os.dup2(high[1], 4, inheritable=True)

        with open(self.errors, "wb") as errors:
            self.process = subprocess.Popen(  # pylint: disable=subprocess-popen-preexec-fn
                [find(), *ARGS, f"--user-data-dir={self.home}/data", "about:blank"], preexec_fn=place, pass_fds=(3, 4),
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True,
                env={"HOME": self.home, "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TMPDIR": self.home})
        for fd in (theirs_in, theirs_out, *high):
            os.close(fd)
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def close(self):
        try:
            os.killpg(self.process.pid, 9)
        except ProcessLookupError:
            pass
        self.process.wait()
        os.close(self.out)
        os.close(self.answers)
        shutil.rmtree(self.home, ignore_errors=True)

    def next(self, deadline):
        while b"\0" not in self.buffer:
            ready = select.select([self.answers], [], [], max(0, deadline - time.monotonic()))[0]
            data = os.read(self.answers, 1 << 20) if ready else b""
            if not data:
                with open(self.errors, encoding="utf-8", errors="replace") as errors:
                    why = "ended" if ready else "is silent"
                    raise RuntimeError(f"the browser {why}: {errors.read()[-2000:]}")
            self.buffer += data
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def note(self, message):
        method, params = message.get("method"), message.get("params", {})
        if method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Log.entryAdded":
            self.said.append(params["entry"]["text"])
        elif method == "Runtime.exceptionThrown":
            self.said.append(json.dumps(params["exceptionDetails"]))
        self.events.append(method)

    def call(self, method, **params):
        self.last += 1
        message = {"id": self.last, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + PATIENCE
        while True:
            answer = self.next(deadline)
            if answer.get("id") == self.last:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.note(answer)

    def open(self, path):
        self.events, self.requests, self.said = [], [], []
        self.call("Page.navigate", url=f"file://{path}")
        deadline = time.monotonic() + PATIENCE
        while "Page.loadEventFired" not in self.events:
            self.note(self.next(deadline))

    def value(self, expression):
        """What a JavaScript expression gives; a promise is waited for."""
        got = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in got:
            raise RuntimeError(f"{expression}: {got['exceptionDetails']}")
        return got["result"].get("value")

    def size(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def prefer(self, scheme):
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def shot(self, path=None, clip=None):
        more = {"clip": {**clip, "scale": 1}, "captureBeyondViewport": True} if clip else {}
        png = base64.b64decode(self.call("Page.captureScreenshot", format="png", **more)["data"])
        if path:
            with open(path, "wb") as out:
                out.write(png)
        return png


def rows_of(png):
    """How many different rows of pixels a PNG has, as they are stored: a blank one has hardly any."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height, depth, kind = struct.unpack(">IIBB", png[16:26])
    data, at = b"", 8
    while at < len(png):
        size, name = struct.unpack(">I4s", png[at:at + 8])
        if name == b"IDAT":
            data += png[at + 8:at + 8 + size]
        at += size + 12
    raw = zlib.decompress(data)
    row = 1 + width * {2: 3, 6: 4, 0: 1, 3: 1}[kind] * depth // 8
    return len({raw[i * row:(i + 1) * row] for i in range(height)})
