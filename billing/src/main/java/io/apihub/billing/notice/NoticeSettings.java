package io.apihub.billing.notice;

import io.apihub.model.money.Credits;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** What tenants want to be told of. */
@Component
class NoticeSettings {

    private final JdbcTemplate jdbc;

    NoticeSettings(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A tenant's wishes.
     *
     * @param lowBalance the balance below which it is told; null: never
     * @param byMail kinds that are told by mail
     * @param byWebhook kinds that are told by webhook
     */
    record Wishes(@Nullable Credits lowBalance, Set<NoticeKind> byMail, Set<NoticeKind> byWebhook) {

        static final Wishes DEFAULT =
                new Wishes(null, EnumSet.allOf(NoticeKind.class), EnumSet.allOf(NoticeKind.class));

        Wishes {
            byMail = Set.copyOf(byMail);
            byWebhook = Set.copyOf(byWebhook);
        }
    }

    Wishes find(UUID tenant) {
        return read(tenant, "");
    }

    /** Nobody else changes them until the transaction ends. */
    Wishes lock(UUID tenant) {
        jdbc.update(
                "INSERT INTO billing.notice_setting (tenant_id) VALUES (?) ON CONFLICT DO NOTHING",
                tenant);
        return read(tenant, " FOR UPDATE");
    }

    private Wishes read(UUID tenant, String lock) {
        return jdbc
                .query(
                        "SELECT low_balance_micros, not_by_mail, not_by_webhook"
                                + " FROM billing.notice_setting WHERE tenant_id = ?"
                                + lock,
                        (row, number) -> {
                            long micros = row.getLong(1);
                            return new Wishes(
                                    row.wasNull() ? null : new Credits(micros),
                                    allBut((String[]) row.getArray(2).getArray()),
                                    allBut((String[]) row.getArray(3).getArray()));
                        },
                        tenant)
                .stream()
                .findFirst()
                .orElse(Wishes.DEFAULT);
    }

    /** Kinds that came later than the wishes are told. */
    private static Set<NoticeKind> allBut(String[] names) {
        var kinds = EnumSet.allOf(NoticeKind.class);
        Arrays.stream(names).flatMap(name -> NoticeKind.of(name).stream()).forEach(kinds::remove);
        return kinds;
    }

    /** Writes what was locked. Another threshold is looked at anew. */
    void save(UUID tenant, Wishes wishes) {
        var micros = wishes.lowBalance() == null ? null : wishes.lowBalance().micros();
        jdbc.update(
                "UPDATE billing.notice_setting SET low = low AND low_balance_micros"
                        + " IS NOT DISTINCT FROM ?, low_balance_micros = ?, not_by_mail = ?::text[],"
                        + " not_by_webhook = ?::text[] WHERE tenant_id = ?",
                micros,
                micros,
                missing(wishes.byMail()),
                missing(wishes.byWebhook()),
                tenant);
    }

    private static String missing(Collection<NoticeKind> kinds) {
        return Arrays.stream(NoticeKind.values())
                .filter(kind -> !kinds.contains(kind))
                .map(NoticeKind::wireName)
                .collect(Collectors.joining(",", "{", "}"));
    }
}
