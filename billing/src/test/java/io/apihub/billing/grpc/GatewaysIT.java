package io.apihub.billing.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.GatewayStream;
import io.apihub.billing.testing.Records;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.credit.v1.Account;
import io.apihub.credit.v1.Budget;
import io.apihub.credit.v1.Closed;
import io.apihub.credit.v1.CreditServiceGrpc;
import io.apihub.credit.v1.GrantRequest;
import io.apihub.credit.v1.Hello;
import io.apihub.credit.v1.Inventory;
import io.apihub.credit.v1.OpenRequest;
import io.apihub.credit.v1.OpenResponse;
import io.apihub.credit.v1.Ping;
import io.apihub.credit.v1.Refusal;
import io.apihub.credit.v1.Return;
import io.apihub.credit.v1.ReturnedLease;
import io.apihub.credit.v1.Subject;
import io.apihub.credit.v1.Want;
import io.apihub.usage.v1.Batch;
import io.apihub.usage.v1.ReportRequest;
import io.apihub.usage.v1.ReportResponse;
import io.apihub.usage.v1.UsageServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** Gateways on the wire. */
class GatewaysIT {

    private static TestDatabase database;
    private static RunningBilling billing;
    private static JdbcTemplate sql;
    private static long book;
    private static ManagedChannel channel;

    private final String name = "t-" + UUID.randomUUID();
    private final UUID tenant;

    GatewaysIT() {
        tenant = database.registry().tenant(name);
    }

    private static ManagedChannel channel() {
        return NettyChannelBuilder.forAddress("127.0.0.1", billing.grpcPort())
                .usePlaintext()
                .build();
    }

    @BeforeAll
    static void listening() {
        database = TestDatabase.create();
        billing = RunningBilling.on(database);
        sql = database.service();
        book = database.registry().priceBook(1_000_000, 1_000_000, "2026-01-01T00:00:00Z");
        channel = channel();
        assertThat(billing.grpcPort()).isPositive();
    }

    @AfterAll
    static void stop() {
        channel.shutdownNow();
        billing.close();
    }

    @BeforeEach
    void credit() {
        assertThat(
                        billing.post(
                                        "/api/v1/tenants/" + name + "/grants",
                                        name,
                                        "{\"amount\": \"0.001\", \"reason\": \"test\"}")
                                .statusCode())
                .isEqualTo(201);
    }

    /** One gateway's credit stream, past Hello. */
    private static final class Credit {
        final UUID incarnation;
        final GatewayStream<OpenResponse> answers = new GatewayStream<>();
        final StreamObserver<OpenRequest> requests =
                CreditServiceGrpc.newStub(channel).open(answers);

        Credit(UUID incarnation, UUID... found) {
            this.incarnation = incarnation;
            var hello =
                    Hello.newBuilder()
                            .setGateway("gateway-0")
                            .setIncarnation(WireIds.bytes(incarnation));
            for (var other : found) {
                hello.addFound(Inventory.newBuilder().setIncarnation(WireIds.bytes(other)));
            }
            requests.onNext(OpenRequest.newBuilder().setHello(hello).build());
            assertThat(answers.next().getWelcome().getDatabase()).matches("\\d{10,}");
        }

        OpenResponse grant(long seq, UUID tenant, long needed, long wished) {
            requests.onNext(
                    OpenRequest.newBuilder()
                            .setGrant(
                                    GrantRequest.newBuilder()
                                            .setSeq(seq)
                                            .setDeadlineMillis(10_000)
                                            .addWants(
                                                    Want.newBuilder()
                                                            .setSubject(subject(tenant))
                                                            .setNeeded(needed)
                                                            .setWished(wished)))
                            .build());
            return answers.next();
        }

        long lease(long seq, UUID tenant, long amount) {
            return grant(seq, tenant, amount, amount).getResult().getLeases(0).getLeaseId();
        }

        OpenResponse giveBack(long lease, long total) {
            requests.onNext(
                    OpenRequest.newBuilder()
                            .setReturned(
                                    Return.newBuilder()
                                            .addLeases(
                                                    ReturnedLease.newBuilder()
                                                            .setLeaseId(lease)
                                                            .setReturnedTotal(total)))
                            .build());
            return answers.next();
        }

