package io.apihub.billing.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.Poll;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.Soundness;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a provider leaves behind that was the only one, and is not configured any more. */
class GoneProviderIT {

    private static final TestDatabase DATABASE = TestDatabase.create();

    private final UUID tenant = DATABASE.registry().tenant("left-behind");

    private UUID order(String state, String columns, String values) {
        var id = UUID.randomUUID();
        DATABASE.admin()
                .update(
                        "INSERT INTO billing.payment_order (order_id, tenant_id, actor, provider,"
                                + " type, credit_micros, bonus_micros, pay_amount, pay_currency,"
                                + " rate, fee_percent, state, expires_at, next_poll_at"
                                + columns
                                + ") VALUES (?, ?, 'x', 'gone', 'alipay', 5000000, 0, 5, 'CNY', 1,"
                                + " 0, ?, now() - interval '1 minute', now()"
                                + values
                                + ")",
                        id,
                        tenant,
                        state);
        return id;
    }

    private static String of(UUID order, String column) {
        return Objects.requireNonNull(
                DATABASE.admin()
                        .queryForObject(
                                "SELECT "
                                        + column
                                        + " FROM billing.payment_order WHERE order_id = ?",
                                String.class,
                                order));
    }

    @Test
    void ordersExpireAndWhatIsPaidIsCreditedAlsoWithoutAnyProvider() {
        var unpaid = order("PENDING", "", "");
        var paid = order("PAID", ", paid_at, trade_no", ", now(), 't-1'");
        var returning = order("REFUNDING", ", paid_at, trade_no", ", now(), 't-2'");
        DATABASE.admin()
                .update(
                        "INSERT INTO billing.payment_refund (refund_id, order_id, pay_amount,"
                                + " credit_micros, bonus_micros, actor, reason)"
                                + " VALUES (?, ?, 5, 5000000, 0, 'x', 'asked')",
                        UUID.randomUUID(),
                        returning);
        try (var billing = RunningBilling.on(DATABASE)) {
            Poll.until(Duration.ofMinutes(1), () -> of(unpaid, "state").equals("EXPIRED"));
            Poll.until(Duration.ofMinutes(1), () -> of(paid, "state").equals("CREDITED"));
            Poll.until(
                    Duration.ofMinutes(1),
                    () -> of(returning, "problem").contains("not configured any more"));

            assertThat(of(unpaid, "next_poll_at > now()"))
                    .as("asked again, should it be configured again")
                    .isEqualTo("t");
            assertThat(of(unpaid, "problem")).isEmpty();
            var balance = billing.get("/api/v1/tenants/left-behind/balance");
            assertThat(RunningBilling.json(balance).get("balance").asString()).isEqualTo("5");
        }
        Soundness.check(DATABASE.admin());
    }
}
