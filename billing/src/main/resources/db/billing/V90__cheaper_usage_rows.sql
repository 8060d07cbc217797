-- Writer of every table in this file: billing (io.apihub.billing.usage).

-- What each request pays for and hardly anybody asks: the newest records of all tenants are found by the sums of minutes and the key.
DROP INDEX billing.usage_newest;

-- The same conditions as before, without a text made of each id. The rows that are there were held to them when they were written, so
-- that they need not be read again.
ALTER TABLE billing.usage
    DROP CONSTRAINT usage_hold_is_uuid7,
    DROP CONSTRAINT usage_day_of_hold,
    ADD CONSTRAINT usage_hold_is_uuid7 CHECK (uuid_extract_version(hold_id) IS NOT DISTINCT FROM 7) NOT VALID,
    ADD CONSTRAINT usage_day_of_hold
        CHECK (day IS NOT DISTINCT FROM (uuid_extract_timestamp(hold_id) AT TIME ZONE 'UTC')::date) NOT VALID;
