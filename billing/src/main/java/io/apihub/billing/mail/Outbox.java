package io.apihub.billing.mail;

import io.apihub.billing.sealing.Sealer;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * The table of messages. What they say is encrypted, since there are links in it that open
 * accounts, and forgotten once it is of no use.
 */
@Component
class Outbox {

    private static final int MOST_IN_AN_HOUR = 20;
    private static final int MOST_TRIES = 12;

    /** Longer than sending one takes at most; what is not marked by then was left behind. */
    private static final Duration LEASE = Duration.ofMinutes(5);

    private static final String ADD =
            "INSERT INTO billing.mail (idempotency_key, recipient, content, useful_until)"
                    + " VALUES (?, ?, ?, now() + make_interval(secs => ?))"
                    + " ON CONFLICT (idempotency_key) DO NOTHING";

    private static final String CLAIM =
            "UPDATE billing.mail SET tries = tries + 1, next_try_at = now() + make_interval(secs =>"
                    + " ?) WHERE mail_id = (SELECT mail_id FROM billing.mail WHERE state = 'QUEUED'"
                    + " AND next_try_at <= now() ORDER BY next_try_at LIMIT 1 FOR UPDATE SKIP LOCKED)"
                    + " RETURNING mail_id, idempotency_key, recipient, content,"
                    + " tries, useful_until > now() AS useful";

    private final JdbcTemplate jdbc;
    private final Sealer sealer;

    Outbox(JdbcTemplate jdbc, Sealer sealer) {
        this.jdbc = jdbc;
        this.sealer = sealer;
    }

    /**
     * A message that is to be sent now.
     *
     * @param content subject, line break, text; empty if it can't be read any more
     * @param useful whether it is still worth sending
     * @param last no other try follows
     */
    record Due(
            long id,
            String key,
            String recipient,
            Optional<String> content,
            boolean useful,
            boolean last) {

        String subject() {
            var all = content.orElseThrow();
            return all.substring(0, all.indexOf('\n'));
        }

        String text() {
            var all = content.orElseThrow();
            return all.substring(all.indexOf('\n') + 1);
        }
    }

    Mails.Outcome add(Message message) {
        if (inTheLastHour(message.to().text()) >= MOST_IN_AN_HOUR) {
            return Mails.Outcome.WITHHELD;
        }
        var content = message.subject() + "\n" + message.text();
        int added =
                jdbc.update(
                        ADD,
                        message.key(),
                        message.to().text(),
                        sealer.seal(
                                purpose(message.key()), content.getBytes(StandardCharsets.UTF_8)),
                        message.usefulFor().toSeconds());
        return added == 0 ? Mails.Outcome.REPEATED : Mails.Outcome.QUEUED;
    }

    /** Two at the same instant may both count as the last: the bound guards a mailbox, no money. */
    private int inTheLastHour(String recipient) {
        var count =
                jdbc.queryForObject(
                        "SELECT count(*) FROM billing.mail WHERE lower(recipient) = lower(?)"
                                + " AND created_at > now() - interval '1 hour'",
                        Integer.class,
                        recipient);
        return count == null ? 0 : count;
    }

    /** Takes the one that has waited longest, so that nobody else sends it meanwhile. */
    Optional<Due> claim() {
        return jdbc.query(CLAIM, (row, number) -> due(row), LEASE.toSeconds()).stream().findFirst();
    }

    private Due due(ResultSet row) throws SQLException {
        var key = row.getString("idempotency_key");
        return new Due(
                row.getLong("mail_id"),
                key,
                row.getString("recipient"),
                sealer.open(purpose(key), row.getBytes("content"))
                        .map(bytes -> new String(bytes, StandardCharsets.UTF_8)),
                row.getBoolean("useful"),
                row.getInt("tries") >= MOST_TRIES);
    }

    void sent(long id) {
        jdbc.update(
                "UPDATE billing.mail SET state = 'SENT', content = NULL, last_error = NULL,"
                        + " done_at = now() WHERE mail_id = ? AND state = 'QUEUED'",
                id);
    }

    /** Puts the next try off: 15 s, 30 s, 1 min and so on, one hour at most. */
    void putOff(long id, String reason) {
        jdbc.update(
                "UPDATE billing.mail SET last_error = left(?, 500), next_try_at = now()"
                        + " + make_interval(secs => least(3600, 15 * power(2, tries - 1)))"
                        + " WHERE mail_id = ? AND state = 'QUEUED'",
                reason,
                id);
    }

    void giveUp(long id, String reason) {
        jdbc.update(
                "UPDATE billing.mail SET state = 'GIVEN_UP', content = NULL,"
                        + " last_error = left(?, 500), done_at = now()"
                        + " WHERE mail_id = ? AND state = 'QUEUED'",
                reason,
                id);
    }

    /** Forgets who was written to, once no repeat of a message is to be feared. */
    void forget() {
        jdbc.update(
                "DELETE FROM billing.mail WHERE state <> 'QUEUED'"
                        + " AND done_at < now() - interval '30 days'");
    }

    private static String purpose(String key) {
        return "mail/" + key;
    }
}
