"""A list of employees as a personnel system exports it: who is there, who has left, whose manager is whom.

Read are lists with the columns of Dayforce-like reports (``EmpID``, ``Employee_Name``, ``Termd``,
``DateofTermination``, ``EmploymentStatus``, ``ManagerName``, ``Department``). Their dates stand in the format of
somebody's screen (``7/5/2011``, ``07/10/83``); whether someone has left hangs on them only where nothing else tells: a
leaving that was to come when the file was saved tells nothing. Nothing else of a person is read: pay, birth, origin and
health are none of our business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial

from certanalytics.model import Person, Row
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.local_dates import told_times
from certanalytics.sources._reading.records import csv_records, rows
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.wording import is_email

_STATUS = ("termd", "dateoftermination", "employmentstatus")
_NUMBERS = ("empid", "employeenumber", "employeeid")
_NONE = frozenset({"", "n/a", "na", "none", "null", "-"})


def _is_list(head: Head) -> bool:
    columns = set(map(_plain, head.columns(head.delimiter)))
    return bool("employeename" in columns and columns & set(_NUMBERS) and columns & set(_STATUS))


@source(
    "hr-csv",
    produced_by="A personnel system: EmpID, Employee_Name and Termd, DateofTermination or EmploymentStatus",
    brings=("people",),
    tried_on="documentation",
    signature=Signature(
        "CSV with columns EmpID, Employee_Name and one of Termd, DateofTermination, EmploymentStatus",
        _is_list,
    ),
)
def hr_csv(export: Export) -> Iterator[Row]:
    """Read employees, one a row."""
    yield from rows(csv_records(export), partial(_person, export.file_time))


def _person(saved_at: datetime, locator: str, row: Mapping[str, str]) -> Iterator[Row]:
    said = {_plain(column): " ".join(value.split()) for column, value in row.items()}
    said = {column: value for column, value in said.items() if value.casefold() not in _NONE}
    number = next((said[column] for column in _NUMBERS if column in said), None)
    if number is None:
        raise ValueError("EmpID is empty: nothing to know the person by")
    email = said.get("email") or said.get("workemail") or said.get("emailaddress")
    yield Person(
        locator=locator,
        system="hr-csv",
        person_id=number,
        name=_name(said.get("employeename")),
        user_name=said.get("username") or said.get("networkid"),
        email=email if is_email(email) else None,
        active=_active(said, saved_at),
        department=said.get("department"),
        manager=_name(said.get("managername")),
    )


def _plain(column: str) -> str:
    """A column's name without what reports write differently: case, spaces and underscores."""
    return column.casefold().replace(" ", "").replace("_", "")


def _name(written: str | None) -> str | None:
    """``Last, First M`` the other way round."""
    last, comma, first = (written or "").partition(",")
    return " ".join(f"{first} {last}".split()) if comma else written


def _active(said: Mapping[str, str], saved_at: datetime) -> bool | None:
    """By ``Termd`` and ``EmploymentStatus``, unknown where they disagree; else by whether a date of leaving is past.

    A date beside a status that says they are there is one to come. ``Future Start`` is nobody yet.
    """
    flag = {"0": True, "1": False, "false": True, "true": False, "no": True, "yes": False}
    told = {flag.get(said.get("termd", "").casefold()), _by_status(said.get("employmentstatus", ""))} - {None}
    if len(told) == 1:
        return told.pop()
    leaves = said.get("dateoftermination")
    return False if not told and leaves and not _is_to_come(leaves, saved_at) else None


def _is_to_come(written: str, saved_at: datetime) -> bool:
    """Whether a date lies after a moment; one of which day or month come first nobody knows, by its year alone."""
    if time := told_times({"": written}).get(""):
        return time > saved_at
    year = re.search(r"\b(?:19|20)\d\d\b", written)
    return year is not None and int(year[0]) > saved_at.year


def _by_status(written: str) -> bool | None:
    status = written.casefold()
    if any(word in status for word in ("terminat", "resigned", "retired", "deceased", "former")):
        return False
    return True if status in {"active", "leave of absence", "on leave", "full time", "part time"} else None
