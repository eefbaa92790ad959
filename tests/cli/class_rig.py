# SPDX-License-Identifier: GPL-2.0-or-later
"""Attempts and submissions made by hand: logs with their chain, tars of every kind."""
import gzip
import hashlib
import io
import json
import os
import tarfile

import rig

ID = "dns-host-proxy-dead"


def scenario_text(name=ID):
    for folder, _, files in os.walk(os.path.join(rig.SOURCE, "scenarios")):
        if os.path.basename(folder) == name and "scenario.lua" in files:
            with open(os.path.join(folder, "scenario.lua"), encoding="utf-8") as text:
                return text.read()
    raise FileNotFoundError(name)


def chain(lines, head="0" * 32):
    """The lines sealed; one is a dict, or a string without its closing brace's h."""
    out = []
    for line in lines:
        text = line if isinstance(line, str) else json.dumps(line, separators=(",", ":"))
        head = hashlib.sha256((head + text[:-1]).encode()).hexdigest()[:32]
        out.append(f'{text[:-1]},"h":"{head}"}}')
    return "".join(line + "\n" for line in out)


def head_of(log):
    return log[-35:-3] if log else "0" * 32


def events(seed, *, wall=1000.0, commands=("ip addr", "cat /etc/resolv.conf"), t=10.0, finished=True, scenario=ID):
    """A log as init writes one, of a lab whose fault showed and whose learner typed the commands."""
    said = [{"kind": "lab", "by": "lab", "what": "start", "wall": wall, "netdojo": "0.1.0", "scenario": scenario, "seed": seed,
             "variant": "", "lang": "en", "healthy": False},
            {"kind": "lab", "by": "lab", "what": "fault-verified", "shows": True}]
    said += [{"kind": "command", "by": "learner", "node": "wsl", "session": "s1", "text": text, "exit": 0, "output": ""}
             for text in commands]
    said += [{"kind": "answer", "by": "learner", "answers": [{"layer": "L2.5", "cause": "host-dns-proxy-dead"}]}]
    if finished:
        said.append({"kind": "lab", "by": "lab", "what": "finished"})
    return [{"seq": i + 1, "t": round(t + i * 1.25, 6) if i > 1 else i / 10, **e} for i, e in enumerate(said)]


def manifest(name, log, claimed=None, **more):
    first = json.loads(log.splitlines()[0]) if log.startswith('{"seq":1,"t"') else {}
    return json.dumps({"schema": "netdojo/submission/1", "netdojo": "0.1.0", "name": name, "seed": first.get("seed", ""),
                       "variant": "", "events": {"lines": log.count("\n"), "head": head_of(log)}, "finished": True,
                       "scenario": {"id": ID, "sha256": "0" * 64}, "claimed": claimed, **more})


def tar_bytes(members):
    """members: (name, bytes) or a TarInfo with its bytes."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in members:
            info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            data = data.encode() if isinstance(data, str) else data
            info.size = len(data) if info.isreg() else 0
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def submission(name, log, scenario=None, claimed=None, more=(), **fields):
    parts = [("manifest.json", manifest(name, log, claimed, **fields)), ("scenario.lua", scenario or scenario_text()),
             ("events.jsonl", log), *more]
    return gzip.compress(tar_bytes(parts), mtime=0)
