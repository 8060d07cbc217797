package io.apihub.billing.testing;

import com.google.protobuf.ByteString;
import io.apihub.billing.grpc.WireIds;
import io.apihub.model.usage.HoldId;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.Taken;
import io.apihub.usage.v1.Tokens;
import io.apihub.usage.v1.UsageRecord;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;

/** Usage records as a gateway writes them. */
public final class Records {

    private static final SecureRandom RANDOM = new SecureRandom();

    private final UUID tenant;
    private final UUID incarnation;
    private final long priceVersion;
    private UUID keyUid = UUID.randomUUID();
    private String model = "gpt-4o";

    public Records(UUID tenant, UUID incarnation, long priceVersion) {
        this.tenant = tenant;
        this.incarnation = incarnation;
        this.priceVersion = priceVersion;
    }

    public Records key(UUID uid) {
        this.keyUid = uid;
        return this;
    }

    public Records model(String name) {
        this.model = name;
        return this;
    }

    /** A hold of some micro-units, taken from one lease. */
    public Hold hold(long leaseId, long micros) {
        return holdAt(Instant.now(), micros)
                .addTaken(Taken.newBuilder().setLeaseId(leaseId).setAmount(micros))
                .build();
    }

    /** A hold that took nothing yet. */
    public Hold.Builder holdAt(Instant at, long micros) {
        return Hold.newBuilder()
                .setHoldId(
                        ByteString.copyFrom(HoldId.mint(InstantSource.fixed(at), RANDOM).toBytes()))
                .setIncarnation(WireIds.bytes(incarnation))
                .setTenantId(WireIds.bytes(tenant))
                .setKeyUid(WireIds.bytes(keyUid))
                .setKeyId(123_456_789)
                .setDialect("openai_chat")
                .setModel(model)
                .setUpstreamModel(model)
                .setPool("pool/1")
                .setPriceVersion(priceVersion)
                .setPriceFactorMillionths(1_000_000)
                .setCostMicros(micros)
                .setRequestId(UUID.randomUUID().toString())
                .setClientAddress("192.0.2.7")
                .setAdmittedAtMillis(at.toEpochMilli());
    }

    /** Measured: with a price of one micro-unit a token, the cost is their sum. */
    public static UsageRecord measured(Hold hold, long input, long output) {
        return record(hold, UsageRecord.Outcome.OUTCOME_MEASURED)
                .setTokens(Tokens.newBuilder().setInput(input).setOutput(output))
                .build();
    }

    public static UsageRecord.Builder record(Hold hold, UsageRecord.Outcome outcome) {
        return UsageRecord.newBuilder()
                .setHold(hold)
                .setOutcome(outcome)
                .setStatus(200)
                .setModelServed("gpt-4o-2024-08-06")
                .setUpstream("openai")
                .setStartedAtMillis(hold.getAdmittedAtMillis())
                .setFinishedAtMillis(hold.getAdmittedAtMillis() + 900);
    }
}