        OpenResponse close(UUID which) {
            requests.onNext(
                    OpenRequest.newBuilder()
                            .setClosed(Closed.newBuilder().setIncarnation(WireIds.bytes(which)))
                            .build());
            return answers.next();
        }
    }

    private static Subject subject(UUID tenant) {
        return Subject.newBuilder()
                .setAccount(Account.newBuilder().setTenantId(WireIds.bytes(tenant)))
                .build();
    }

    @Test
    void aGatewayLeasesReturnsAndCloses() {
        var credit = new Credit(UUID.randomUUID());

        var granted = credit.grant(1, tenant, 600, 600).getResult();
        var repeated = credit.grant(1, tenant, 600, 600).getResult();
        var returned = credit.giveBack(granted.getLeases(0).getLeaseId(), 250);

        assertThat(granted.getLeases(0).getGranted()).isEqualTo(600);
        assertThat(granted.getLeases(0).getSubject()).isEqualTo(subject(tenant));
        assertThat(granted.getLeases(0).getTtlMillis()).isEqualTo(60_000);
        assertThat(repeated.getLeasesList()).isEqualTo(granted.getLeasesList());
        assertThat(returned.getReturnAck().getLeaseIdsList())
                .containsExactly(granted.getLeases(0).getLeaseId());
        assertThat(leased()).isEqualTo(350);
        assertThat(credit.close(credit.incarnation).hasClosedAck()).isTrue();
        assertThat(leased()).isZero();
        credit.requests.onCompleted();
        assertThat(credit.answers.end()).isNull();
    }

    @Test
    void refusalsSayWhyAndWhatIsLeft() {
        var credit = new Credit(UUID.randomUUID());

        var exhausted = credit.grant(1, tenant, 5_000, 5_000).getResult();
        var unknown = credit.grant(2, UUID.randomUUID(), 1, 1).getResult();

        assertThat(exhausted.getLeasesList()).isEmpty();
        assertThat(exhausted.getRefusals(0).getReason()).isEqualTo(Refusal.Reason.REASON_EXHAUSTED);
        assertThat(exhausted.getRefusals(0).getAvailable()).isEqualTo(1_000);
        assertThat(unknown.getRefusals(0).getReason()).isEqualTo(Refusal.Reason.REASON_UNKNOWN);
    }

    @Test
    void aLimitThatNobodyKnowsIsRefused() {
        var credit = new Credit(UUID.randomUUID());

        credit.requests.onNext(
                OpenRequest.newBuilder()
                        .setGrant(
                                GrantRequest.newBuilder()
                                        .setSeq(1)
                                        .addWants(
                                                Want.newBuilder()
                                                        .setSubject(
                                                                Subject.newBuilder()
                                                                        .setBudget(
                                                                                Budget.newBuilder()
                                                                                        .setTenantId(
                                                                                                WireIds
                                                                                                        .bytes(
                                                                                                                tenant))))
                                                        .setNeeded(1)))
                        .build());

        assertThat(credit.answers.next().getResult().getRefusals(0).getReason())
                .isEqualTo(Refusal.Reason.REASON_UNKNOWN);
    }

    @Test
    void whatCannotBeReadIsRefusedAndTheStreamGoesOn() {
        var credit = new Credit(UUID.randomUUID());

        assertThat(credit.grant(1, tenant, -5, 10).getResult().getRefusals(0).getReason())
                .isEqualTo(Refusal.Reason.REASON_UNKNOWN);

        assertThat(credit.lease(2, tenant, 10)).isPositive();
    }

    @Test
    void whatAnotherGatewayHoldsIsRecalledFromIt() {
        var holder = new Credit(UUID.randomUUID());
        long lease = holder.lease(1, tenant, 900);
        var starving = new Credit(UUID.randomUUID());

        var refused = starving.grant(1, tenant, 500, 500).getResult();

        assertThat(refused.getRefusals(0).getReason())
                .isEqualTo(Refusal.Reason.REASON_LEASED_ELSEWHERE);
        assertThat(holder.answers.next().getRecall().getLeaseIdsList()).containsExactly(lease);
        holder.giveBack(lease, 900);
        assertThat(starving.lease(2, tenant, 500)).isPositive();
    }

