package io.apihub.billing.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.budget.Limit;
import io.apihub.billing.budget.LimitName;
import io.apihub.billing.budget.MemoryCreditStore;
import io.apihub.billing.budget.MemoryRows;
import io.apihub.billing.budget.Metric;
import io.apihub.billing.budget.Window;
import io.apihub.billing.grpc.WireIds;
import io.apihub.billing.stream.Outbox;
import io.apihub.billing.testing.Records;
import io.apihub.credit.v1.Account;
import io.apihub.credit.v1.Budget;
import io.apihub.credit.v1.Closed;
import io.apihub.credit.v1.GrantRequest;
import io.apihub.credit.v1.Hello;
import io.apihub.credit.v1.OpenRequest;
import io.apihub.credit.v1.OpenResponse;
import io.apihub.credit.v1.Subject;
import io.apihub.credit.v1.Want;
import io.apihub.model.price.ModelPattern;
import io.apihub.model.price.ModelPrice;
import io.apihub.model.price.PriceSheet;
import io.apihub.usage.v1.Batch;
import io.apihub.usage.v1.ReportRequest;
import io.apihub.usage.v1.ReportResponse;
import io.apihub.usage.v1.Taken;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The whole of billing's decisions, without a database, a network or a thread. */
class MemoryBillingTest {

    private static final long NOW = Instant.parse("2026-11-23T12:00:00Z").toEpochMilli();

    private final UUID tenant = new UUID(1, 1);
    private final UUID incarnation = new UUID(2, 2);
    private final MemoryBilling billing =
            new MemoryBilling(
                    new MemoryBilling.World(
                            () -> NOW,
                            () -> 0,
                            new SplittableRandom(1),
                            () -> true,
                            Duration.ofHours(1)));

