package io.apihub.billing.rest;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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

    /** What the header is good for, where it may be left out. */
    public static final String OPTIONAL =
            "Of your choice, 1 to 200 characters: a repeat with the same key gets the first answer"
                    + " again, without secrets, and makes nothing";

    private static final String REPLAYED = "Idempotency-Replayed";
    private static final int MAX_KEY = 200;

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

    /**
     * Status and body to answer with.
     *
     * @param again the body for repeats, which is kept: a secret may not be in it
     */
    public record Answer(int status, Object body, Object again) {

        public Answer(int status, Object body) {
            this(status, body, body);
        }
    }

    private record Stored(String digest, int status, String body) {}

    /**
     * Runs {@code work} in a transaction, unless there is a key and it was used before.
     *
     * @param key the header; null: each request is one of its own
     * @param request what the key stands for, without secrets that somebody may guess: a digest of
     *     it is kept
     */
    public ResponseEntity<String> once(
            String actor,
            @Nullable String key,
            List<@Nullable Object> request,
            Supplier<Answer> work) {
        return key == null
                ? Objects.requireNonNull(transactions.execute(status -> fresh(work.get())))
                : once(new Key(actor, key), json.writeValueAsString(request), work);
    }

    /**
     * Runs {@code work} in a transaction, unless the key was used before.
     *
     * @param request what the key stands for; the same key with another request is refused
     */
    public ResponseEntity<String> once(Key key, String request, Supplier<Answer> work) {
        if (key.key().isBlank() || key.key().length() > MAX_KEY) {
            throw new Refused(
                    Problem.invalid(
                            "Idempotency-Key", "Must have 1 to " + MAX_KEY + " characters."));
        }
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
                                "SELECT encode(request_digest, 'hex'), status, body FROM"
                                        + " billing.idempotent_answer WHERE actor = ? AND"
                                        + " idempotency_key = ?",
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
        jdbc.update(
                "INSERT INTO billing.idempotent_answer"
                        + " (actor, idempotency_key, request_digest, status, body)"
                        + " VALUES (?, ?, decode(?, 'hex'), ?, ?)",
                key.actor(),
                key.key(),
                digest,
                answer.status(),
                json.writeValueAsString(answer.again()));
        return fresh(answer);
    }

    private ResponseEntity<String> fresh(Answer answer) {
        return response(answer.status(), json.writeValueAsString(answer.body()), false);
    }

    private static ResponseEntity<String> response(int status, String body, boolean again) {
        var response = ResponseEntity.status(status).contentType(MediaType.APPLICATION_JSON);
        if (again) {
            response.header(REPLAYED, "true");
        }
        return response.body(body);
    }

    /** Whether nothing was done for an answer: it is the one of an earlier request. */
    public static boolean isReplayed(ResponseEntity<String> answer) {
        return answer.getHeaders().getFirst(REPLAYED) != null;
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
