package io.apihub.billing.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.budget.Answer;
import io.apihub.billing.budget.Ask;
import io.apihub.billing.budget.ClosedLeases;
import io.apihub.billing.budget.CreditStore;
import io.apihub.billing.budget.Lease;
import io.apihub.billing.budget.Leases;
import io.apihub.billing.budget.MemoryCreditStore;
import io.apihub.billing.budget.Pot;
import io.apihub.billing.budget.ShadowLimits;
import io.apihub.billing.stream.Outbox;
import io.apihub.model.price.PriceSheet;
import io.apihub.usage.v1.Batch;
import io.apihub.usage.v1.Hello;
import io.apihub.usage.v1.ReportRequest;
import io.apihub.usage.v1.ReportResponse;
import io.apihub.usage.v1.UsageRecord;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Takes the steps of a {@link RealHistory} on the model, one after the other, and compares what
 * each of them answers.
 */
final class ModelHistory {

    /** Past all times of the history: whoever is asked about is silent, parked or expired. */
    private static final long FAR = Duration.ofDays(100).toMillis();

    private final boolean alone;
    private final MemoryCreditStore rows = new MemoryCreditStore(this::millis);
    private final MemoryUsage usage = new MemoryUsage(rows);
    private final CreditStore store =
            (CreditStore)
                    Proxy.newProxyInstance(
                            CreditStore.class.getClassLoader(),
                            new Class<?>[] {CreditStore.class},
                            (proxy, method, arguments) -> invoke(method, arguments));
    private final MemoryBilling billing =
            new MemoryBilling(
                    new MemoryBilling.World(
                            this::millis, System::nanoTime, new SplittableRandom(3), () -> true),
                    rows,
                    store,
                    usage);
    private final Map<Long, Long> numbers = new HashMap<>();
    private Step.Noted noted = new Step.Noted(0, 0, 1, Map.of(), Map.of(), List.of());
    private Step step = new Step.Silence(0);
    private long far;

    /**
     * An empty model.
     *
     * @param alone the history was made by one thread, so what it read without locks is compared
     *     too
     * @param shadow what is counted in Shadow
     */
    ModelHistory(boolean alone, PriceSheet prices, ShadowLimits.Of shadow) {
        this.alone = alone;
        billing.prices(prices);
        billing.office().shadows().follow(List.of(shadow));
    }

    MemoryCreditStore rows() {
        return rows;
    }

    MemoryUsage usage() {
        return usage;
    }

    private long millis() {
        return far > 0 ? noted.nowMillis() + FAR + far : noted.nowMillis();
    }

