package io.apihub.billing.database;

import io.apihub.model.money.Credits;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;

/** The operator's schema as far as billing reads it, and rows in it. */
public final class RegistryFixture {

    private final JdbcTemplate jdbc;

    RegistryFixture(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    static void create(JdbcTemplate admin) {
        admin.execute(
                """
                CREATE SCHEMA registry;
                CREATE TABLE registry.tenant (
                    cluster text NOT NULL, uid uuid NOT NULL, name text NOT NULL,
                    namespace text NOT NULL, tenant_id uuid NOT NULL, suspended boolean NOT NULL,
                    billing_mode text NOT NULL
                        CHECK (billing_mode IN ('Prepaid', 'Postpaid', 'Unmetered')),
                    credit_limit_micros bigint NOT NULL, price_factor_millionths bigint NOT NULL,
                    deleted_at timestamptz, revision bigint NOT NULL, generation bigint NOT NULL,
                    PRIMARY KEY (cluster, uid));
                CREATE TABLE registry.api_key (
                    cluster text NOT NULL, uid uuid NOT NULL, tenant_id uuid NOT NULL,
                    namespace text NOT NULL, name text NOT NULL, key_id text NOT NULL,
                    disabled boolean NOT NULL, expires_at timestamptz, deleted_at timestamptz,
                    revision bigint NOT NULL, generation bigint NOT NULL,
                    PRIMARY KEY (cluster, uid));
                CREATE TABLE registry.price_book (
                    cluster text NOT NULL, uid uuid NOT NULL, name text NOT NULL,
                    version bigint GENERATED ALWAYS AS IDENTITY UNIQUE, currency text NOT NULL,
                    effective_from timestamptz NOT NULL, accepted_at timestamptz NOT NULL,
                    in_force_from timestamptz NOT NULL, deleted_at timestamptz,
                    revision bigint NOT NULL, generation bigint NOT NULL,
                    PRIMARY KEY (cluster, uid));
                CREATE TABLE registry.price (
                    version bigint NOT NULL, ordinal int NOT NULL, model text NOT NULL,
                    input bigint NOT NULL, cached_input bigint NOT NULL,
                    cache_write bigint NOT NULL, cache_write_1h bigint NOT NULL,
                    output bigint NOT NULL, per_request bigint NOT NULL,
                    priced_per_request boolean NOT NULL, PRIMARY KEY (version, ordinal));
                CREATE TABLE registry.model (
                    name text PRIMARY KEY, context_tokens bigint, max_output_tokens bigint,
                    protocols text[] NOT NULL, deleted_at timestamptz, revision bigint NOT NULL);
                GRANT USAGE ON SCHEMA registry TO apihub_billing;
                GRANT SELECT ON ALL TABLES IN SCHEMA registry TO apihub_billing;
                """);
    }

    /** A prepaid tenant. */
    public UUID tenant(String name) {
        return tenant(name, "Prepaid", Credits.ZERO);
    }

    public UUID tenant(String name, String mode, Credits creditLimit) {
        var id = UUID.randomUUID();
        jdbc.update(
                "INSERT INTO registry.tenant VALUES"
                        + " ('default', ?, ?, ?, ?, false, ?, ?, 1000000, NULL, 1, 1)",
                id,
                name,
                name,
                id,
                mode,
                creditLimit.micros());
        return id;
    }

    public void creditLimit(UUID tenant, Credits limit) {
        jdbc.update(
                "UPDATE registry.tenant SET credit_limit_micros = ? WHERE tenant_id = ?",
                limit.micros(),
                tenant);
    }

    public void deleteTenant(UUID tenant) {
        jdbc.update("UPDATE registry.tenant SET deleted_at = now() WHERE tenant_id = ?", tenant);
    }

    public UUID key(UUID tenant, String name, String keyId) {
        var uid = UUID.randomUUID();
        jdbc.update(
                "INSERT INTO registry.api_key VALUES"
                        + " ('default', ?, ?, 'ns', ?, ?, false, NULL, NULL, 1, 1)",
                uid,
                tenant,
                name,
                keyId);
        return uid;
    }

    /** A book with one price for all models, micro-units per million tokens; its version. */
    public long priceBook(long input, long output, String inForceFrom) {
        var uid = UUID.randomUUID();
        jdbc.update(
                "INSERT INTO registry.price_book (cluster, uid, name, currency, effective_from,"
                        + " accepted_at, in_force_from, revision, generation) VALUES"
                        + " ('default', ?, ?, 'CNY', ?::timestamptz, ?::timestamptz,"
                        + " ?::timestamptz, 1, 1)",
                uid,
                "book-" + uid,
                inForceFrom,
                inForceFrom,
                inForceFrom);
        var version =
                jdbc.queryForObject(
                        "SELECT version FROM registry.price_book WHERE uid = ?", Long.class, uid);
        if (version == null) {
            throw new IllegalStateException("no version");
        }
        jdbc.update(
                "INSERT INTO registry.price VALUES (?, 0, '*', ?, ?, ?, ?, ?, 0, false)",
                version,
                input,
                input / 2,
                input,
                input * 2,
                output);
        return version;
    }

    public void model(String name) {
        jdbc.update(
                "INSERT INTO registry.model VALUES (?, 128000, 16384,"
                        + " ARRAY['OpenAIChat', 'AnthropicMessages'], NULL, 1)",
                name);
    }
}
