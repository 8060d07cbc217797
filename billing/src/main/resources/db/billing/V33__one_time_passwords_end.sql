-- Writer of every table in this file: billing (io.apihub.billing.user).

-- When a password that somebody else chose opens nothing any more; null for those that users chose.
ALTER TABLE billing.app_user ADD COLUMN password_ends_at timestamptz;
UPDATE billing.app_user SET password_ends_at = now() + interval '24 hours' WHERE password_must_change;
ALTER TABLE billing.app_user ADD CHECK (password_must_change = (password_ends_at IS NOT NULL));