    @SuppressWarnings("unchecked")
    private @Nullable Object invoke(Method method, Object[] arguments) throws Throwable {
        try {
            return switch (method.getName()) {
                case "limits" -> noted.limits();
                case "changes" -> changes((Long) arguments[0]);
                case "held" -> held((Collection<Pot.Id>) arguments[0]);
                case "lockIncarnations" -> {
                    var roll = (CreditStore.Roll) method.invoke(rows, arguments);
                    int gateways = alone ? roll.gateways() : noted.gateways();
                    yield new CreditStore.Roll(roll.nowMillis(), gateways, roll.open());
                }
                default -> method.invoke(rows, arguments);
            };
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /**
     * What the real statement found, which locks nothing: here by the numbers of the model. Who was
     * parked lately goes by the database's own clock, so only those that are active are compared.
     */
    private List<CreditStore.Held> held(Collection<Pot.Id> pots) {
        var held =
                noted.held().stream()
                        .map(row -> {
                            long lease = mapped(row.lease());
                            return new CreditStore.Held(
                                    Objects.requireNonNull(rows.rows().leases().get(lease)).pot(),
                                    row.incarnation(),
                                    lease,
                                    row.open());
                        })
                        .toList();
        if (alone) {
            assertThat(active(held)).containsExactlyInAnyOrderElementsOf(active(rows.held(pots)));
        }
        return held;
    }

    private List<CreditStore.Held> active(List<CreditStore.Held> held) {
        var lives = rows.rows().incarnations();
        return held.stream()
                .filter(row ->
                        Objects.requireNonNull(lives.get(row.incarnation()))
                                .state()
                                .equals("ACTIVE"))
                .toList();
    }

    private long followed;

    private CreditStore.Changes changes(long since) {
        return step instanceof Step.Followed(var home) && since < followed
                ? new CreditStore.Changes(followed, List.of(home), List.of())
                : new CreditStore.Changes(since, List.of(), List.of());
    }

    void take(Step.Taken taken) {
        noted = taken.noted();
        step = taken.step();
        noted.credit().forEach((tenant, limit) -> rows.credit(tenant, 0, limit));
        switch (step) {
            case Step.Made made -> rows.create(made.budgets(), made.shares());
            case Step.Granted granted -> grant(granted);
            case Step.Returned(var returns) ->
                    billing.office().leases().giveBack(returns.stream().map(this::mapped).toList());
            case Step.Reported reported -> report(reported);
            case Step.Life life -> live(life);
            case Step.Silence(int parked) -> {
                far++;
                int here = rows.parkSilent(Duration.ZERO);
                far = 0;
                assertThat(here).isEqualTo(parked);
            }
            case Step.Expired(var leases) -> expire(leases);
            case Step.LeasesClosed(var leases) -> ClosedLeases.close(store, mapped(leases));
            case Step.GivenUp up -> rows.giveUp(up.incarnation(), up.leases(), up.micros());
            case Step.Followed followedHome -> {
                followed++;
                billing.office().rounds().followPolicies();
            }
            case Step.Credited(var tenant, long micros) ->
                    rows.credit(
                            tenant,
                            micros,
                            rows.rows().accounts().containsKey(tenant)
                                    ? Objects.requireNonNull(rows.rows().accounts().get(tenant))
                                            .limit()
                                    : 0);
        }
    }

    private void grant(Step.Granted real) {
        var answers = billing.office().leases().grant(real.asks());
        for (int i = 0; i < answers.size(); i++) {
            var ask = real.asks().get(i);
            assertThat(summary(answers.get(i), ask, lease -> lease))
                    .as("%s of %s", ask, real)
                    .isEqualTo(summary(real.answers().get(i), ask, this::mapped));
            if (answers.get(i) instanceof Answer.Granted here
                    && real.answers().get(i) instanceof Answer.Granted there) {
                for (int part = 0; part < here.parts().size(); part++) {
                    numbers.put(there.parts().get(part).lease(), here.parts().get(part).lease());
                }
            }
        }
    }

    private static String summary(Answer answer, Ask ask, UnaryOperator<Long> number) {
        return switch (answer) {
            case Answer.Granted granted ->
                    granted.parts().stream()
                            .map(part ->
                                    part.granted()
                                            + " "
                                            + part.span()
                                            + part.slots()
                                            + part.arrivalMillis())
                            .toList()
                            .toString();
            case Answer.Refused refused ->
                    ask.request() + " " + refused.refusals() + recalls(refused, number);
        };
    }

    private static Map<UUID, Set<Long>> recalls(
            Answer.Refused refused, UnaryOperator<Long> number) {
        var recalls = new TreeMap<UUID, Set<Long>>();
        refused.recalls()
                .forEach((incarnation, leases) -> {
                    var mapped = new TreeSet<Long>();
                    leases.forEach(lease -> mapped.add(number.apply(lease)));
                    recalls.put(incarnation, mapped);
                });
        return recalls;
    }

    private Leases.GivenBack mapped(Leases.GivenBack back) {
        return new Leases.GivenBack(
                mapped(back.lease()), back.total(), back.closing(), back.arrivalMillis());
    }

    private long mapped(long lease) {
        return numbers.getOrDefault(lease, 0L);
    }

    private List<Long> mapped(List<Long> leases) {
        return leases.stream().map(this::mapped).sorted().toList();
    }

    private void report(Step.Reported reported) {
        var rejected = new ArrayList<String>();
        var session =
                billing.report(
                        new Outbox<>() {
                            @Override
                            public void send(ReportResponse response) {
                                response.getAck()
                                        .getRejectedList()
                                        .forEach(bad -> rejected.add(bad.getReason()));
                            }

                            @Override
                            public void fail(Failure failure, String why) {
                                throw new AssertionError(why);
                            }

                            @Override
                            public void complete() {}
                        });
        session.receive(
                ReportRequest.newBuilder().setHello(Hello.newBuilder().setGateway("g")).build());
        session.receive(
                ReportRequest.newBuilder()
                        .setBatch(
                                Batch.newBuilder()
                                        .addAllRecords(
                                                reported.records().stream()
                                                        .map(this::mapped)
                                                        .toList()))
                        .build());
        assertThat(rejected).isEqualTo(reported.rejected());
    }

    private UsageRecord mapped(UsageRecord record) {
        var copy = record.toBuilder();
        copy.getHoldBuilder()
                .getTakenBuilderList()
                .forEach(take -> take.setLeaseId(mapped(take.getLeaseId())));
        return copy.build();
    }

    private void live(Step.Life life) {
        switch (life.turn()) {
            case HELLO -> rows.hello(life.incarnation(), "g");
            case SEEN -> rows.seen(life.incarnation());
            case PARKED -> rows.park(life.incarnation(), "g");
            case CLOSED -> rows.close(life.incarnation());
        }
    }

    private void expire(List<Long> leases) {
        far++;
        var here = rows.expiredShares(Duration.ZERO, Duration.ZERO);
        far = 0;
        if (alone) {
            assertThat(here.stream().sorted().toList()).isEqualTo(mapped(leases));
        }
    }

    /** The real number of a lease, for a comparison. */
    Map<Long, Lease> leases() {
        var leases = new HashMap<Long, Lease>();
        numbers.forEach((real, here) ->
                leases.put(real, Objects.requireNonNull(rows.rows().leases().get(here))));
        return leases;
    }
}
