"""What anybody checks a bundle with, a page or a program of one file: each knows this release's events."""

import base64
import hashlib
import json
from collections.abc import Mapping
from importlib.resources import files

PARTS = ("ed25519.js", "verify.js", "page.js")
STRICT = '"use strict";\n'


def verifier_page(release: str, kinds: Mapping[str, str]) -> str:
    """Return the page; `kinds` says of each event's stored name of what kind of thing it is.

    It loads nothing: its content policy (CSP, level 3) allows this one script and this one style by their
    hashes, and no request at all.
    """
    policy, script, style = verifier_policy(kinds), script_of(kinds), _part("verify.css")
    page = _part("verify.html")
    for name, text in (("policy", policy), ("release", release), ("style", style), ("script", script)):
        page = page.replace(f"{{{name}}}", text)
    return page


def verifier_policy(kinds: Mapping[str, str]) -> str:
    """Return the page's content policy, for whoever serves it to say in a header, too."""
    script, style = _hash(script_of(kinds)), _hash(_part("verify.css"))
    return f"default-src 'none'; script-src {script}; style-src {style}; base-uri 'none'"


def verifier_program(release: str, kinds: Mapping[str, str]) -> str:
    """Return the check as one Python file, which needs the standard library and `cryptography` alone."""
    known = f"KINDS: dict[str, str] = {dict(sorted(kinds.items()))!r}"
    told = _part("rfp_audit_verify.py").replace("KINDS: dict[str, str] = {}", known)
    return told.replace('RELEASE = "unknown"', f"RELEASE = {release!r}")


def script_of(kinds: Mapping[str, str], parts: tuple[str, ...] = PARTS) -> str:
    """Return the page's script, or parts of it, with the kinds of events that this release knows."""
    known = json.dumps(dict(sorted(kinds.items())), separators=(",", ":"))
    sources = "\n".join(_part(name).replace(STRICT, "") for name in parts)
    return f"{STRICT}const KINDS = {known};\n{sources}"


def _part(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Return how the policy names an inline element: by all of its text, from its first line break on."""
    digest = hashlib.sha256(f"\n{text}".encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
