-- Writer of every table in this file: billing (io.apihub.billing.ledger).

-- What held each row of the ledger by a look of its own, thousands of looks in a large posting, is held for each statement now: the same
-- rules, and one stricter: entries come in statements that sum to zero for each transaction, and a transaction's first ones come with it.

-- Entries refer to what is never deleted: transactions are append-only, and so are accounts from now on. So it is enough to look once.
ALTER TABLE billing.ledger_entry
    DROP CONSTRAINT ledger_entry_transaction_id_fkey,
    DROP CONSTRAINT ledger_entry_account_id_fkey;

CREATE TRIGGER account_stays BEFORE DELETE OR UPDATE OF account_id ON billing.account
    FOR EACH ROW EXECUTE FUNCTION billing.refuse_change();
CREATE TRIGGER account_no_truncate BEFORE TRUNCATE ON billing.account
    FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_change();

DROP TRIGGER ledger_entry_balanced ON billing.ledger_entry;
DROP TRIGGER ledger_transaction_balanced ON billing.ledger_transaction;
DROP FUNCTION billing.check_balanced();

-- Keeps the tenants' balances equal to the sums of their entries. Runs as the owner: the service itself cannot write balances.
CREATE OR REPLACE FUNCTION billing.post_entries() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    this xid8 := pg_current_xact_id();
    unbalanced bigint;
    foreign_one bigint;
BEGIN
    SELECT min(s.transaction_id) FILTER (WHERE s.total <> 0),
           min(s.transaction_id) FILTER (WHERE t.created_in IS DISTINCT FROM this)
      INTO unbalanced, foreign_one
      FROM (SELECT transaction_id, sum(amount_micros) AS total FROM fresh GROUP BY transaction_id) s
      LEFT JOIN billing.ledger_transaction t USING (transaction_id);
    IF foreign_one IS NOT NULL THEN
        RAISE EXCEPTION 'a committed ledger transaction takes no more entries, and neither does one that is not there: %', foreign_one
            USING ERRCODE = 'restrict_violation';
    END IF;
    -- Amounts are not zero: so there are two entries at least.
    IF unbalanced IS NOT NULL THEN
        RAISE EXCEPTION 'ledger transaction % does not sum to zero over at least two entries', unbalanced
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transaction_balanced';
    END IF;
    IF EXISTS (SELECT FROM (SELECT DISTINCT account_id FROM fresh) f
                WHERE NOT EXISTS (SELECT FROM billing.account a WHERE a.account_id = f.account_id)) THEN
        RAISE EXCEPTION 'a ledger entry of an account that is not there'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'ledger_entry_account';
    END IF;
    PERFORM FROM billing.account a
      WHERE a.account_id IN (SELECT account_id FROM fresh) AND a.tenant_id IS NOT NULL
      ORDER BY a.account_id FOR NO KEY UPDATE;
    UPDATE billing.account a
       SET balance_micros = a.balance_micros + s.amount,
           -- What was consumed already is owed, whatever the limit says: an overage or a correction always posts.
           credit_floor_micros = a.credit_floor_micros + s.owed
      FROM (SELECT e.account_id, sum(e.amount_micros)::bigint AS amount,
                   coalesce(-sum(e.amount_micros) FILTER (
                       WHERE t.kind IN ('overage', 'correction') AND e.amount_micros < 0), 0)::bigint AS owed
              FROM fresh e JOIN billing.ledger_transaction t USING (transaction_id)
             GROUP BY e.account_id) s
     WHERE a.account_id = s.account_id AND a.tenant_id IS NOT NULL;
    RETURN NULL;
END $$;

-- A statement's triggers run after all of it: entries that come with their transactions are there.
CREATE FUNCTION billing.check_entries() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    empty_one bigint;
BEGIN
    SELECT f.transaction_id INTO empty_one FROM fresh f
     WHERE NOT EXISTS (SELECT FROM billing.ledger_entry e WHERE e.transaction_id = f.transaction_id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'ledger transaction % does not sum to zero over at least two entries', empty_one
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transaction_balanced';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_transaction_entries AFTER INSERT ON billing.ledger_transaction
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION billing.check_entries();

-- As before, at the commit: nothing is posted an hour after its transaction began.
CREATE FUNCTION billing.check_began() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF now() < clock_timestamp() - interval '1 hour' THEN
        PERFORM billing.check_age(now());
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER ledger_transaction_age AFTER INSERT ON billing.ledger_transaction
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing.check_began();