    @Test
    void theLeasesOfAFoundIncarnationAreParkedUntilItIsClosed() {
        var before = new Credit(UUID.randomUUID());
        before.lease(1, tenant, 700);
        before.requests.onError(Status.CANCELLED.asException());

        var after = new Credit(UUID.randomUUID(), before.incarnation);

        assertThat(leased()).isEqualTo(700);
        assertThat(
                        sql.queryForObject(
                                "SELECT state FROM billing.incarnation WHERE incarnation = ?",
                                String.class,
                                before.incarnation))
                .isEqualTo("PARKED");
        after.close(before.incarnation);
        assertThat(leased()).isZero();
    }

    @Test
    void aPingIsAnsweredWithTheDatabasesClock() {
        var credit = new Credit(UUID.randomUUID());

        credit.requests.onNext(OpenRequest.newBuilder().setPing(Ping.getDefaultInstance()).build());

        var pong = credit.answers.next().getPong();
        assertThat(pong.getTimeMillis()).isPositive();
        assertThat(pong.getTimeline()).isEqualTo(1);
        assertThat(pong.getTtlMillis()).isEqualTo(60_000);
        credit.close(credit.incarnation);
        credit.requests.onNext(OpenRequest.newBuilder().setPing(Ping.getDefaultInstance()).build());
        assertThat(credit.answers.next().getPong().getTtlMillis()).isZero();
    }

    @Test
    void nothingComesBeforeHello() {
        var answers = new GatewayStream<OpenResponse>();
        var requests = CreditServiceGrpc.newStub(channel).open(answers);

        requests.onNext(OpenRequest.newBuilder().setPing(Ping.getDefaultInstance()).build());

        assertThat(Status.fromThrowable(answers.end()).getCode())
                .isEqualTo(Status.Code.FAILED_PRECONDITION);
    }

    @Test
    void aMalformedIncarnationIsRefused() {
        var answers = new GatewayStream<OpenResponse>();
        var requests = CreditServiceGrpc.newStub(channel).open(answers);

        requests.onNext(
                OpenRequest.newBuilder()
                        .setHello(Hello.newBuilder().setIncarnation(ByteString.copyFromUtf8("x")))
                        .build());

        assertThat(Status.fromThrowable(answers.end()).getCode())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void usageIsAcknowledgedAfterItsCommitAndRepeatsAreHarmless() {
        var credit = new Credit(UUID.randomUUID());
        long lease = credit.lease(1, tenant, 1_000);
        var records = new Records(tenant, credit.incarnation, book);
        var good = Records.measured(records.hold(lease, 100), 20, 5);
        var bad = Records.measured(records.model("m\0").hold(lease, 100), 1, 1);
        var batch = Batch.newBuilder().setSeq(7).addRecords(good).addRecords(bad).build();

        var first = report(batch);
        var second = report(batch.toBuilder().setSeq(8).build());

        assertThat(first.getAck().getSeq()).isEqualTo(7);
        assertThat(first.getAck().getTimeline()).isEqualTo(1);
        assertThat(first.getAck().getRejectedList())
                .singleElement()
                .satisfies(rejected ->
                        assertThat(rejected.getHoldId()).isEqualTo(bad.getHold().getHoldId()));
        assertThat(second.getAck().getSeq()).isEqualTo(8);
        assertThat(leased()).isEqualTo(975);
        var usage = RunningBilling.json(billing.get("/api/v1/usage?tenant=" + name));
        assertThat(usage.get("items")).hasSize(1);
    }

    private static ReportResponse report(Batch batch) {
        var answers = new GatewayStream<ReportResponse>();
        var requests = UsageServiceGrpc.newStub(channel).report(answers);
        requests.onNext(
                ReportRequest.newBuilder()
                        .setHello(io.apihub.usage.v1.Hello.newBuilder().setGateway("gateway-0"))
                        .build());
        requests.onNext(ReportRequest.newBuilder().setBatch(batch).build());
        var ack = answers.next();
        requests.onCompleted();
        assertThat(answers.end()).isNull();
        return ack;
    }

    private long leased() {
        var micros =
                sql.queryForObject(
                        "SELECT leased_micros FROM billing.account WHERE tenant_id = ?",
                        Long.class,
                        tenant);
        return micros == null ? -1 : micros;
    }
}
