"""Office files with the same bytes for the same report: their zips otherwise hold the time of writing."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime

_WRITTEN = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms)")


def stamped(package: bytes, moment: datetime) -> bytes:
    """The same Office file, made at a stated moment, workbooks inside it too.

    Args:
        package: An Open Packaging Conventions file (ECMA-376 part 2).
        moment: When it is to say it was made.
    """
    # Zip cannot date a member before 1980.
    when = (max(moment.year, 1980), moment.month, moment.day, moment.hour, moment.minute, moment.second)
    stamp = rb"\g<1>" + f"{moment:%Y-%m-%dT%H:%M:%SZ}".encode() + rb"\g<2>"
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as held, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in held.namelist():
            part = held.read(name)
            if name == "docProps/core.xml":
                part = _WRITTEN.sub(stamp, part)
            elif name.endswith(".xlsx"):
                part = stamped(part, moment)
            made.writestr(zipfile.ZipInfo(name, when), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()
