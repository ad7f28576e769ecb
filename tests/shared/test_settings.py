"""What is configured follows from what is told."""

import pytest

from shared.settings import Settings


@pytest.mark.parametrize(
    ("told", "url"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"PORT": "8055"}, "http://127.0.0.1:8055"),
        ({"HOST": "::1", "PORT": "8055"}, "http://[::1]:8055"),
        ({"PORT": "8055", "PUBLIC_URL": "https://rfp.council.example"}, "https://rfp.council.example"),
    ],
)
def test_links_begin_where_it_listens_unless_it_is_told_where_it_is_reached(
    monkeypatch: pytest.MonkeyPatch, told: dict[str, str], url: str
) -> None:
    for name in ("HOST", "PORT", "PUBLIC_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    assert Settings().public_url == url
