"""What this machine has, and what is missing for what."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path
from typing import Literal

from certanalytics.errors import CertAnalyticsError

_EXTRAS = {
    "reports": (("playwright", "pptx", "xlsxwriter"), "PDF, PPTX and XLSX reports"),
    "spark": (("pyspark", "sqlglot"), "questions on Apache Spark, with Java 17"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at; ``absent`` costs a feature, ``broken`` needs doing something."""

    name: str
    state: Literal["fine", "absent", "broken"]
    meaning: str


def examine(estate: Path) -> list[Check]:
    """Look at Python, the packages, the browser and the estate."""
    from certanalytics.estate import connect
    from certanalytics.report.browser import find_browser

    checks = [Check("Python", "fine", sys.version.split()[0])]
    checks += [
        Check(name, "fine", metadata.version(name))
        for name in (
            "certanalytics",
            "duckdb",
            "pandas",
            "pyarrow",
            "plotly",
            "papermill",
            "jupyterlab",
            "cryptography",
        )
    ]
    for extra, (modules, gives) in _EXTRAS.items():
        missing = [module for module in modules if util.find_spec(module) is None]
        meaning = f"{gives}: pip install 'certanalytics[{extra}]'" if missing else gives
        checks.append(Check(f"extra {extra}", "absent" if missing else "fine", meaning))
    browser = find_browser()
    meaning = str(browser) if browser else "PDF needs Chromium or Chrome; on Debian: apt-get install chromium"
    checks.append(Check("browser", "fine" if browser else "absent", meaning))
    if not estate.exists():
        checks.append(Check("estate", "absent", f"{estate}: nothing loaded yet: certanalytics load PATH"))
        return checks
    try:
        evidence = connect(estate).evidence()
        files, records = sum(item.files for item in evidence), sum(item.records for item in evidence)
        checks.append(Check("estate", "fine", f"{estate}: {files:,} files, {records:,} records"))
    except CertAnalyticsError as error:
        checks.append(Check("estate", "broken", str(error)))
    return checks
