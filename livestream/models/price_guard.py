"""The price of an item on air, guarded by the database: it changes by a proposal that another person answered, to what was
proposed, and the line-up says what the log says. By no path, raw SQL included, does a price move by itself."""

from __future__ import annotations

import pgtrigger

from livestream.rules.control import ControlKind
from livestream.rules.session import SessionState

AS_PROPOSED = "price_as_proposed"
BY_THE_LOG = "live_price_by_the_log"


def _refuse(words: str, constraint: str) -> str:
    return f"RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation', CONSTRAINT = '{constraint}';"


# The proposal names session, goods, both prices and who proposed: the change is the same.
PRICE_AS_PROPOSED = pgtrigger.Trigger(
    name=AS_PROPOSED,
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    condition=pgtrigger.Q(new__kind=ControlKind.PRICE_CHANGED.value),
    func=f"""
IF EXISTS (SELECT 1 FROM livestream_controlevent asked WHERE asked.id = NEW.about_id
    AND asked.kind = '{ControlKind.PRICE_PROPOSED.value}' AND asked.session_id = NEW.session_id
    AND asked.product_id = NEW.product_id AND asked.old = NEW.old AND asked.new = NEW.new
    AND asked.by_id = NEW.proposed_by_id) THEN
    RETURN NEW;
END IF;
{_refuse("a price changes from and to what was proposed", AS_PROPOSED)}
""",
)
# In the order of the log (`ControlEventQuerySet.in_order`); taps are compared as Python compares them. What is put on the sheet
# while it is on air is priced once, from 0, unless the log knows its price.
LIVE_PRICE_BY_THE_LOG = pgtrigger.Trigger(
    name=BY_THE_LOG,
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("live_price_fen", "product_id", "session_id"),
    declare=[("logged", "bigint"), ("is_same", "boolean")],
    func=f"""
is_same := TG_OP = 'INSERT' OR NEW.product_id = OLD.product_id AND NEW.session_id = OLD.session_id;
IF is_same AND (TG_OP = 'INSERT' AND NEW.live_price_fen = 0 OR TG_OP = 'UPDATE' AND NEW.live_price_fen = OLD.live_price_fen)
OR NOT EXISTS (SELECT 1 FROM livestream_livesession s
    WHERE (s.id = NEW.session_id OR TG_OP = 'UPDATE' AND s.id = OLD.session_id) AND s.state = '{SessionState.LIVE.value}') THEN
    RETURN NEW;
END IF;
SELECT e.new INTO logged FROM livestream_controlevent e
WHERE e.session_id = NEW.session_id AND e.product_id = NEW.product_id AND e.kind = '{ControlKind.PRICE_CHANGED.value}'
ORDER BY e.happened_at DESC, e.tap COLLATE "C" DESC, e.id DESC LIMIT 1;
IF is_same AND (NEW.live_price_fen = logged OR logged IS NULL AND (TG_OP = 'INSERT' OR OLD.live_price_fen = 0)) THEN
    RETURN NEW;
END IF;
{_refuse("a price on air is what the log says", BY_THE_LOG)}
""",
)
