-- Three roles instead of one, so that not even the app can rewrite the audit log.
--   mdc_owner   owns the schema; used by `MdcTts migrate` only
--   mdc_app     runs the app: reads and writes rows, changes no schema, and only adds to the audit log
--   mdc_drill   makes a scratch database for the monthly restore drill and drops it; reads and writes nothing of the
--               app
--
-- Run it in the app's database as a superuser, before the first migration or after any; it may be run again.
-- Then give each role a password:  ALTER ROLE mdc_owner PASSWORD '…';  and the same for mdc_app and mdc_drill
-- and run `DATABASE_URL=postgres://mdc_owner:…/mdc MdcTts migrate` before each new version; the app itself gets
-- mdc_app.

DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'mdc_owner') THEN
    CREATE ROLE mdc_owner LOGIN;
  END IF;
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'mdc_app') THEN
    CREATE ROLE mdc_app LOGIN;
  END IF;
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'mdc_drill') THEN
    CREATE ROLE mdc_drill LOGIN;
  END IF;
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO mdc_drill', current_database());
  EXECUTE format('GRANT CONNECT, CREATE ON DATABASE %I TO mdc_owner', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO mdc_app', current_database());
END $$;

-- What was made before belongs to the owner from now on: tables with their sequences, and the triggers' functions.
DO $$ DECLARE name text; BEGIN
  FOR name IN
    SELECT format('TABLE %I.%I', schemaname, tablename)
    FROM pg_tables
    WHERE schemaname = 'public'
  LOOP
    EXECUTE 'ALTER ' || name || ' OWNER TO mdc_owner';
  END LOOP;
  FOR name IN
    SELECT p.oid::regprocedure::text
    FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  LOOP
    EXECUTE 'ALTER FUNCTION ' || name || ' OWNER TO mdc_owner';
  END LOOP;
END $$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC, mdc_app;
GRANT USAGE, CREATE ON SCHEMA public TO mdc_owner;
GRANT USAGE ON SCHEMA public TO mdc_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO mdc_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO mdc_app;
ALTER DEFAULT PRIVILEGES FOR ROLE mdc_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO mdc_app;
ALTER DEFAULT PRIVILEGES FOR ROLE mdc_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO mdc_app;

ALTER ROLE mdc_app NOCREATEDB;
ALTER ROLE mdc_drill CREATEDB CONNECTION LIMIT 5;

-- The audit log only grows. An erasure may empty the personal columns; the trigger lets it where AuditErasures says so.
-- The app adds entries and erasures, so this role can add them too. What keeps it from forging is not the database but
-- SECRET_KEY: entries are signed by it, and `audit verify` names those that are not, and what was emptied without one.
DO $$ BEGIN
  IF to_regclass('public."AuditSeals"') IS NULL THEN
    RAISE NOTICE 'No audit log yet: run this again after the first migration.';
    RETURN;
  END IF;
  REVOKE UPDATE, DELETE, TRUNCATE ON "Audit", "AuditSeals", "AuditErasures" FROM mdc_app;
  REVOKE UPDATE, TRUNCATE ON "AuditPending" FROM mdc_app;
  GRANT UPDATE ("Personal", "Salt") ON "Audit" TO mdc_app;
  REVOKE INSERT, UPDATE, DELETE ON "__EFMigrationsHistory" FROM mdc_app;
END $$;
