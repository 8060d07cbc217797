package io.apihub.billing.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.payment.Crediting.Outcome;
import io.apihub.billing.settings.Payments.PayProvider;
import io.apihub.model.money.Credits;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.transaction.support.TransactionTemplate;

/** Payments that are taken together end as if each had been taken alone. */
class BatchesIT {

    private static final PayStand STAND = PayStand.shared();
    private static final int ORDERS = 12;
    private static final int TENANTS = 3;
    private static final int PAYMENTS = 60;
    private static final int TRADES = 20;
    private static final Credits CREDIT = PayStand.credits("10");
    private static final Credits BONUS = PayStand.credits("1");
    private static final BigDecimal PRICE = new BigDecimal("10.00");

    @AfterAll
    static void sound() {
        STAND.checkSound();
        // No platform knows of them: other tests need not miss them there.
        STAND.admin()
                .update(
                        "UPDATE billing.payment SET created_at = now() - interval '9 days'"
                                + " WHERE trade_no LIKE '%/%'");
    }

    /** A payment, by the numbers of its order and of its trade. */
    private record Draw(int order, int trade, BigDecimal paid) {}

    /** Orders of tenants, of which the last one is known to nobody yet. */
    private static final class World {

        private final String prefix = UUID.randomUUID().toString();
        private final List<UUID> tenants = new ArrayList<>();
        private final List<UUID> orders = new ArrayList<>();

        World() {
            for (int i = 0; i < TENANTS - 1; i++) {
                tenants.add(STAND.billing().get(TenantLookup.class).find(STAND.tenant()).id());
            }
            tenants.add(UUID.randomUUID());
            for (int i = 0; i < ORDERS; i++) {
                orders.add(add(tenants.get(i % TENANTS)));
            }
            expire(orders.get(1));
            inTransaction(() -> crediting().decide(orders.get(3), "a person", "a letter"));
        }

        private static UUID add(UUID tenant) {
            var draft =
                    new Orders.Draft(
                            UUID.randomUUID(),
                            tenant,
                            null,
                            "tester",
                            provider().name(),
                            "alipay",
                            CREDIT,
                            BONUS,
                            Price.of(CREDIT, provider().terms()));
            return STAND.billing()
                    .get(Orders.class)
                    .add(draft, Duration.ofHours(1), Duration.ofHours(1))
                    .id();
        }

        private static void expire(UUID order) {
            STAND.admin()
                    .update(
                            "UPDATE billing.payment_order SET state = 'EXPIRED'"
                                    + " WHERE order_id = ?",
                            order);
        }

        Incoming money(Draw draw) {
            return new Incoming(
                    orders.get(draw.order()),
                    provider().name(),
                    prefix + "/" + draw.trade(),
                    draw.paid());
        }

        /** All that there is to be seen, without numbers that are this world's own. */
        List<String> seen() {
            var all = new ArrayList<String>();
            for (int i = 0; i < ORDERS; i++) {
                all.add(i + " " + order(orders.get(i)));
            }
            for (var tenant : tenants) {
                all.add(String.valueOf(balance(tenant)));
            }
            return all;
        }

        private String order(UUID order) {
            return Objects.requireNonNull(
                            STAND.admin()
                                    .queryForObject(
                                            "SELECT concat_ws(' ', state, late, trade_no, problem,"
                                                    + " credited_at IS NOT NULL, next_poll_at IS NULL,"
                                                    + " (SELECT string_agg(concat_ws(' ', trade_no, outcome,"
                                                    + " pay_amount, (SELECT value_micros FROM"
                                                    + " billing.payment_suspense s WHERE s.trade_no = p.trade_no)),"
                                                    + " ', ' ORDER BY trade_no)"
                                                    + " FROM billing.payment p WHERE p.order_id = o.order_id),"
                                                    + " (SELECT count(*) FROM billing.notice"
                                                    + " WHERE notice_key = 'payment-credited/' || o.order_id))"
                                                    + " FROM billing.payment_order o WHERE order_id = ?",
                                            String.class,
                                            order))
                    .replace(prefix, "");
        }

        /** None while nothing was ever posted to the tenant. */
        private static List<Long> balance(UUID tenant) {
            return STAND.admin()
                    .query(
                            "SELECT balance_micros FROM billing.account WHERE tenant_id = ?",
                            (row, number) -> row.getLong(1),
                            tenant);
        }
    }

    private static PayProvider provider() {
        return PayStand.payments(STAND.platform().url()).providers().getFirst();
    }

    private static Crediting crediting() {
        return STAND.billing().get(Crediting.class);
    }

