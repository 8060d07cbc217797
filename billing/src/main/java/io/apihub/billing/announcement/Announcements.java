package io.apihub.billing.announcement;

import io.apihub.billing.announcement.Announcement.Content;
import io.apihub.billing.announcement.Announcement.Severity;
import io.apihub.billing.announcement.Announcement.Words;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The table of announcements. */
@Component
class Announcements {

    private static final String SELECT = "SELECT * FROM billing.announcement";

    private final JdbcTemplate jdbc;

    Announcements(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    Announcement add(Content content, String author) {
        return jdbc.query(
                        "INSERT INTO billing.announcement (severity, title, text, title_zh, text_zh,"
                                + " starts_at, ends_at, author) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                                + " RETURNING *",
                        Announcements::announcement,
                        parameters(content, author))
                .getFirst();
    }

    Announcement change(long id, Content content) {
        return jdbc.query(
                        "UPDATE billing.announcement SET severity = ?, title = ?, text = ?,"
                                + " title_zh = ?, text_zh = ?, starts_at = ?, ends_at = ?"
                                + " WHERE announcement_id = ? RETURNING *",
                        Announcements::announcement,
                        parameters(content, id))
                .getFirst();
    }

    private static @Nullable Object[] parameters(Content content, Object last) {
        var chinese = content.chinese();
        var until = content.until();
        return new @Nullable Object[] {
            content.severity().name(),
            content.english().title(),
            content.english().text(),
            chinese == null ? null : chinese.title(),
            chinese == null ? null : chinese.text(),
            content.from().atOffset(ZoneOffset.UTC),
            until == null ? null : until.atOffset(ZoneOffset.UTC),
            last
        };
    }

    void remove(long id) {
        jdbc.update("DELETE FROM billing.announcement WHERE announcement_id = ?", id);
    }

    Optional<Announcement> find(long id) {
        return one(SELECT + " WHERE announcement_id = ?", id);
    }

    /** Keeps others from changing it until the transaction ends. */
    Optional<Announcement> lock(long id) {
        return one(SELECT + " WHERE announcement_id = ? FOR UPDATE", id);
    }

    private Optional<Announcement> one(String sql, long id) {
        return jdbc.query(sql, Announcements::announcement, id).stream().findFirst();
    }

    /** The newest first. */
    List<Announcement> before(long id, int limit) {
        return jdbc.query(
                SELECT + " WHERE announcement_id < ? ORDER BY announcement_id DESC LIMIT ?",
                Announcements::announcement,
                id,
                limit);
    }

    /** What is to be shown at an instant, the most severe first and of these the latest. */
    List<Announcement> shown(Instant at, int limit) {
        var now = at.atOffset(ZoneOffset.UTC);
        return jdbc.query(
                SELECT
                        + " WHERE starts_at <= ? AND (ends_at IS NULL OR ends_at > ?) ORDER BY"
                        + " array_position(ARRAY['CRITICAL', 'WARNING', 'INFO'], severity),"
                        + " starts_at DESC, announcement_id DESC LIMIT ?",
                Announcements::announcement,
                now,
                now,
                limit);
    }

    private static Announcement announcement(ResultSet row, int number) throws SQLException {
        var chinese = row.getString("title_zh");
        var until = row.getObject("ends_at", OffsetDateTime.class);
        return new Announcement(
                row.getLong("announcement_id"),
                new Content(
                        Severity.valueOf(row.getString("severity")),
                        new Words(row.getString("title"), row.getString("text")),
                        chinese == null ? null : new Words(chinese, row.getString("text_zh")),
                        row.getObject("starts_at", OffsetDateTime.class).toInstant(),
                        until == null ? null : until.toInstant()),
                row.getString("author"),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }
}
