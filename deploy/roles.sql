-- Three accounts on a PostgreSQL of one's own, instead of one that may do everything. As its superuser, in the database:
--   psql -d cunbo -f deploy/roles.sql     (may be run again, and must be after every `manage.py migrate`)
--   psql -d cunbo -c '\password cunbo_owner' -c '\password cunbo_app' -c '\password cunbo_reader'
--
--   cunbo_owner    manage.py migrate, and nothing else: DATABASE_URL=postgres://cunbo_owner:…
--   cunbo_app      web, worker, beat and every other command: cannot make, change or drop a table, nor change the ledger or the log
--   cunbo_reader   figures for other programs: sessions, orders, ledger, tallies; no people, no secrets, no raw deliveries
DO $$
DECLARE account text;
BEGIN
    FOREACH account IN ARRAY ARRAY['cunbo_owner', 'cunbo_app', 'cunbo_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = account) THEN EXECUTE format('CREATE ROLE %I LOGIN', account); END IF;
    END LOOP;
END $$;
ALTER ROLE cunbo_app NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
ALTER ROLE cunbo_reader NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
ALTER ROLE cunbo_reader SET default_transaction_read_only = on;

-- Everything belongs to the owner, also what another account made before.
DO $$
DECLARE thing record;
BEGIN
    EXECUTE format('ALTER DATABASE %I OWNER TO cunbo_owner', current_database());
    FOR thing IN SELECT relkind, oid::regclass AS name FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'S') AND pg_get_userbyid(relowner) <> 'cunbo_owner'
          AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype IN ('a', 'i') AND relkind = 'S')
    LOOP EXECUTE format('ALTER %s %s OWNER TO cunbo_owner', CASE thing.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, thing.name); END LOOP;
    FOR thing IN SELECT oid::regprocedure AS name FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND pg_get_userbyid(proowner) <> 'cunbo_owner'
          AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
    LOOP EXECUTE format('ALTER FUNCTION %s OWNER TO cunbo_owner', thing.name); END LOOP;
END $$;
ALTER SCHEMA public OWNER TO cunbo_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO cunbo_app, cunbo_reader;

-- The program: rows, not tables.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO cunbo_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO cunbo_app;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO cunbo_app;
REVOKE EXECUTE ON FUNCTION cunbo_open_month(text, timestamptz, timestamptz), cunbo_drop_month(text) FROM PUBLIC;
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM cunbo_app;
-- What is only ever added. Triggers refuse the rest to everybody; here the program has not even the right.
REVOKE UPDATE, DELETE ON orders_ledgerentry, livestream_consent FROM cunbo_app;
-- An audit entry is sealed once and let go after years; its triggers see to both.
REVOKE UPDATE ON livestream_auditentry FROM cunbo_app;
GRANT UPDATE (position, digest) ON livestream_auditentry TO cunbo_app;

-- The reader: figures, no people.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM cunbo_reader;
GRANT SELECT ON livestream_place, livestream_livesession, livestream_product, livestream_lineupitem, orders_order, orders_orderline,
    orders_aftersale, orders_ledgerentry, orders_daytally, orders_itemtally, orders_minutetally, orders_refundtally, orders_shoptally
    TO cunbo_reader;
