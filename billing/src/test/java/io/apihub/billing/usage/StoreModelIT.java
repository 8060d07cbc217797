package io.apihub.billing.usage;

import static io.apihub.policy.v1.Limit.Metric.METRIC_CONCURRENCY;
import static io.apihub.policy.v1.Limit.Metric.METRIC_REQUESTS;
import static io.apihub.policy.v1.Limit.Metric.METRIC_TOTAL_TOKENS;
import static io.apihub.policy.v1.Limit.Window.WINDOW_DAY;
import static io.apihub.policy.v1.Limit.Window.WINDOW_TOTAL;
import static io.apihub.policy.v1.Limit.Window.WINDOW_UNSPECIFIED;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.budget.Answer;
import io.apihub.billing.budget.Ask;
import io.apihub.billing.budget.CreditStore;
import io.apihub.billing.budget.Lease;
import io.apihub.billing.budget.Leases;
import io.apihub.billing.budget.LimitKey;
import io.apihub.billing.budget.Want;
import io.apihub.billing.testing.Bank;
import io.apihub.billing.testing.Limits;
import io.apihub.policy.v1.Limit.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The same history on the real tables and on the model ends in the same state. */
class StoreModelIT {

    private static final Bank BANK = new Bank();
    private static final List<String> QUOTAS = List.of("day", "total", "slots");

    private final SplittableRandom random = new SplittableRandom(20_261_123);
    private final String name = "m-" + UUID.randomUUID();
    private final UUID tenant = BANK.registry().tenant(name);
    private final Limits limits = new Limits(BANK, tenant, name);
    private final List<UUID> gateways =
            List.of(UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID());
    private final MemoryBilling model =
            new MemoryBilling(
                    new MemoryBilling.World(
                            System::currentTimeMillis,
                            System::nanoTime,
                            new SplittableRandom(3),
                            () -> true));
    private final List<Long> realLeases = new ArrayList<>();
    private final List<Long> modelLeases = new ArrayList<>();
    private long seq;

    @Test
    void aThousandRandomStepsEndInEqualStates() {
        BANK.grant(tenant, 3_000);
        model.store().credit(tenant, 3_000, 0);
        QUOTAS.forEach(quota -> amount(quota, 1_000));
        for (var gateway : gateways) {
            BANK.get(CreditStore.class).hello(gateway, "g");
            model.store().hello(gateway, "g");
        }

        for (int step = 0; step < 1_000; step++) {
            switch (random.nextInt(10)) {
                case 0 -> amount(QUOTAS.get(random.nextInt(3)), random.nextLong(0, 1_500));
                case 1, 2, 3, 4, 5 -> grant(random.nextInt(8) == 0);
                default -> giveBack();
            }
        }

        assertThat(realState()).isEqualTo(modelState());
        BANK.assertSound();
    }

    private void amount(String quota, long amount) {
        var metric = metric(quota);
        limits.quota(
                quota,
                metric,
                switch (quota) {
                    case "day" -> WINDOW_DAY;
                    case "total" -> WINDOW_TOTAL;
                    default -> WINDOW_UNSPECIFIED;
                },
                amount);
        var key = limits.key(quota, "").name();
        model.store()
                .limit(
                        key,
                        Objects.requireNonNull(
                                BANK.get(CreditStore.class).limits(List.of(key)).get(key)));
    }

    private static Metric metric(String quota) {
        return switch (quota) {
            case "day" -> METRIC_REQUESTS;
            case "total" -> METRIC_TOTAL_TOKENS;
            default -> METRIC_CONCURRENCY;
        };
    }

