package io.apihub.billing.database;

import com.google.protobuf.ByteString;
import io.apihub.model.money.Credits;
import io.apihub.policy.v1.Quota;
import io.apihub.policy.v1.Tenant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.jdbc.core.JdbcTemplate;

/** The operator's schema as far as billing reads it, and rows in it. */
public final class RegistryFixture {

    private static final String ROW =
            "cluster, generation, revision, term, changed_at, fingerprint, policy";
    private static final String ROW_VALUES = "'default', 1, 1, 1, now(), ''::bytea, ''::bytea";

    private static final AtomicLong REVISION = new AtomicLong(1);

    private final JdbcTemplate jdbc;

    RegistryFixture(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** Makes the schema with the operator's own migrations, so that a change there shows here. */
    static void create(JdbcTemplate admin) {
        admin.execute("CREATE SCHEMA registry");
        for (var migration : migrations()) {
            admin.execute("SET search_path = registry; " + migration + "; RESET search_path");
        }
    }

    private static List<String> migrations() {
        var inCheckout = Path.of("operator", "src", "main", "resources", "db", "registry");
        var folder = Files.isDirectory(inCheckout) ? inCheckout : Path.of("..").resolve(inCheckout);
        try (var files = Files.list(folder)) {
            var texts = new ArrayList<String>();
            for (var file : files.sorted().toList()) {
                texts.add(Files.readString(file));
            }
            return texts;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A prepaid tenant. */
    public UUID tenant(String name) {
        return tenant(name, "Prepaid", Credits.ZERO);
    }

    public UUID tenant(String name, String mode, Credits creditLimit) {
        return tenant(name, UUID.randomUUID(), mode, creditLimit);
    }

    /** A prepaid tenant whose id is known before. */
    public UUID tenant(String name, UUID id) {
        return tenant(name, id, "Prepaid", Credits.ZERO);
    }

    private UUID tenant(String name, UUID id, String mode, Credits creditLimit) {
        jdbc.update(
                "INSERT INTO registry.tenant (uid, name, namespace, tenant_id, suspended,"
                        + " billing_mode, credit_limit_micros, price_factor_millionths, "
                        + ROW
                        + ") VALUES (?, ?, ?, ?, false, ?, ?, 1000000, "
                        + ROW_VALUES
                        + ")",
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
                "UPDATE registry.tenant SET credit_limit_micros = ?, revision = ?"
                        + " WHERE tenant_id = ?",
                limit.micros(),
                nextRevision(),
                tenant);
    }

    public void deleteTenant(UUID tenant) {
        jdbc.update("UPDATE registry.tenant SET deleted_at = now() WHERE tenant_id = ?", tenant);
    }

    public UUID key(UUID tenant, String name, String keyId) {
        var uid = UUID.randomUUID();
        jdbc.update(
                "INSERT INTO registry.api_key (uid, tenant_id, namespace, name, key_id, disabled, "
                        + ROW
                        + ") VALUES (?, ?, 'ns', ?, ?, false, "
                        + ROW_VALUES
                        + ")",
                uid,
                tenant,
                name,
                keyId);
        return uid;
    }

    /** A book with one price for all models, micro-units per million tokens; its version. */
    public long priceBook(long input, long output, String inForceFrom) {
        var uid = UUID.randomUUID();
        var version =
                jdbc.queryForObject(
                        "INSERT INTO registry.price_book (uid, name, version, currency,"
                                + " effective_from, accepted_at, in_force_from, "
                                + ROW
                                + ") VALUES (?, ?, nextval('registry.price_book_version'), 'CNY',"
                                + " ?::timestamptz - make_interval(secs => random()),"
                                + " ?::timestamptz, ?::timestamptz, "
                                + ROW_VALUES
                                + ") RETURNING version",
                        Long.class,
                        uid,
                        "book-" + uid,
                        inForceFrom,
                        inForceFrom,
                        inForceFrom);
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

    /** A quota in the namespace of its tenant, or a new revision of it. */
    public void quota(Quota quota) {
        jdbc.update(
                "INSERT INTO registry.quota (uid, namespace, name, tenant_id, cluster, generation,"
                        + " revision, term, changed_at, fingerprint, policy) VALUES (?, ?, ?, ?,"
                        + " 'default', 1, ?, 1, now(), ''::bytea, ?)"
                        + " ON CONFLICT (cluster, namespace, name) WHERE deleted_at IS NULL"
                        + " DO UPDATE SET revision = excluded.revision, policy = excluded.policy",
                UUID.randomUUID(),
                quota.getNamespace(),
                quota.getName(),
                uuid(quota.getTenantId()),
                nextRevision(),
                quota.toByteArray());
    }

    public void deleteQuota(String namespace, String name) {
        jdbc.update(
                "UPDATE registry.quota SET deleted_at = now(), revision = ?"
                        + " WHERE namespace = ? AND name = ?",
                nextRevision(),
                namespace,
                name);
    }

    /** A tenant's own limits. */
    public void tenantLimits(UUID tenant, Tenant policy) {
        jdbc.update(
                "UPDATE registry.tenant SET policy = ?, revision = ? WHERE tenant_id = ?",
                policy.toByteArray(),
                nextRevision(),
                tenant);
    }

    private long nextRevision() {
        long revision = REVISION.incrementAndGet();
        jdbc.update(
                "INSERT INTO registry.head (cluster, epoch, term, revision) VALUES ('default', 'e',"
                        + " 1, ?) ON CONFLICT (cluster) DO UPDATE SET revision ="
                        + " greatest(head.revision, excluded.revision)",
                revision);
        return revision;
    }

    private static UUID uuid(ByteString id) {
        var buffer = id.asReadOnlyByteBuffer();
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    public void model(String name) {
        jdbc.update(
                "INSERT INTO registry.model (uid, name, upstream_name, context_tokens,"
                        + " max_output_tokens, protocols, "
                        + ROW
                        + ") VALUES (?, ?, ?, 128000, 16384,"
                        + " ARRAY['OpenAIChat', 'AnthropicMessages'], "
                        + ROW_VALUES
                        + ")",
                UUID.randomUUID(),
                name,
                name);
    }
}