    @Test
    void aRequestIsLeasedSettledAndClosed() {
        billing.prices(aMicroUnitAToken());
        billing.store().credit(tenant, 1_000, 0);
        var name = new LimitName(tenant, "ns", "q", "daily");
        limit(name);
        var answers = new Collected<OpenResponse>();
        var credit = billing.credit(answers);

        credit.receive(
                OpenRequest.newBuilder()
                        .setHello(Hello.newBuilder().setIncarnation(WireIds.bytes(incarnation)))
                        .build());
        assertThat(answers.next().getWelcome().getTimeMillis()).isEqualTo(NOW);
        credit.receive(OpenRequest.newBuilder().setGrant(grant(name)).build());
        var leases = answers.next().getResult().getLeasesList();
        assertThat(leases).hasSize(2);

        var acks = report(leases.get(0).getLeaseId(), leases.get(1).getLeaseId());
        assertThat(acks.next().getAck().getRejectedList()).isEmpty();
        var closed = Closed.newBuilder().setIncarnation(WireIds.bytes(incarnation));
        credit.receive(
                OpenRequest.newBuilder().setClosed(closed.clone().setIncomplete(true)).build());
        assertThat(answers.next().hasClosedAck()).isTrue();
        assertThat(billing.store().rows().accounts().get(tenant))
                .as("what may have been spent stays counted")
                .extracting(MemoryRows.AccountRow::leased)
                .isNotEqualTo(0L);
        long timeline = billing.store().reading().timeline();
        credit.receive(
                OpenRequest.newBuilder()
                        .setClosed(closed.clone().setTimeline(timeline + 1))
                        .build());
        assertThat(billing.store().rows().accounts().get(tenant))
                .as("on another timeline what was acknowledged may be lost")
                .extracting(MemoryRows.AccountRow::leased)
                .isNotEqualTo(0L);
        credit.receive(OpenRequest.newBuilder().setClosed(closed.setTimeline(timeline)).build());

        assertThat(answers.next().hasClosedAck()).isTrue();
        var account = Objects.requireNonNull(billing.store().rows().accounts().get(tenant));
        assertThat(account.balance()).isEqualTo(880);
        assertThat(account.leased()).isZero();
        assertThat(billing.store().rows().budgets().values())
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.counts().spent()).isEqualTo(120);
                    assertThat(row.counts().leased()).isZero();
                });
    }

    @Test
    void aRecallReachesTheStreamThatLivesThoughAnOldOnesHelloCameLater() {
        billing.store().credit(tenant, 1_000, 0);
        var living = new Collected<OpenResponse>();
        var live = billing.credit(living);
        var old = billing.credit(new Collected<>());
        var ended = billing.credit(new Collected<>());
        ended.broken();
        live.receive(hello(incarnation));
        old.receive(hello(incarnation));
        ended.receive(hello(incarnation));
        old.broken();
        assertThat(living.next().hasWelcome()).isTrue();
        live.receive(money(1));
        assertThat(living.next().getResult().getLeasesCount()).isEqualTo(1);

        for (int other = 0; other < 2; other++) {
            var elsewhere = billing.credit(new Collected<>());
            elsewhere.receive(hello(new UUID(3, other)));
            elsewhere.receive(money(1));
            elsewhere.receive(money(2));
        }

        assertThat(living.next().hasRecall()).isTrue();
    }

    private static OpenRequest hello(UUID incarnation) {
        return OpenRequest.newBuilder()
                .setHello(Hello.newBuilder().setIncarnation(WireIds.bytes(incarnation)))
                .build();
    }

    private OpenRequest money(long seq) {
        var account = Account.newBuilder().setTenantId(WireIds.bytes(tenant));
        return OpenRequest.newBuilder()
                .setGrant(
                        GrantRequest.newBuilder()
                                .setSeq(seq)
                                .addWants(
                                        Want.newBuilder()
                                                .setNeeded(300)
                                                .setSubject(
                                                        Subject.newBuilder().setAccount(account))))
                .build();
    }

    @Test
    void aGrantWhoseCommitNobodyHeardOfIsFoundAgain() {
        var unheard = new AtomicBoolean(true);
        var rows =
                new MemoryCreditStore(() -> NOW) {
                    @Override
                    public <T> T inTransaction(Supplier<T> work) {
                        var result = super.inTransaction(work);
                        if (unheard.getAndSet(false)) {
                            throw new IllegalStateException("the connection broke");
                        }
                        return result;
                    }
                };
        var here =
                new MemoryBilling(
                        new MemoryBilling.World(
                                () -> NOW, () -> 0, new SplittableRandom(1), () -> true),
                        rows,
                        rows);
        here.store().credit(tenant, 1_000, 0);
        var answers = new Collected<OpenResponse>();
        var credit = here.credit(answers);
        credit.receive(hello(incarnation));
        assertThat(answers.next().hasWelcome()).isTrue();

        credit.receive(money(1));

        assertThat(answers.next().getResult().getLeases(0).getGranted()).isEqualTo(300);
        assertThat(here.store().rows().leases()).hasSize(1);
    }

    private static PriceSheet aMicroUnitAToken() {
        return new PriceSheet(
                1,
                "CNY",
                Instant.EPOCH,
                List.of(
                        new ModelPrice(
                                new ModelPattern("*"),
                                1_000_000,
                                1_000_000,
                                1_000_000,
                                1_000_000,
                                1_000_000,
                                0,
                                false)));
    }

    private void limit(LimitName name) {
        billing.store()
                .limit(
                        name,
                        new Limit(
                                Metric.TOTAL_TOKENS,
                                Window.DAY,
                                500,
                                ZoneOffset.UTC,
                                false,
                                true,
                                List.of(),
                                1));
    }

    private Collected<ReportResponse> report(long moneyLease, long budgetLease) {
        var hold =
                new Records(tenant, incarnation, 1)
                        .holdAt(Instant.ofEpochMilli(NOW), 300)
                        .addTaken(Taken.newBuilder().setLeaseId(moneyLease).setAmount(300))
                        .addTaken(Taken.newBuilder().setLeaseId(budgetLease).setAmount(300))
                        .build();
        var acks = new Collected<ReportResponse>();
        var report = billing.report(acks);
        report.receive(
                ReportRequest.newBuilder()
                        .setHello(io.apihub.usage.v1.Hello.newBuilder().setGateway("g"))
                        .build());
        report.receive(
                ReportRequest.newBuilder()
                        .setBatch(
                                Batch.newBuilder()
                                        .setSeq(1)
                                        .addRecords(Records.measured(hold, 70, 50)))
                        .build());
        return acks;
    }

    private GrantRequest grant(LimitName name) {
        return GrantRequest.newBuilder()
                .setSeq(1)
                .addWants(
                        Want.newBuilder()
                                .setNeeded(300)
                                .setSubject(
                                        Subject.newBuilder()
                                                .setAccount(
                                                        Account.newBuilder()
                                                                .setTenantId(
                                                                        WireIds.bytes(tenant)))))
                .addWants(
                        Want.newBuilder()
                                .setNeeded(300)
                                .setSubject(
                                        Subject.newBuilder()
                                                .setBudget(
                                                        Budget.newBuilder()
                                                                .setTenantId(WireIds.bytes(tenant))
                                                                .setQuotaNamespace(name.namespace())
                                                                .setQuotaName(name.quota())
                                                                .setLimitName(name.limit()))))
                .build();
    }

    private static final class Collected<T> implements Outbox<T> {

        private final Queue<T> messages = new ArrayDeque<>();

        T next() {
            return messages.remove();
        }

        @Override
        public void send(T message) {
            messages.add(message);
        }

        @Override
        public void fail(Failure failure, String why) {
            throw new AssertionError(failure + ": " + why);
        }

        @Override
        public void complete() {}
    }
}
