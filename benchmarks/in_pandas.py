"""Some questions as one would write them in pandas, over the inventory and what endpoints present as frames."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from itertools import chain

import pandas as pd
from large_estate import AS_OF


def coverage_by_set(inventory: pd.DataFrame, presented: pd.DataFrame) -> pd.DataFrame:
    """Sets of sources, and the certificates that just these know."""
    del presented
    known = inventory.assign(
        sources=inventory["sources"].map(tuple),
        valid=inventory["ended"].astype("boolean").fillna(value=False).eq(False),
    )
    groups = known.groupby("sources")
    found = pd.DataFrame(
        {
            "certificates": groups.size(),
            "in_service": groups["in_service"].sum(),
            "valid": groups["valid"].sum(),
        }
    ).reset_index()
    found = found.sort_values(["certificates", "sources"], ascending=[False, True], ignore_index=True)
    return found.assign(sources=found["sources"].map(list))


def by_network(inventory: pd.DataFrame, presented: pd.DataFrame) -> pd.DataFrame:
    """Networks, and what is presented there."""
    served = inventory.loc[inventory["in_service"], ["certificate", "critical"]]
    shown = presented[["certificate", "endpoint", "ip"]].merge(served, on="certificate")

    def network(address: str) -> str:
        size = 24 if ipaddress.ip_address(address).version == 4 else 48
        return str(ipaddress.ip_network(f"{address}/{size}", strict=False))

    shown["name"] = shown["ip"].map(network, na_action="ignore")
    critical = shown[shown["critical"].fillna(value=False).astype(bool)]
    found = pd.DataFrame(
        {
            "certificates": shown.groupby("name")["certificate"].nunique(),
            "critical": critical.groupby("name")["certificate"].nunique(),
            "endpoints": shown.drop_duplicates(["name", "certificate", "endpoint"]).groupby("name").size(),
            "critical_endpoints": critical.drop_duplicates(["name", "certificate", "endpoint"]).groupby("name").size(),
        }
    ).fillna(0)
    found = found.rename_axis("name").reset_index()
    return found.sort_values(["certificates", "name"], ascending=[False, True], ignore_index=True)


def key_groups(inventory: pd.DataFrame, presented: pd.DataFrame) -> pd.DataFrame:
    """Keys in more than one certificate in service, who owns these, and how many endpoints present them."""
    served = inventory[inventory["in_service"] & inventory["spki_sha256"].notna()].copy()
    served["name_set"] = served["names"].map(tuple)
    counts = served.groupby("spki_sha256")["certificate"].transform("size")
    shared = served[counts > 1]
    groups = shared.groupby("spki_sha256")
    shown = presented.merge(shared[["certificate", "spki_sha256"]], on="certificate")
    found = pd.DataFrame(
        {
            "certificates": groups.size(),
            "name_sets": groups["name_set"].nunique(),
            "owners": groups["owner"].nunique(),
            "trusts": groups["trust"].agg(lambda said: sorted(set(said))),
            "hosts": groups["hosts"].agg(lambda said: sorted(set(chain.from_iterable(said)))),
            "certificate_list": groups["certificate"].agg(sorted),
            "owner_list": groups["owner"].agg(lambda said: sorted(set(said.dropna()))),
            "endpoints": shown.groupby("spki_sha256")["endpoint"].nunique(),
        }
    ).reset_index()
    order = ["certificates", "endpoints", "spki_sha256"]
    return found.sort_values(order, ascending=[False, False, True], ignore_index=True)


def issuance_weeks(inventory: pd.DataFrame, presented: pd.DataFrame) -> pd.DataFrame:
    """Public certificates that were logged, by week of issue and CA owner, a year back."""
    del presented
    moment = pd.Timestamp(AS_OF)
    begun = inventory["not_before"]
    year = (begun <= moment) & (begun >= moment.to_period("W").start_time - pd.Timedelta(days=364))
    issued = inventory[(inventory["trust"] == "public") & inventory["seen_in_log"] & year]
    weeks = issued.assign(week=issued["not_before"].dt.to_period("W").dt.start_time)
    found = weeks.groupby(["week", "ca_owner"]).size().rename("certificates").reset_index()
    order = ["week", "certificates", "ca_owner"]
    return found.sort_values(order, ascending=[True, False, True], ignore_index=True)


IN_PANDAS: dict[str, Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]] = {
    "coverage_by_set": coverage_by_set,
    "by_network": by_network,
    "issuance_weeks": issuance_weeks,
    "key_groups": key_groups,
}
"""Each takes the inventory and what endpoints present at the moment, and gives columns of the question's answer."""
