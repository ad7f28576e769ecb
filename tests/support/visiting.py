"""Somebody at the console of the running demonstration, who can ask the API for the same things."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from rfp_service.demonstration.people import CAST
from shared.web.access.issuer import demonstration_token
from tests.support.patience import Patient
from tests.support.running import START_SECONDS, Running

PAGE_BYTES_LIMIT = 150_000


@dataclass(frozen=True)
class Visitor:
    """Somebody who has signed in."""

    client: httpx.Client
    token: str

    def page(self, path: str, expect: int = 200) -> str:
        """Open a page, which must not be heavy, nor run or ask anything it may not."""
        answer = self.client.get(f"/console{path}")
        assert answer.status_code == expect, answer.text
        assert len(answer.content) < PAGE_BYTES_LIMIT
        assert not re.search(
            r"<script|<style|\sstyle=|\son[a-z]+=|(?:href|src)=\"(?:[a-z]+:|//)", answer.text
        )
        return answer.text

    def asked(self, path: str, **query: Any) -> Any:
        """Return what the API says to the same person."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = self.client.get(f"/v1{path}", params=query or None, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()


@contextmanager
def visitor(running: Running, person: str) -> Iterator[Visitor]:
    """Be somebody of the demonstration."""
    role = next(each.role for each in CAST if each.id == person)
    token = demonstration_token(running.data_dir, person, [role])
    with httpx.Client(
        base_url=running.url, timeout=START_SECONDS, trust_env=False, transport=Patient(verify=False)
    ) as client:
        answer = client.post("/console/sign-in", data={"person": person}, headers={"Origin": running.url})
        assert answer.status_code == 303, answer.text
        yield Visitor(client, token)


def rows_of(page: str, section: str) -> list[list[str]]:
    """Return what the cells of a section's table say, row by row, as a reader sees them."""
    part = page.split(f'id="{section}"', 1)[1].split("</section>", 1)[0].split("<tbody>", 1)[1]
    rows = re.findall(r"<tr.*?</tr>", part.split("</tbody>", 1)[0], re.DOTALL)
    return [[said(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)] for row in rows]


def said(part: str) -> str:
    """Return the words of a part of a page, without what only screen readers say."""
    shown = re.sub(r'<span class="unseen">.*?</span>|<svg.*?</svg>', "", part, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", shown)).split())
