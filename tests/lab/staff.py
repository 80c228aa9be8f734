"""The invented people of the lab, and the two ways its registers are written."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

INVENTED = "invented values in the documented shape of "


@dataclass(frozen=True)
class Employee:
    first: str
    last: str
    unit: str
    active: bool = True

    @property
    def user_name(self) -> str:
        return f"{self.first}.{self.last}".lower()

    @property
    def email(self) -> str:
        return f"{self.user_name}@lab.example"


STAFF = (
    Employee("Ada", "Berger", "Retail"),
    Employee("Ben", "Okafor", "Wholesale"),
    Employee("Carla", "Nowak", "IT"),
    Employee("Dmitri", "Sands", "Retail", active=False),
)


def written_csv(
    columns: Iterable[str], rows: Iterable[Iterable[object]], *, quoting: Literal[0, 1, 2, 3] = csv.QUOTE_MINIMAL
) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=quoting).writerows([columns, *rows])
    return text.getvalue().encode()


def written_json(value: object) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()
