-- Writer of every table in this file: billing (io.apihub.billing.ledger).

-- Balances at borders between months, so that a statement reads a month and not a history. Only of borders that nothing can be posted
-- before any more; written once.
CREATE TABLE billing.balance_mark (
    account_id     bigint NOT NULL REFERENCES billing.account,
    at             timestamptz NOT NULL,
    -- Sum of the account's entries of transactions created before `at`.
    balance_micros bigint NOT NULL,
    -- The newest of those transactions, and one that none created later is older than. An account's transactions are numbered in the
    -- order of their commits, since its lock is taken first; the times of their beginning may be in another order.
    last_before    bigint NOT NULL,
    first_after    bigint NOT NULL,
    PRIMARY KEY (account_id, at)
);

CREATE TRIGGER balance_mark_append_only BEFORE UPDATE OR DELETE ON billing.balance_mark
    FOR EACH ROW EXECUTE FUNCTION billing.refuse_change();

GRANT SELECT, INSERT ON billing.balance_mark TO apihub_billing;

-- A transaction counts into the month that it began in. That none of a month comes an hour after its end is held here.
CREATE FUNCTION billing.check_age(began timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF began < clock_timestamp() - interval '1 hour' THEN
        RAISE EXCEPTION 'what began at % posts nothing any more', began USING ERRCODE = 'restrict_violation';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION billing.check_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) < 2 OR sum(amount_micros) <> 0
          FROM billing.ledger_entry WHERE transaction_id = NEW.transaction_id) THEN
        RAISE EXCEPTION 'ledger transaction % does not sum to zero over at least two entries', NEW.transaction_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transaction_balanced';
    END IF;
    IF TG_TABLE_NAME = 'ledger_transaction' THEN
        PERFORM billing.check_age(now());
    END IF;
    RETURN NULL;
END $$;

-- Marks an account's balance at an instant that is an hour past. Safe to repeat, by several at once.
CREATE FUNCTION billing.mark_balance(account bigint, mark_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    low billing.balance_mark;
BEGIN
    IF mark_at > now() - interval '1 hour' THEN
        RETURN;
    END IF;
    SELECT * INTO low FROM billing.balance_mark m WHERE m.account_id = account AND m.at <= mark_at ORDER BY m.at DESC LIMIT 1;
    INSERT INTO billing.balance_mark (account_id, at, balance_micros, last_before, first_after)
    SELECT account, mark_at,
           coalesce(low.balance_micros, 0) + coalesce(sum(e.amount_micros) FILTER (WHERE t.created_at < mark_at), 0),
           coalesce(max(t.transaction_id) FILTER (WHERE t.created_at < mark_at), low.last_before, 0),
           coalesce(min(t.transaction_id) FILTER (WHERE t.created_at >= mark_at), max(t.transaction_id) + 1, low.first_after, 0)
      FROM billing.ledger_entry e JOIN billing.ledger_transaction t USING (transaction_id)
     WHERE e.account_id = account AND e.transaction_id >= coalesce(low.first_after, 0)
       AND t.created_at >= coalesce(low.at, '-infinity')
    ON CONFLICT DO NOTHING;
END $$;

-- What moved on an account in a span, by kind, between a row 'opening' and a row 'closing' (in `credited_micros`). Opening comes from
-- the past, closing from the present back; if what is between does not make one of the other, there is no answer.
CREATE FUNCTION billing.statement_sums(account bigint, from_at timestamptz, to_at timestamptz)
    RETURNS TABLE (kind text, transactions bigint, credited_micros bigint, debited_micros bigint,
                   first_transaction bigint, last_transaction bigint)
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    low billing.balance_mark;
    high billing.balance_mark;
    opening numeric;
    closing numeric;
    moved numeric := 0;
    part record;
BEGIN
    SELECT * INTO low FROM billing.balance_mark m WHERE m.account_id = account AND m.at <= from_at ORDER BY m.at DESC LIMIT 1;
    SELECT * INTO high FROM billing.balance_mark m WHERE m.account_id = account AND m.at >= to_at ORDER BY m.at LIMIT 1;
    opening := coalesce(low.balance_micros, 0);
    closing := coalesce(high.balance_micros, (SELECT a.balance_micros FROM billing.account a WHERE a.account_id = account), 0);
    FOR part IN
        SELECT t.kind,
               coalesce(sum(e.amount_micros) FILTER (WHERE t.created_at < from_at), 0) AS before,
               coalesce(sum(e.amount_micros) FILTER (WHERE t.created_at >= to_at), 0) AS after,
               count(*) FILTER (WHERE t.created_at >= from_at AND t.created_at < to_at) AS n,
               coalesce(sum(e.amount_micros) FILTER (WHERE t.created_at >= from_at AND t.created_at < to_at
                                                       AND e.amount_micros > 0), 0) AS credited,
               coalesce(sum(e.amount_micros) FILTER (WHERE t.created_at >= from_at AND t.created_at < to_at
                                                       AND e.amount_micros < 0), 0) AS debited,
               min(t.transaction_id) FILTER (WHERE t.created_at >= from_at AND t.created_at < to_at) AS first,
               max(t.transaction_id) FILTER (WHERE t.created_at >= from_at AND t.created_at < to_at) AS last
          FROM billing.ledger_entry e JOIN billing.ledger_transaction t USING (transaction_id)
         WHERE e.account_id = account
           AND e.transaction_id BETWEEN coalesce(low.first_after, 0) AND coalesce(high.last_before, 9223372036854775807)
           AND t.created_at >= coalesce(low.at, '-infinity') AND t.created_at < coalesce(high.at, 'infinity')
         GROUP BY t.kind ORDER BY t.kind
    LOOP
        opening := opening + part.before;
        closing := closing - part.after;
        moved := moved + part.credited + part.debited;
        IF part.n > 0 THEN
            kind := part.kind;
            transactions := part.n;
            credited_micros := part.credited;
            debited_micros := part.debited;
            first_transaction := part.first;
            last_transaction := part.last;
            RETURN NEXT;
        END IF;
    END LOOP;
    IF opening + moved <> closing THEN
        RAISE EXCEPTION 'account % from % to %: % and % do not make %', account, from_at, to_at, opening, moved, closing
            USING ERRCODE = 'data_corrupted';
    END IF;
    transactions := 0;
    debited_micros := 0;
    first_transaction := NULL;
    last_transaction := NULL;
    kind := 'opening';
    credited_micros := opening;
    RETURN NEXT;
    kind := 'closing';
    credited_micros := closing;
    RETURN NEXT;
END $$;
