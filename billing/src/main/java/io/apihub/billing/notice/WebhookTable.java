package io.apihub.billing.notice;

import io.apihub.billing.database.Looks;
import io.apihub.billing.sealing.Sealer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The table of webhooks. */
@Component
class WebhookTable {

    /** Longer than five deliveries take; who has not finished by then was left behind. */
    private static final Duration LEASE = Duration.ofMinutes(3);

    private static final String DUE =
            " FROM billing.webhook w WHERE w.disabled_at IS NULL AND w.busy_until <= now()"
                    + " AND EXISTS (SELECT FROM billing.webhook_delivery d"
                    + " WHERE d.webhook_id = w.webhook_id AND d.state = 'PENDING'"
                    + " AND d.next_try_at <= now())";

    private static final String CLAIM =
            "UPDATE billing.webhook SET busy_until = now() + make_interval(secs => ?)"
                    + " WHERE webhook_id = (SELECT w.webhook_id"
                    + DUE
                    + " ORDER BY w.busy_until LIMIT 1 FOR UPDATE SKIP LOCKED)"
                    + " RETURNING webhook_id, tenant_id, url, secret, CASE WHEN old_secret_until >"
                    + " now() THEN old_secret END AS old_secret, busy_until";

    private final JdbcTemplate jdbc;
    private final Sealer sealer;
    private final BooleanSupplier due;

    WebhookTable(JdbcTemplate jdbc, Sealer sealer, Looks looks) {
        this.jdbc = jdbc;
        this.due = looks.at("SELECT" + DUE);
        this.sealer = sealer;
    }

    /**
     * A webhook that nobody else sends to meanwhile.
     *
     * @param secrets the newest first; empty: sealed with a key that we do not have
     */
    record Claimed(
            UUID id, UUID tenant, URI url, List<WebhookSecret> secrets, OffsetDateTime until) {

        Claimed {
            secrets = List.copyOf(secrets);
        }
    }

    /** Whether something was due for one that nobody serves, half a second ago or since. */
    boolean mayBeDue() {
        return due.getAsBoolean();
    }

    void insert(UUID id, UUID tenant, URI url, String description, NewSecret secret) {
        jdbc.update(
                "INSERT INTO billing.webhook (webhook_id, tenant_id, url, description, secret,"
                        + " created_by) VALUES (?, ?, ?, ?, ?, ?)",
                id,
                tenant,
                url.toString(),
                description,
                sealed(id, secret.secret()),
                secret.by());
    }

    /** Gives it another secret; the one of now holds for a time too. */
    void replaceSecret(UUID id, WebhookSecret secret, Duration overlap) {
        jdbc.update(
                "UPDATE billing.webhook SET old_secret = secret, old_secret_until = now()"
                        + " + make_interval(secs => ?), secret = ? WHERE webhook_id = ?",
                overlap.toSeconds(),
                sealed(id, secret),
                id);
    }

    /** A secret, and who asked for it. */
    record NewSecret(WebhookSecret secret, String by) {}

    private byte[] sealed(UUID id, WebhookSecret secret) {
        return sealer.seal(purpose(id), secret.reveal().getBytes(StandardCharsets.UTF_8));
    }

    private static String purpose(UUID id) {
        return "webhook/" + id;
    }

    List<Webhook> of(UUID tenant) {
        return jdbc.query(
                "SELECT * FROM billing.webhook WHERE tenant_id = ? ORDER BY seq DESC",
                WebhookTable::webhook,
                tenant);
    }

    Optional<Webhook> find(UUID tenant, UUID id) {
        return find(tenant, id, "");
    }

    /** Nobody else changes it until the transaction ends. */
    Optional<Webhook> lock(UUID tenant, UUID id) {
        return find(tenant, id, " FOR UPDATE");
    }

    private Optional<Webhook> find(UUID tenant, UUID id, String lock) {
        return jdbc
                .query(
                        "SELECT * FROM billing.webhook WHERE webhook_id = ? AND tenant_id = ?"
                                + lock,
                        WebhookTable::webhook,
                        id,
                        tenant)
                .stream()
                .findFirst();
    }

    /** Two that make the last one at once wait for each other. */
    int countLocked(UUID tenant) {
        jdbc.query(
                "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))",
                row -> {},
                "webhooks\n" + tenant);
        return of(tenant).size();
    }

    void change(UUID id, URI url, String description) {
        jdbc.update(
                "UPDATE billing.webhook SET url = ?, description = ? WHERE webhook_id = ?",
                url.toString(),
                description,
                id);
    }

    /** Stops it. False: it was stopped before, or is gone. */
    boolean disable(UUID id, String reason) {
        return jdbc.update(
                        "UPDATE billing.webhook SET disabled_at = now(), disabled_reason = ?"
                                + " WHERE webhook_id = ? AND disabled_at IS NULL",
                        reason,
                        id)
                > 0;
    }

    void enable(UUID id) {
        jdbc.update(
                "UPDATE billing.webhook SET disabled_at = NULL, disabled_reason = NULL"
                        + " WHERE webhook_id = ?",
                id);
    }

    void delete(UUID id) {
        jdbc.update("DELETE FROM billing.webhook WHERE webhook_id = ?", id);
    }

    void succeeded(UUID id) {
        jdbc.update("UPDATE billing.webhook SET last_success_at = now() WHERE webhook_id = ?", id);
    }

    /** Takes a webhook that something is due for. */
    Optional<Claimed> claim() {
        return jdbc.query(CLAIM, (row, number) -> claimed(row), LEASE.toSeconds()).stream()
                .findFirst();
    }

    private Claimed claimed(ResultSet row) throws SQLException {
        var id = row.getObject("webhook_id", UUID.class);
        var secrets = new ArrayList<WebhookSecret>();
        for (var column : List.of("secret", "old_secret")) {
            var sealed = row.getBytes(column);
            if (sealed != null) {
                sealer.open(purpose(id), sealed)
                        .map(bytes -> new WebhookSecret(new String(bytes, StandardCharsets.UTF_8)))
                        .ifPresent(secrets::add);
            }
        }
        return new Claimed(
                id,
                row.getObject("tenant_id", UUID.class),
                URI.create(row.getString("url")),
                secrets,
                row.getObject("busy_until", OffsetDateTime.class));
    }

    void release(Claimed claimed) {
        jdbc.update(
                "UPDATE billing.webhook SET busy_until = now()"
                        + " WHERE webhook_id = ? AND busy_until = ?",
                claimed.id(),
                claimed.until());
    }

    private static Webhook webhook(ResultSet row, int number) throws SQLException {
        return new Webhook(
                row.getObject("webhook_id", UUID.class),
                row.getLong("seq"),
                row.getObject("tenant_id", UUID.class),
                row.getString("url"),
                row.getString("description"),
                row.getString("created_by"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                instant(row, "disabled_at"),
                row.getString("disabled_reason"),
                instant(row, "last_success_at"),
                instant(row, "old_secret_until"));
    }

    static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
