-- Writer of every table in this file: billing (io.apihub.billing).

-- Since when a lease is closed. Nothing but a correction can touch it then, and those come within days.
ALTER TABLE billing.lease ADD COLUMN closed_at timestamptz;
UPDATE billing.lease SET closed_at = now() WHERE state = 'CLOSED';

CREATE FUNCTION billing.note_closing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.closed_at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE TRIGGER lease_closes BEFORE UPDATE ON billing.lease
    FOR EACH ROW WHEN (NEW.state = 'CLOSED' AND OLD.state <> 'CLOSED') EXECUTE FUNCTION billing.note_closing();

CREATE INDEX lease_closed ON billing.lease (closed_at) WHERE state = 'CLOSED';
-- For the foreign key when a budget goes.
CREATE INDEX lease_budget ON billing.lease (budget_id) WHERE budget_id IS NOT NULL;
CREATE INDEX budget_ended ON billing.budget (window_end_millis);

-- What the operator reads when it looks for news.
CREATE INDEX limit_state_changed ON billing.limit_state (changed_at);

-- Forgets what can't matter any more, at most so many rows of each kind: leases closed 30 days ago, budgets whose window ended
-- 90 days ago, and incarnations that closed 30 days ago, but for those that were given up. How many rows went.
-- Runs as the owner: the service itself can delete none of them.
CREATE FUNCTION billing.forget(most int) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone bigint;
    total bigint := 0;
BEGIN
    DELETE FROM billing.lease WHERE lease_id IN (
        SELECT lease_id FROM billing.lease WHERE state = 'CLOSED' AND closed_at < clock_timestamp() - interval '30 days'
         ORDER BY closed_at LIMIT most FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS gone = ROW_COUNT;
    total := total + gone;
    DELETE FROM billing.budget WHERE budget_id IN (
        SELECT budget_id FROM billing.budget b
         WHERE window_end_millis < extract(epoch FROM clock_timestamp() - interval '90 days') * 1000
           AND NOT EXISTS (SELECT FROM billing.lease l WHERE l.budget_id = b.budget_id)
         ORDER BY window_end_millis LIMIT most FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS gone = ROW_COUNT;
    total := total + gone;
    DELETE FROM billing.incarnation WHERE incarnation IN (
        SELECT incarnation FROM billing.incarnation i
         WHERE state = 'CLOSED' AND last_seen < clock_timestamp() - interval '30 days'
           AND NOT EXISTS (SELECT FROM billing.lease l WHERE l.incarnation = i.incarnation)
           AND NOT EXISTS (SELECT FROM billing.unattributed u WHERE u.incarnation = i.incarnation)
         ORDER BY incarnation LIMIT most FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN total + gone;
END $$;

REVOKE EXECUTE ON FUNCTION billing.forget(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION billing.forget(int) TO apihub_billing;
