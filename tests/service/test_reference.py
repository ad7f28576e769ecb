"""The first page and the API reference: for everybody, served from here alone, under a strict policy."""

import gzip
import re
from pathlib import Path

import httpx
import pytest

from rfp_service.reference.pages import FILES, POLICY, kept
from tests.support.api import Api

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "node_modules" / "swagger-ui-dist"


async def page(api: Api, path: str, **headers: str) -> httpx.Response:
    answer = await api.client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


@pytest.mark.parametrize("path", ["/", "/docs"])
async def test_a_page_leads_on_and_asks_nobody_else(api: Api, path: str) -> None:
    answer = await page(api, path)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == POLICY
    assert "unsafe" not in POLICY
    asked = re.findall(r'(?:href|src)="([^"]+)"', answer.text)
    assert asked
    for address in asked:
        assert not re.match(r"[a-z]+:|//", address), address  # of this service only
        assert (await api.client.get(f"/{address}")).status_code in (200, 503), address
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", answer.text)


async def test_files_come_as_they_are_kept_or_as_text(api: Api) -> None:
    for name, file in FILES.items():
        plain = await page(api, f"/docs/{name}", **{"Accept-Encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert plain.headers["content-type"] == file.media_type
        packed = await page(api, f"/docs/{name}", **{"Accept-Encoding": "gzip"})
        assert packed.headers.get("content-encoding", "") == ("gzip" if file.compressed else "")
        assert packed.content == plain.content
        assert packed.headers["x-content-type-options"] == "nosniff"
    for name in ("first.html", "LICENSE.swagger-ui.txt", "..%2Fpages.py", "swagger-ui.css.gz"):
        assert (await api.client.get(f"/docs/{name}")).status_code == 404


@pytest.mark.parametrize("name", ["swagger-ui-bundle.js", "swagger-ui.css"])
def test_the_reference_is_what_its_makers_publish(name: str) -> None:
    if not PUBLISHED.exists():
        pytest.skip("the npm tools are not installed: make .venv/node.stamp")
    assert gzip.decompress(kept(f"{name}.gz")) == (PUBLISHED / name).read_bytes()
