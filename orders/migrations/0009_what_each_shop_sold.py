from django.db import migrations

# The sums of the ledger that is there, added to what is there: right also while pushes come in, for whoever writes adds too.
# Nothing but rows of the tally itself is locked. What the old version counted meanwhile, `rebuild_tallies` adds.
FILL = """
INSERT INTO orders_shoptally AS o (county_id, scope, day, shop_id, orders, units, paid_fen, refunded_fen)
SELECT c.county_id, scope, day, shop_id, c.orders - COALESCE(s.orders, 0), c.units - COALESCE(s.units, 0),
  c.paid_fen - COALESCE(s.paid_fen, 0), c.refunded_fen - COALESCE(s.refunded_fen, 0)
FROM (
  SELECT g.county_id,
    CASE WHEN w.narrow THEN COALESCE('session:' || g.session_id, 'unattributed:' || g.county_id) ELSE 'county:' || g.county_id END
      AS scope,
    day, shop_id, SUM(g.orders)::bigint AS orders, SUM(g.units)::bigint AS units, SUM(g.paid_fen)::bigint AS paid_fen,
    SUM(g.refunded_fen)::bigint AS refunded_fen
  FROM (
    SELECT county_id, session_id, business_day AS day, shop_id, SUM(orders) AS orders, SUM(units) AS units,
      SUM(paid_fen) AS paid_fen, SUM(refunded_fen) AS refunded_fen
    FROM orders_ledgerentry GROUP BY 1, 2, 3, 4
  ) AS g CROSS JOIN (VALUES (FALSE), (TRUE)) AS w(narrow)
  GROUP BY 1, 2, 3, 4
  HAVING SUM(g.orders) <> 0 OR SUM(g.units) <> 0 OR SUM(g.paid_fen) <> 0 OR SUM(g.refunded_fen) <> 0
) AS c
LEFT JOIN orders_shoptally AS s USING (scope, day, shop_id)
ORDER BY scope, day, shop_id
ON CONFLICT (scope, day, shop_id) DO UPDATE SET orders = o.orders + excluded.orders, units = o.units + excluded.units,
  paid_fen = o.paid_fen + excluded.paid_fen, refunded_fen = o.refunded_fen + excluded.refunded_fen
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0008_newest_orders_of_a_session")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
