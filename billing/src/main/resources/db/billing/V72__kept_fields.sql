-- Writer of every table in this file: billing (io.apihub.billing.plan).

-- Somebody else keeps the Tenant's fields that the plan would change: its owners may see who.
ALTER TABLE billing.plan_application ADD COLUMN kept boolean NOT NULL DEFAULT false;
GRANT UPDATE (kept) ON billing.plan_application TO apihub_billing;
