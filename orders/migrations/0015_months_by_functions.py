"""Months are opened and dropped by two functions of the owner of the tables, so that the program's own account needs no right to
make, change or drop anything (deploy/roles.sql). They do that one thing, for these tables alone."""

from django.db import migrations

MAKE = """
CREATE FUNCTION cunbo_open_month(parent text, first timestamptz, following timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE name text := parent || to_char(first AT TIME ZONE 'Asia/Shanghai', '_YYYY_MM');
BEGIN
    IF parent NOT IN ('orders_ledgerentry', 'orders_rawdelivery') THEN RAISE EXCEPTION 'no table of months: %', parent; END IF;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)', name, parent);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, name, first, following);
    RETURN name;
END $$;
CREATE FUNCTION cunbo_drop_month(name text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF name !~ '^orders_rawdelivery_[0-9]{4}_[0-9]{2}$' THEN RAISE EXCEPTION 'no month of raw deliveries: %', name; END IF;
    EXECUTE format('DROP TABLE %I', name);
END $$;
"""
UNMAKE = "DROP FUNCTION cunbo_open_month(text, timestamptz, timestamptz); DROP FUNCTION cunbo_drop_month(text);"


class Migration(migrations.Migration):
    dependencies = [("orders", "0014_orders_by_payment")]

    operations = [migrations.RunSQL(MAKE, UNMAKE)]
