"""The page on which the benchmarks write what they measured."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parent / "README.md"


def rewrite(mark: str, lines: list[str]) -> None:
    """Put a table in place of the one after a mark (``<!-- mark -->``), up to the next heading."""
    table = "\n".join(lines)
    text = re.sub(
        rf"(<!-- {mark} -->\n).*?(?=\n## |\Z)",
        lambda found: f"{found[1]}\n{table}\n",
        PAGE.read_text("utf-8").rstrip() + "\n",
        flags=re.DOTALL,
    )
    PAGE.write_text(text.rstrip() + "\n", "utf-8")
