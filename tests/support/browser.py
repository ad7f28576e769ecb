"""A real browser for the specifications: the machine's own Chromium, or the one that npm brought."""

import fcntl
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

ROOT = Path(__file__).parents[2]
PACKED = ROOT / "node_modules/@sparticuz/chromium/bin"
UNPACKED = ROOT / ".venv/chromium"
AXE = ROOT / "node_modules/axe-core/axe.min.js"
ARCHIVES = ("al2023.tar", "fonts.tar")  # its libraries, and letters to write with
# Without rights of its own, without a screen, on machines with little shared memory.
ARGUMENTS = ["--headless=shell", "--no-sandbox", "--no-zygote", "--disable-gpu", "--disable-dev-shm-usage"]
OWN = ("chromium", "chromium-browser")
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{folder}/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{folder}/fonts-cache</cachedir>
  <match><edit name="family" mode="append_last"><string>Open Sans</string></edit></match>
</fontconfig>
"""


def unpacked() -> Path:
    """Return npm's browser, unpacked once for all processes."""
    UNPACKED.mkdir(exist_ok=True)
    with (UNPACKED / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (UNPACKED / "whole").exists():
            for name in ("chromium", *ARCHIVES):
                _unpack(name)
            (UNPACKED / "chromium").chmod(0o755)
            (UNPACKED / "fonts.conf").write_text(FONTS.format(folder=UNPACKED))
            (UNPACKED / "whole").touch()
    return UNPACKED / "chromium"


def _unpack(name: str) -> None:
    node = Path(sys.executable).with_name("node")
    script = Path(__file__).with_name("unpack_chromium.cjs")
    subprocess.run([node, script, PACKED / f"{name}.br", UNPACKED / name], check=True)
    if name in ARCHIVES:
        with tarfile.open(UNPACKED / name) as archive:
            archive.extractall(UNPACKED, filter="data")
        (UNPACKED / name).unlink()


@asynccontextmanager
async def browser(home: Path) -> AsyncIterator[Browser]:
    """Run a browser that keeps what it must keep in a folder of its own."""
    own = next((path for name in OWN if (path := shutil.which(name))), None)
    surroundings: dict[str, str | float | bool] = {
        **os.environ,  # a browser's own, not the service's
        "HOME": str(home),
        "LD_LIBRARY_PATH": str(UNPACKED / "lib"),
        "FONTCONFIG_FILE": str(UNPACKED / "fonts.conf"),
    }
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(
            executable_path=own or unpacked(),
            args=ARGUMENTS,
            ignore_default_args=["--headless"],
            env={**os.environ, "HOME": str(home)} if own else surroundings,
        )
        try:
            yield running
        finally:
            await running.close()


async def be_somebody(page: Page, person: str) -> None:
    """Choose one of the demonstration's people on the page that offers them."""
    button = page.locator(f"button[value={person}]")
    if not await button.is_visible():
        await page.locator(".others summary").click()
    await button.click()


async def must_be_accessible(page: Page) -> None:
    """Expect axe to find nothing against WCAG 2.2 AA on a page as it stands, once it has come whole."""
    await page.wait_for_load_state("load")
    await page.evaluate(AXE.read_text())
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    found = await page.evaluate("rules => axe.run(document, rules)", rules)
    assert [(one["id"], [n["html"] for n in one["nodes"]]) for one in found["violations"]] == []
    width = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, "the page is wider than its window"


if __name__ == "__main__":
    unpacked()