    private void grant(boolean repeated) {
        var wants = new ArrayList<Want>();
        if (random.nextBoolean()) {
            wants.add(want(new Want.OfAccount(tenant)));
        }
        for (var quota : QUOTAS) {
            var key = new LimitKey(limits.key(quota, "").name(), "");
            if (random.nextBoolean()) {
                wants.add(
                        want(
                                quota.equals("slots")
                                        ? new Want.OfShare(key)
                                        : new Want.OfBudget(key, 0)));
            }
        }
        seq = repeated ? seq : seq + 1;
        var ask = new Ask(new Lease.Request(gateways.get((int) (seq % 3)), seq), wants);
        var real = BANK.get(Leases.class).grant(List.of(ask)).getFirst();
        var modelled = model.office().leases().grant(List.of(ask)).getFirst();
        assertThat(summary(real)).isEqualTo(summary(modelled));
        if (!repeated && real instanceof Answer.Granted granted) {
            granted.parts().forEach(part -> realLeases.add(part.lease()));
            ((Answer.Granted) modelled).parts().forEach(part -> modelLeases.add(part.lease()));
        }
    }

    private Want want(Want.Subject subject) {
        long amount = random.nextLong(1, 60);
        return new Want(subject, amount, amount);
    }

    private static String summary(Answer answer) {
        return switch (answer) {
            case Answer.Granted granted ->
                    granted.parts().stream()
                            .map(part -> part.granted() + " " + part.span() + part.slots())
                            .toList()
                            .toString();
            case Answer.Refused refused -> refused.refusals().toString();
        };
    }

    private void giveBack() {
        if (realLeases.isEmpty()) {
            return;
        }
        int which = random.nextInt(realLeases.size());
        long total = random.nextLong(-3, 70);
        boolean closing = random.nextBoolean();
        BANK.get(Leases.class)
                .giveBack(List.of(new Leases.GivenBack(realLeases.get(which), total, closing, 0)));
        model.office()
                .leases()
                .giveBack(List.of(new Leases.GivenBack(modelLeases.get(which), total, closing, 0)));
    }

    private List<String> realState() {
        var rows = new ArrayList<String>();
        rows.addAll(
                BANK.jdbc()
                        .query(
                                "SELECT quota_name, amount, ceiling, spent, leased, revision FROM"
                                        + " billing.budget WHERE tenant_id = ? UNION ALL SELECT"
                                        + " quota_name, amount, ceiling, 0, leased, revision FROM"
                                        + " billing.share WHERE tenant_id = ? ORDER BY 1",
                                (row, number) ->
                                        row.getString(1)
                                                + " "
                                                + row.getLong(2)
                                                + " "
                                                + row.getLong(3)
                                                + " "
                                                + row.getLong(4)
                                                + " "
                                                + row.getLong(5)
                                                + " "
                                                + row.getLong(6),
                                tenant,
                                tenant));
        rows.add("account " + BANK.account(tenant).leased().micros());
        for (var number : realLeases) {
            rows.add(
                    Objects.requireNonNull(
                            BANK.jdbc()
                                    .queryForObject(
                                            "SELECT granted || ' ' || returned || ' ' ||"
                                                    + " (state = 'CLOSED') FROM billing.lease"
                                                    + " WHERE lease_id = ?",
                                            String.class,
                                            number)));
        }
        return rows;
    }

    private List<String> modelState() {
        var rows = new ArrayList<String>();
        for (var row : model.store().rows().budgets().values()) {
            var counts = row.counts();
            rows.add(
                    row.key().limit().name().quota()
                            + " "
                            + counts.amount()
                            + " "
                            + row.ceiling()
                            + " "
                            + counts.spent()
                            + " "
                            + counts.leased()
                            + " "
                            + counts.revision());
        }
        for (var row : model.store().rows().shares().values()) {
            var counts = row.counts();
            rows.add(
                    row.key().limit().name().quota()
                            + " "
                            + counts.amount()
                            + " "
                            + row.ceiling()
                            + " 0 "
                            + counts.leased()
                            + " "
                            + counts.revision());
        }
        rows.sort(String::compareTo);
        rows.add(
                "account "
                        + Objects.requireNonNull(model.store().rows().accounts().get(tenant))
                                .leased());
        for (var number : modelLeases) {
            var lease = Objects.requireNonNull(model.store().rows().leases().get(number));
            rows.add(lease.granted() + " " + lease.returned() + " " + lease.closed());
        }
        return rows;
    }
}
