package io.apihub.extauthz.check;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.apihub.model.usage.HoldId;
import io.apihub.usage.v1.Hold;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.function.Supplier;

/** Writes down what a hold is for. */
final class HoldTerms {

    private static final int MAX_TEXT = 128;

    private final InstantSource clock;
    private final Supplier<HoldId> ids;

    HoldTerms(InstantSource clock, Supplier<HoldId> ids) {
        this.clock = clock;
        this.ids = ids;
    }

    /** Everything but the incarnation and what is taken. */
    Hold.Builder of(HttpRequest request, Caller caller, Pricer.Priced priced) {
        var key = caller.key();
        var tenant = caller.tenant();
        var worst = priced.worst();
        return Hold.newBuilder()
                .setHoldId(UnsafeByteOperations.unsafeWrap(ids.get().toBytes()))
                .setTenantId(tenant.id())
                .setKeyUid(uid(key.uidHigh(), key.uidLow()))
                .setKeyId(key.keyId())
                .setDialect(request.dialect().wireName())
                .setModel(priced.model().name())
                .setUpstreamModel(priced.model().upstreamName())
                .setPool(priced.pool())
                .setStream(priced.body().stream())
                .setPriceVersion(priced.priceVersion())
                .setPriceFactorMillionths(tenant.priceFactor().millionths())
                .setInputTokens(worst.inputTokens())
                .setOutputTokens(worst.outputTokens())
                .setCostMicros(priced.cost().micros())
                .setRequestId(bounded(request.requestId()))
                .setClientAddress(bounded(request.clientAddress()))
                .setAdmittedAtMillis(clock.millis())
                .setRequestBytes(request.body().length())
                .setFree(Pricer.isFree(request.dialect()))
                .setContextTokens(worst.contextTokens())
                .setMaxOutputTokens(worst.maxOutputTokens())
                .setUnmetered(tenant.unmetered());
    }

    /** What clients can send must not make a journal's frame large. */
    private static String bounded(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT);
    }

    private static ByteString uid(long high, long low) {
        return UnsafeByteOperations.unsafeWrap(
                ByteBuffer.allocate(16).putLong(high).putLong(low).array());
    }
}
