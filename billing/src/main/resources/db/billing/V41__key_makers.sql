-- Writer of every table in this file: billing (io.apihub.billing.kube).

-- Who made a key through billing. Of keys that came by kubectl, Argo CD or Flux nobody knows.
CREATE TABLE billing.key_maker (
    key_uid uuid PRIMARY KEY,
    -- As audit log and ledger name the actor.
    maker   text NOT NULL CHECK (maker <> ''),
    made_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT ON billing.key_maker TO apihub_billing;
