"""How the tree is kept: files short, packages empty, locks without addresses, nothing of one machine."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINES_LIMIT = 300
FUNCTION_LINES_LIMIT = 40
HANDED_OUT_ALONE = "rfp_audit_verify.py"  # one file, so that whoever gets it can read and run all of it


def kept() -> list[Path]:
    """Return the files that are kept in version control; all there are, where there is none."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("this is no checkout")
    return [path for name in listed.stdout.splitlines() if (path := ROOT / name).is_file()]


def faults(path: Path) -> Iterator[str]:
    """Say what is wrong with how a file is kept."""
    text = path.read_text()
    tree = ast.parse(text)
    if len(text.splitlines()) > LINES_LIMIT and path.name != HANDED_OUT_ALONE:
        yield f"has more than {LINES_LIMIT} lines"
    if not (ast.get_docstring(tree) or path.parent.name == "versions" or path.name == "env.py"):
        yield "does not say what it is"
    if path.name == "__init__.py" and len(tree.body) != 1:
        yield "holds more than a docstring"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.body[0].lineno  # what is asked over HTTP is declared above
            if lines >= FUNCTION_LINES_LIMIT:
                yield f"{node.name} is {lines + 1} lines long"


def test_a_file_holds_one_idea_and_says_which() -> None:
    src = ROOT / "src"
    sources = sorted(src.rglob("*.py"))
    assert len(sources) > 300
    found = [f"{path.relative_to(src)} {said}" for path in sources for said in faults(path)]
    assert found == []


def test_a_file_that_is_kept_badly_is_found(tmp_path: Path) -> None:
    path = tmp_path / "__init__.py"
    path.write_text("def long():\n" + "    pass\n" * LINES_LIMIT)
    assert list(faults(path)) == [
        f"has more than {LINES_LIMIT} lines",
        "does not say what it is",
        f"long is {LINES_LIMIT} lines long",
    ]
    path.write_text('"""What it is."""\n\nimport this\n')
    assert list(faults(path)) == ["holds more than a docstring"]


@pytest.mark.parametrize(
    ("name", "least"),
    [("requirements.lock", 30), ("requirements-dev.lock", 30), ("installer.lock", 1), ("generator.lock", 10)],
)
def test_every_dependency_is_locked_by_hash(name: str, least: int) -> None:
    text = (ROOT / name).read_text()
    entries = re.split(r"\n(?=\S)", text.strip())
    assert len(entries) >= least
    for entry in entries:
        assert re.match(r"[a-z0-9._-]+==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_locks_name_no_address() -> None:
    locks = (
        "requirements.lock",
        "requirements-dev.lock",
        "installer.lock",
        "generator.lock",
        "package-lock.json",
    )
    for name in (*locks, ".npmrc"):
        text = (ROOT / name).read_text()
        assert not re.search(r'"resolved"|index-url|find-links|registry\s*=', text), name
    assert not (ROOT / "uv.lock").exists()
    assert not (ROOT / "pylock.toml").exists()


def test_the_two_locks_agree() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^[a-z0-9._-]+==[^\s;]+", (ROOT / name).read_text(), re.MULTILINE))

    assert pins("requirements.lock") <= pins("requirements-dev.lock")


def test_nothing_speaks_of_one_machine() -> None:
    personal = re.compile(r"/(?:home|Users|work|root)/[a-z]|/tmp/[a-z]{1,2}/")
    for path in kept():
        if path.suffix in {".py", ".md", ".toml", ".yaml", ".yml", ".json", ".ndjson", ""}:
            found = personal.search(path.read_text(errors="replace"))
            assert found is None or path == Path(__file__), f"{path}: {found}"


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "CHANGELOG.md",
        "LICENSE",
        "SECURITY.md",
        "publiccode.yml",
        ".editorconfig",
        "deploy/decisions/README.md",
        "openapi/openapi.json",
        "src/projects/__init__.py",
        "src/outcomes/__init__.py",
    ],
)
def test_a_newcomer_finds_what_they_look_for(name: str) -> None:
    assert (ROOT / name).stat().st_size > 0


def test_the_readme_links_to_what_is_there() -> None:
    for page in [ROOT / "README.md", *sorted((ROOT / "deploy").rglob("*.md"))]:
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / link).exists(), f"{page.name} links to {link}"


def classes() -> dict[str, list[str]]:
    """Return every class at the top of a module, by name, with the modules that define it."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and path.name != HANDED_OUT_ALONE:
                found.setdefault(node.name, []).append(str(path.relative_to(ROOT / "src")))
    return found


def test_a_class_name_stands_once_in_the_house() -> None:
    assert len(found := classes()) > 500
    assert {name: places for name, places in found.items() if len(places) > 1} == {}
