-- Writer of every table in this file: billing (io.apihub.billing.announcement).

-- What administrators tell everybody. What was said and taken back is in the audit log.
CREATE TABLE billing.announcement (
    announcement_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    severity        text NOT NULL CHECK (severity IN ('INFO', 'WARNING', 'CRITICAL')),
    title           text NOT NULL CHECK (title <> ''),
    text            text NOT NULL CHECK (text <> ''),
    -- In Chinese; null: the English is shown.
    title_zh        text,
    text_zh         text,
    starts_at       timestamptz NOT NULL,
    -- Null: until it is removed.
    ends_at         timestamptz CHECK (ends_at > starts_at),
    author          text NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT announcement_in_chinese_is_whole CHECK ((title_zh IS NULL) = (text_zh IS NULL))
);
GRANT SELECT, INSERT, UPDATE, DELETE ON billing.announcement TO apihub_billing;
