-- Writer of every table in this file: billing (io.apihub.billing.mail).

-- Mail that is to be sent, and what became of it.
CREATE TABLE billing.mail (
    mail_id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    idempotency_key text NOT NULL UNIQUE CHECK (length(idempotency_key) BETWEEN 1 AND 200),
    recipient       text NOT NULL CHECK (length(recipient) BETWEEN 3 AND 254 AND recipient !~ '[[:cntrl:][:space:]]'),
    -- Sealed: there are links in it that open accounts. Gone as soon as it is of no use.
    content         bytea,
    state           text NOT NULL DEFAULT 'QUEUED' CHECK (state IN ('QUEUED', 'SENT', 'GIVEN_UP')),
    tries           int NOT NULL DEFAULT 0,
    -- Until then somebody sends it, or it has to wait.
    next_try_at     timestamptz NOT NULL DEFAULT now(),
    useful_until    timestamptz NOT NULL,
    last_error      text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    done_at         timestamptz,
    CHECK ((state = 'QUEUED') = (content IS NOT NULL)),
    CHECK ((state = 'QUEUED') = (done_at IS NULL))
);
CREATE INDEX mail_due ON billing.mail (next_try_at) WHERE state = 'QUEUED';
CREATE INDEX mail_recipient ON billing.mail (lower(recipient), created_at);
CREATE INDEX mail_done ON billing.mail (done_at) WHERE state <> 'QUEUED';

GRANT SELECT, DELETE ON billing.mail TO apihub_billing;
GRANT INSERT (idempotency_key, recipient, content, useful_until) ON billing.mail TO apihub_billing;
GRANT UPDATE (content, state, tries, next_try_at, last_error, done_at) ON billing.mail TO apihub_billing;
