"""Writes measured tables into pages of ``docs/``, between two markers, so that a page is never out of step by hand."""

import subprocess
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def put(page: Path, name: str, text: str) -> None:
    """Replaces what stands between ``<!-- name -->`` and ``<!-- /name -->``.

    Raises:
        ValueError: the page lacks one of the markers, or has one twice.
    """
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    content = page.read_text(encoding="utf-8")
    if content.count(begin) != 1 or content.count(end) != 1 or content.index(begin) > content.index(end):
        raise ValueError(f"{page} 里应当各有一处 {begin} 和 {end}，先后有序。")
    before, rest = content.split(begin)
    _, after = rest.split(end)
    page.write_text(f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}", encoding="utf-8")


def made_with() -> str:
    """The day and the commit, with a remark where the checkout has changes that are not committed."""
    try:
        commit = _git("rev-parse", "--short", "HEAD")
        changed = any(not line.startswith("??") for line in _git("status", "--porcelain").splitlines())
    except (OSError, subprocess.CalledProcessError):
        return f"{date.today().isoformat()}"
    return f"{date.today().isoformat()}，提交 {commit}{'（另有未提交的改动）' if changed else ''}"


def _git(*words: str) -> str:
    return subprocess.run(("git", *words), cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()
