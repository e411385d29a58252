"""What the matrix tried, in one line at the end of a run."""

from __future__ import annotations


def told(reports) -> str:
    """From the properties that its tests recorded, on however many workers they ran; "" when none did."""
    found = [figures for report in reports for name, figures in getattr(report, "user_properties", ()) if name == "rights"]
    if not found:
        return ""
    roles, asked, routes, people, leaks = zip(*found, strict=True)
    return (
        f"rights: {sum(asked):,} requests, {max(routes)} routes × {len(set(roles))} roles × {sum(people)} people at places and on days,"
        f" {sum(leaks)} leaks"
    )
