#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Validates JSON on stdin against netdojo's schemas, by its "schema" key.

validate.py [--lines] [NAME]     NAME ("log", "model") for documents without such a key; --lines: one a line.
Exit 0: valid; 1: not, the reason on stderr; 77: python3-jsonschema is not there.
"""
import json
import os
import sys

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)

HERE = os.path.dirname(os.path.realpath(__file__))
SCHEMAS = os.environ.get("NETDOJO_SCHEMAS") or os.path.join(os.path.dirname(HERE), "schemas")


def load(name):
    with open(os.path.join(SCHEMAS, f"netdojo-{name}-1.json"), encoding="utf-8") as f:
        return json.load(f)


def inline(schema):
    """A reference to another file becomes that file's schema: no resolver, so no network and no library version."""
    if isinstance(schema, list):
        return [inline(s) for s in schema]
    if not isinstance(schema, dict):
        return schema
    ref = schema.get("$ref", "")
    if isinstance(ref, str) and ref.startswith("netdojo-"):
        return load(ref[len("netdojo-"):-len("-1.json")])
    return {k: inline(v) for k, v in schema.items()}


def problem(doc, name=None):
    """Why doc is not valid, or None."""
    if name is None:
        word = doc.get("schema", "") if isinstance(doc, dict) else ""
        parts = word.split("/")
        if len(parts) != 3 or parts[0] != "netdojo" or parts[2] != "1":
            return f'no "schema":"netdojo/NAME/1" but {word!r}'
        name = parts[1]
    try:
        schema = inline(load(name))
    except FileNotFoundError:
        return f"no schema for {name!r}"
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    error = jsonschema.exceptions.best_match(validator.iter_errors(doc))
    if error is None:
        return None
    path = "/".join(map(str, error.absolute_path))
    return f"{name}: at '/{path}': {error.message[:400]}"


def main():
    args = [a for a in sys.argv[1:] if a != "--lines"]
    text = sys.stdin.read()
    chunks = text.splitlines() if "--lines" in sys.argv else [text]
    for number, chunk in enumerate(chunks, 1):
        try:
            why = problem(json.loads(chunk), args[0] if args else None)
        except ValueError as e:
            why = f"not JSON: {e}"
        if why:
            sys.exit(f"line {number}: {why}" if len(chunks) > 1 else why)


if __name__ == "__main__":
    main()
