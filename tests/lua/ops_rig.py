# SPDX-License-Identifier: GPL-2.0-or-later
"""A lab of the script's alone: operations on its Windows, files its probes find, and what differs between two models."""
import json
import os
import subprocess
import tempfile

from script_peer import BUILD, SOURCE, Script, read

CHECK = os.path.join(BUILD, "tests/lua_model_check")
BASE = read(os.path.join(SOURCE, "scenarios/l2/l2-no-default-route/scenario.lua"))
WSLCONFIG = "/mnt/c/Users/learner/.wslconfig"
HOSTS = "/mnt/c/Windows/System32/drivers/etc/hosts"
WSL = "{40E0AC32-46A5-438A-A0B2-2B479E8F2E90}"


class Lab:
    """One script process with a loaded scenario, healthy unless a fault is given as Lua."""

    def __init__(self, topology="wsl2.nat {}", fault=None):
        text = BASE.replace("wsl2.nat {}", topology, 1)
        text = text.replace('lab:node("wsl"):remove_route("default")', fault or "local _ = lab", 1)
        self.script = Script()
        answer = self.script.load(text)
        if "meta" not in answer:
            raise SystemExit(f"does not load: {answer}")
        healthy = answer = self.script.ask("model")
        if fault is not None:
            answer = self.script.ask("fault")
        if "model" not in answer:
            raise SystemExit(f"no model: {answer}")
        self.model = {"windows": healthy.get("model", {}).get("windows"), **answer["model"]}
        self.files = {}
        self.asked = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.script.__exit__()

    def answer(self, request):
        """What a node says to a probe for a file: what this test put there, else what the model has."""
        path, where = request["args"]["path"], request["node"]
        self.asked.append((where, path))
        if (where, path) in self.files:
            content = self.files[where, path]
            return {"result": {"ok": True, "exists": content is not None, "type": "file", "content": content or ""}}
        for f in node(self.model, where)["files"]:
            if f["path"] == path:
                link = f.get("symlink")
                return {"result": {"ok": True, "exists": True, "type": "symlink" if link else "file", "target": link or "",
                                   "content": f.get("content", "")}}
        return {"result": {"ok": True, "exists": False}}

    def op(self, name, **args):
        got = self.script.ask("windows", answer=self.answer, op=name, args=args)
        self.model = got.get("model", self.model)
        return got

    def must(self, name, **args):
        got = self.op(name, **args)
        if "error" in got:
            raise SystemExit(f"{name} {args}: {got['error']}")
        return got["result"]

    @property
    def windows(self):
        return self.model["windows"]


def node(model, name):
    return next((n for n in model["nodes"] if n["name"] == name), None)


def service(model, name):
    return next((s for s in model["services"] if s["name"].startswith(name)), None)


def by(items, key, value):
    return next((i for i in items if i[key] == value), None)


def _parts(model):
    """The model in pieces with names, each comparable as a whole: NODE.key, service.NAME, W.key of the windows object."""
    out = {}
    for n in model["nodes"]:
        for key, value in n.items():
            out[f"{n['name']}.{key}"] = value
    for s in model["services"]:
        out[f"service.{s['name']}"] = s
    for key, value in model["windows"].items():
        if isinstance(value, dict):
            for k, v in value.items():
                out[f"W.{key}.{k}"] = v
        else:
            out[f"W.{key}"] = value
    return out


def touched(before, after):
    """The names of the pieces that differ."""
    a, b = _parts(before), _parts(after)
    return {k for k in a.keys() | b.keys() if a.get(k) != b.get(k)}


def chain(model, name, table="wfp"):
    """The lines of a chain of the Windows node's ruleset; None when there is none."""
    inside, out = "", None
    for line in node(model, "windows").get("ruleset", "").split("\n"):
        if line.startswith("table "):
            inside = line.split()[2]
        elif inside == table and line.strip() == f"chain {name} {{":
            out = []
        elif out is not None and line == "\t}":
            return out
        elif out is not None:
            out.append(line.strip())
    return None


def engine_takes(models):
    """What the engine's own reader and planner say to a row of models; "" when all is well."""
    with tempfile.TemporaryDirectory() as d:
        paths = []
        for i, m in enumerate(models):
            paths.append(os.path.join(d, f"{i}.json"))
            with open(paths[-1], "w", encoding="utf-8") as f:
                json.dump(m, f)
        for a, b in zip(paths, paths[1:]):
            run = subprocess.run([CHECK, a, b], capture_output=True, text=True, check=False)
            if run.returncode:
                return run.stderr.strip() or "refused"
    return ""
