package io.apihub.billing.rest;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import java.util.function.Supplier;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * Does a thing once for each Idempotency-Key and keeps the answer, in the transaction that did it;
 * never forgets.
 */
@Component
public class IdempotentAnswers {

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final JsonMapper json;

    IdempotentAnswers(JdbcTemplate jdbc, TransactionTemplate transactions, JsonMapper json) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.json = json;
    }

    /** Whose key it is: two administrators may use the same one. */
    public record Key(String actor, String key) {}

    /** Status and body to answer with. */
    public record Answer(int status, Object body) {}

    private record Stored(String digest, int status, String body) {}

    /**
     * Runs {@code work} in a transaction, unless the key was used before.
     *
     * @param request what the key stands for; the same key with another request is refused
     */
    public ResponseEntity<String> once(Key key, String request, Supplier<Answer> work) {
        return Objects.requireNonNull(
                transactions.execute(status -> {
                    // Two at once: the second waits here and finds the first one's answer.
                    jdbc.query(
                            "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))",
                            row -> {},
                            key.actor() + "\n" + key.key());
                    return answer(key, sha256(request), work);
                }));
    }

    private ResponseEntity<String> answer(Key key, String digest, Supplier<Answer> work) {
        var before =
                jdbc
                        .query(
                                "SELECT encode(request_digest, 'hex'), status, body FROM billing.idempotent_answer"
                                        + " WHERE actor = ? AND idempotency_key = ?",
                                (row, number) ->
                                        new Stored(
                                                row.getString(1), row.getInt(2), row.getString(3)),
                                key.actor(),
                                key.key())
                        .stream()
                        .findFirst();
        if (before.isPresent()) {
            if (!before.get().digest().equals(digest)) {
                throw new Refused(Problem.idempotencyKeyReused());
            }
            return response(before.get().status(), before.get().body(), true);
        }
        var answer = work.get();
        var body = json.writeValueAsString(answer.body());
        jdbc.update(
                "INSERT INTO billing.idempotent_answer"
                        + " (actor, idempotency_key, request_digest, status, body)"
                        + " VALUES (?, ?, decode(?, 'hex'), ?, ?)",
                key.actor(),
                key.key(),
                digest,
                answer.status(),
                body);
        return response(answer.status(), body, false);
    }

    private static ResponseEntity<String> response(int status, String body, boolean again) {
        var response = ResponseEntity.status(status).contentType(MediaType.APPLICATION_JSON);
        if (again) {
            response.header("Idempotency-Replayed", "true");
        }
        return response.body(body);
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
