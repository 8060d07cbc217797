package io.apihub.billing.redemption;

import io.apihub.model.money.Credits;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The tables of batches, their codes and the uses of those. */
@Component
class CodeBatches {

    private static final String SELECT =
            "SELECT b.*, (SELECT count(*) FROM billing.code_use u WHERE u.batch_id = b.batch_id) AS"
                    + " used FROM billing.code_batch b";

    private final JdbcTemplate jdbc;

    CodeBatches(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** One use of a code. */
    record Use(
            long id,
            int codeNumber,
            int number,
            UUID user,
            UUID tenant,
            long transactionId,
            Instant redeemedAt) {}

    /** A code that was found, not locked. */
    record Found(long codeId, UUID batch, int number) {}

    void insert(UUID id, CodeBatch.Terms terms, String createdBy, List<RedemptionCode> codes) {
        jdbc.update(
                "INSERT INTO billing.code_batch (batch_id, note, value_micros, codes,"
                        + " uses_per_code, uses_per_user, expires_at, created_by)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                id,
                terms.note(),
                terms.value().micros(),
                terms.codes(),
                terms.usesPerCode(),
                terms.usesPerUser(),
                terms.expiresAt() == null ? null : Timestamp.from(terms.expiresAt()),
                createdBy);
        jdbc.update(
                "INSERT INTO billing.code (batch_id, number, code_sha256)"
                        + " SELECT ?, number, decode(digest, 'hex')"
                        + " FROM unnest(?::int[], ?::text[]) AS t (number, digest)",
                id,
                IntStream.rangeClosed(1, codes.size()).boxed().toArray(Integer[]::new),
                codes.stream()
                        .map(code -> HexFormat.of().formatHex(code.sha256()))
                        .toArray(String[]::new));
    }

    Optional<CodeBatch> find(UUID id) {
        return jdbc.query(SELECT + " WHERE batch_id = ?", CodeBatches::batch, id).stream()
                .findFirst();
    }

    /** Newest first. */
    List<CodeBatch> before(@Nullable UUID batch, int limit) {
        return jdbc.query(
                SELECT
                        + " WHERE ?::uuid IS NULL OR (created_at, batch_id) < (SELECT created_at,"
                        + " batch_id FROM billing.code_batch WHERE batch_id = ?)"
                        + " ORDER BY created_at DESC, batch_id DESC LIMIT ?",
                CodeBatches::batch,
                batch,
                batch,
                limit);
    }

    /** Newest first. */
    List<Use> usesBefore(UUID batch, long use, int limit) {
        return jdbc.query(
                "SELECT u.*, c.number AS code_number FROM billing.code_use u"
                        + " JOIN billing.code c USING (code_id)"
                        + " WHERE u.batch_id = ? AND use_id < ? ORDER BY use_id DESC LIMIT ?",
                (row, number) ->
                        new Use(
                                row.getLong("use_id"),
                                row.getInt("code_number"),
                                row.getInt("number"),
                                row.getObject("user_id", UUID.class),
                                row.getObject("tenant_id", UUID.class),
                                row.getLong("transaction_id"),
                                row.getTimestamp("redeemed_at").toInstant()),
                batch,
                use,
                limit);
    }

    Optional<Found> find(RedemptionCode code) {
        return jdbc
                .query(
                        "SELECT code_id, batch_id, number FROM billing.code"
                                + " WHERE code_sha256 = ?",
                        (row, number) ->
                                new Found(
                                        row.getLong("code_id"),
                                        row.getObject("batch_id", UUID.class),
                                        row.getInt("number")),
                        code.sha256())
                .stream()
                .findFirst();
    }

    /** Locks a batch against everybody who redeems or revokes, until the transaction ends. */
    boolean lock(UUID batch) {
        return !jdbc.queryForList(
                        "SELECT 1 FROM billing.code_batch WHERE batch_id = ? FOR NO KEY UPDATE",
                        Integer.class,
                        batch)
                .isEmpty();
    }

    /** Whether a locked batch has neither expired nor been revoked; by the database's clock. */
    boolean isLive(UUID batch) {
        return !jdbc.queryForList(
                        "SELECT 1 FROM billing.code_batch WHERE batch_id = ? AND revoked_at IS NULL"
                                + " AND (expires_at IS NULL OR expires_at > clock_timestamp())",
                        Integer.class,
                        batch)
                .isEmpty();
    }

    int usesOfCode(long codeId) {
        return count("SELECT count(*) FROM billing.code_use WHERE code_id = ?", codeId);
    }

    int usesOfUser(UUID batch, UUID user) {
        return count(
                "SELECT count(*) FROM billing.code_use WHERE batch_id = ? AND user_id = ?",
                batch,
                user);
    }

    private int count(String sql, Object... parameters) {
        var count = jdbc.queryForObject(sql, Integer.class, parameters);
        return count == null ? 0 : count;
    }

    void insertUse(Found code, int number, UUID user, int userNumber, UUID tenant, long posted) {
        jdbc.update(
                "INSERT INTO billing.code_use (code_id, number, batch_id, user_id, user_number,"
                        + " tenant_id, transaction_id) VALUES (?, ?, ?, ?, ?, ?, ?)",
                code.codeId(),
                number,
                code.batch(),
                user,
                userNumber,
                tenant,
                posted);
    }

    /** Revokes a locked batch. */
    void revoke(UUID batch, String by) {
        jdbc.update(
                "UPDATE billing.code_batch SET revoked_at = clock_timestamp(), revoked_by = ?"
                        + " WHERE batch_id = ? AND revoked_at IS NULL",
                by,
                batch);
    }

    private static CodeBatch batch(ResultSet row, int number) throws SQLException {
        return new CodeBatch(
                row.getObject("batch_id", UUID.class),
                new CodeBatch.Terms(
                        row.getString("note"),
                        new Credits(row.getLong("value_micros")),
                        row.getInt("codes"),
                        row.getInt("uses_per_code"),
                        row.getInt("uses_per_user"),
                        instant(row, "expires_at")),
                row.getString("created_by"),
                row.getTimestamp("created_at").toInstant(),
                instant(row, "revoked_at"),
                row.getString("revoked_by"),
                row.getLong("used"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var time = row.getTimestamp(column);
        return time == null ? null : time.toInstant();
    }
}