    private static <T> T inTransaction(Callable<T> work) {
        return Objects.requireNonNull(
                STAND.billing()
                        .get(TransactionTemplate.class)
                        .execute(status -> {
                            try {
                                return work.call();
                            } catch (RuntimeException e) {
                                throw e;
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        }));
    }

    /** Few orders and fewer numbers: much is repeated, paid twice, or another order's. */
    private static List<Draw> draw(Random random) {
        var draws = new ArrayList<Draw>();
        for (int i = 0; i < PAYMENTS; i++) {
            var paid = random.nextInt(5) == 0 ? new BigDecimal("4.00") : PRICE;
            draws.add(new Draw(random.nextInt(ORDERS), random.nextInt(TRADES), paid));
        }
        return draws;
    }

    private static Set<?> keys(Incoming money) {
        return Set.of(money.order(), money.trade());
    }

    private static List<Outcome> take(List<Incoming> all) {
        return inTransaction(() -> crediting().take(all));
    }

    /** As many together as a number says, and as their keys allow. */
    private static List<Outcome> inBatches(List<Incoming> all, Random random) {
        var outcomes = new ArrayList<Outcome>();
        var batch = new ArrayList<Incoming>();
        var seen = new HashSet<Object>();
        for (var money : all) {
            boolean full = !Collections.disjoint(seen, keys(money)) || random.nextInt(8) == 0;
            if (full && !batch.isEmpty()) {
                outcomes.addAll(take(batch));
                batch.clear();
                seen.clear();
            }
            batch.add(money);
            seen.addAll(keys(money));
        }
        outcomes.addAll(take(batch));
        return outcomes;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void togetherIsAsOneByOne(long seed) {
        var random = new Random(seed);
        var alone = new World();
        var together = new World();
        var draws = draw(random);

        var first = draws.stream().flatMap(draw -> take(List.of(alone.money(draw))).stream());
        var outcomes = first.toList();

        assertThat(inBatches(draws.stream().map(together::money).toList(), random))
                .isEqualTo(outcomes);
        assertThat(together.seen()).isEqualTo(alone.seen());
        assertThat(outcomes).contains(Outcome.CREDITED, Outcome.WAITING, Outcome.REPEATED);
        assertThat(outcomes).contains(Outcome.SUSPENSE, Outcome.CONFLICT);
    }

    /** Two lines are two processes. Each order that is paid has its credit once. */
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void twoThatTakeTheSameAtOnceTakeItOnce(long seed) throws Exception {
        var random = new Random(seed);
        var world = new World();
        var lines =
                List.of(
                        new Together<Incoming, Outcome>(
                                PAYMENTS * 4, BatchesIT::keys, BatchesIT::take),
                        new Together<Incoming, Outcome>(
                                PAYMENTS * 4, BatchesIT::keys, BatchesIT::take));
        var work = new ArrayList<Callable<Outcome>>();
        for (var draw : draw(random)) {
            lines.forEach(line -> work.add(() -> tell(line, world.money(draw))));
        }
        Collections.shuffle(work, random);

        all(work);

        var credited =
                STAND.admin()
                        .queryForMap(
                                "SELECT count(DISTINCT order_id) AS orders, count(*) AS times"
                                        + " FROM billing.payment WHERE outcome = 'CREDITED'"
                                        + " AND order_id = ANY (?)",
                                (Object) world.orders.toArray(UUID[]::new));
        assertThat(credited.get("times")).isEqualTo(credited.get("orders"));
        assertThat(balances(world)).isEqualTo(paid(world));
    }

    /** Who gives a number to two orders at once is refused by the key, and has to tell again. */
    private static Outcome tell(Together<Incoming, Outcome> line, Incoming money) {
        try {
            return line.await(money);
        } catch (DuplicateKeyException e) {
            return line.await(money);
        }
    }

    private static void all(Collection<Callable<Outcome>> work) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var one : threads.invokeAll(work)) {
                one.get();
            }
        }
    }

    private static long balances(World world) {
        return world.tenants.stream()
                .flatMap(tenant -> World.balance(tenant).stream())
                .mapToLong(Long::longValue)
                .sum();
    }

    /** What the orders say; those of the unknown tenant wait. */
    private static long paid(World world) {
        return Objects.requireNonNull(
                STAND.admin()
                        .queryForObject(
                                "SELECT coalesce(sum(credit_micros + bonus_micros), 0)::bigint"
                                        + " FROM billing.payment_order WHERE state = 'CREDITED'"
                                        + " AND order_id = ANY (?)",
                                Long.class,
                                (Object) world.orders.toArray(UUID[]::new)));
    }
}
