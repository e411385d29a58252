"""The goods gate in the database: by no path is an item listed whose papers are missing or over, unless somebody named let it
through. `rules/gate.py` says the same in Python; both are made of `rules/goods.REQUIRED`."""

from __future__ import annotations

import pgtrigger

from livestream.rules.control import ItemState
from livestream.rules.goods import REQUIRED, PaperKind, PaperState

CONSTRAINT = "papers_before_listing"


def lines_by_class() -> str:
    """`WHEN 'food' THEN ARRAY['food_lic,workshop','standard','test']`, for each class that the law asks anything of."""
    return " ".join(
        f"WHEN '{product_class.value}' THEN ARRAY[" + ",".join(f"'{','.join(sorted(line))}'" for line in lines) + "]"
        for product_class, lines in REQUIRED.items()
        if lines
    )


def gate(moment: str = "clock_timestamp()") -> str:
    """The body of the trigger. Of an item that is listed already nothing is asked anew. The clock is the database's at this very
    statement, not at the begin of its transaction: a certificate holds through its last day in Shanghai, no second longer."""
    return f"""
IF NEW.state <> '{ItemState.LISTED.value}' OR TG_OP = 'UPDATE' AND OLD.state = NEW.state
AND OLD.product_id = NEW.product_id AND OLD.session_id = NEW.session_id THEN
    RETURN NEW;
END IF;
today := ({moment} AT TIME ZONE 'Asia/Shanghai')::date;
SELECT p.product_class, p.supplier_id, p.geo_indication_id IS NOT NULL, COALESCE(g.valid_until_on < today, false),
    CASE p.product_class {lines_by_class()} ELSE '{{}}'::text[] END
    || ARRAY(SELECT r.any_of::text FROM livestream_paperrule r
        WHERE r.county_id = p.county_id AND r.product_class = p.product_class)
INTO class, supplier, uses_geo, geo_is_over, lines
FROM livestream_product p LEFT JOIN livestream_geoindication g ON g.id = p.geo_indication_id WHERE p.id = NEW.product_id;
IF uses_geo THEN
    lines := lines || '{PaperKind.GI.value}'::text;
END IF;
IF class <> '' AND (NOT geo_is_over AND NOT EXISTS (
    SELECT 1 FROM unnest(lines) AS line WHERE NOT EXISTS (
        SELECT 1 FROM livestream_paper d WHERE d.supplier_id = supplier
        AND (d.product_id IS NULL OR d.product_id = NEW.product_id) AND d.kind = ANY (string_to_array(line, ','))
        AND d.state = '{PaperState.ACCEPTED.value}' AND (d.valid_until_on IS NULL OR d.valid_until_on >= today)))
    OR EXISTS (SELECT 1 FROM livestream_gateoverride o
        WHERE o.session_id = NEW.session_id AND o.product_id = NEW.product_id)) THEN
    RETURN NEW;
END IF;
RAISE EXCEPTION 'an item is listed with its papers, or somebody answers for it' USING ERRCODE = 'check_violation',
    CONSTRAINT = '{CONSTRAINT}';
"""


PAPERS_BEFORE_LISTING = pgtrigger.Trigger(
    name=CONSTRAINT,
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("state", "product_id", "session_id"),
    declare=[
        ("today", "date"),
        ("class", "text"),
        ("supplier", "bigint"),
        ("uses_geo", "boolean"),
        ("geo_is_over", "boolean"),
        ("lines", "text[]"),
    ],
    func=gate(),
)
