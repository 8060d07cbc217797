package io.apihub.billing.usage;

import io.apihub.billing.grpc.WireIds;
import io.apihub.model.key.KeyId;
import io.apihub.model.money.Credits;
import io.apihub.model.price.RatedUsage;
import io.apihub.model.usage.HoldId;
import io.apihub.model.usage.TokenUsage;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.UsageRecord;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The columns of billing.usage, each with a record's value for it. */
final class UsageColumns {

    private static final String OUTCOME = "OUTCOME_";

    /** Which posting covers a row; known last. */
    private static final String POSTING = "posting";

    /** Texts from outside are cut to this. */
    private static final int MAX_TEXT = 512;

    /** What stays as the first record of a hold said it. */
    private static final List<Column> HELD =
            List.of(
                    new Column(
                            "tenant_id", of -> WireIds.uuid("tenant_id", of.hold().getTenantId())),
                    new Column("day", of -> of.id().day()),
                    new Column("hold_id", of -> of.id().uuid()),
                    new Column("at", of -> of.id().instant()),
                    new Column("key_uid", of -> WireIds.uuid("key_uid", of.hold().getKeyUid())),
                    new Column("key_id", of -> new KeyId(of.hold().getKeyId()).value()),
                    new Column("dialect", of -> of.hold().getDialect()),
                    new Column("model", of -> of.hold().getModel()),
                    new Column("upstream_model", of -> of.hold().getUpstreamModel()),
                    new Column("pool", of -> of.hold().getPool()),
                    new Column("stream", of -> of.hold().getStream()),
                    new Column("hold_micros", of -> of.hold().getCostMicros()),
                    new Column("unmetered", of -> of.hold().getUnmetered()),
                    new Column("price_version", of -> of.hold().getPriceVersion()),
                    new Column(
                            "price_factor_millionths", of -> of.hold().getPriceFactorMillionths()),
                    new Column("client_address", of -> clean(of.hold().getClientAddress())),
                    new Column("request_id", of -> clean(of.hold().getRequestId())),
                    new Column(
                            "incarnation",
                            of -> WireIds.uuid("incarnation", of.hold().getIncarnation())),
                    new Column("gateway", of -> of.gateway()));

    /** What a correction may change. */
    private static final List<Column> MEASURED =
            List.of(
                    new Column("outcome", of -> of.outcome()),
                    new Column("estimated", of -> of.estimated()),
                    new Column("status", of -> of.record().getStatus()),
                    new Column("model_served", of -> clean(of.record().getModelServed())),
                    new Column("upstream", of -> clean(of.record().getUpstream())),
                    new Column("input_tokens", of -> of.tokens().input()),
                    new Column("cached_input_tokens", of -> of.tokens().cachedInput()),
                    new Column("cache_write_tokens", of -> of.tokens().cacheWrite()),
                    new Column("cache_write_1h_tokens", of -> of.tokens().cacheWrite1h()),
                    new Column("output_tokens", of -> of.tokens().output()),
                    new Column("reasoning_tokens", of -> of.tokens().reasoning()),
                    new Column("input_cost", of -> of.rated().input()),
                    new Column("cached_input_cost", of -> of.rated().cachedInput()),
                    new Column("cache_write_cost", of -> of.rated().cacheWrite()),
                    new Column("cache_write_1h_cost", of -> of.rated().cacheWrite1h()),
                    new Column("output_cost", of -> of.rated().output()),
                    new Column("request_cost", of -> of.rated().perRequest()),
                    new Column("rounding", of -> of.rated().rounding()),
                    new Column("cost_micros", of -> of.rated().total().micros()),
                    new Column("overage_micros", of -> of.overage().micros()),
                    new Column("started_at", of -> time(of.record().getStartedAtMillis())),
                    new Column("first_byte_at", of -> time(of.record().getFirstByteAtMillis())),
                    new Column("finished_at", of -> time(of.record().getFinishedAtMillis())),
                    new Column("request_bytes", of -> of.record().getRequestBytes()),
                    new Column("response_bytes", of -> of.record().getResponseBytes()),
                    new Column(
                            "upstream_request_id", of -> clean(of.record().getUpstreamRequestId())),
                    new Column("response_flags", of -> clean(of.record().getResponseFlags())),
                    new Column("note", of -> clean(of.record().getNote())));

    private static final List<Column> ALL =
            Stream.concat(HELD.stream(), MEASURED.stream()).toList();

    /** The names of all columns, the posting's as the last. */
    static final List<String> NAMES =
            Stream.concat(ALL.stream().map(Column::name), Stream.of(POSTING)).toList();

    /** The names of what a correction may change. */
    static final List<String> MEASURED_NAMES = MEASURED.stream().map(Column::name).toList();

    private UsageColumns() {}

    /**
     * What the values come from.
     *
     * @param overage of the cost, what is more than the hold had set aside
     */
    record Source(
            UsageRecord record,
            HoldId id,
            TokenUsage tokens,
            RatedUsage rated,
            Credits overage,
            String gateway) {

        private Hold hold() {
            return record.getHold();
        }

        String outcome() {
            return record.getOutcome().name().substring(OUTCOME.length()).toLowerCase(Locale.ROOT);
        }

        boolean estimated() {
            return switch (record.getOutcome()) {
                case OUTCOME_ESTIMATED, OUTCOME_UNREPORTED, OUTCOME_QUARANTINED -> true;
                case OUTCOME_MEASURED, OUTCOME_VOIDED, OUTCOME_UNSPECIFIED, UNRECOGNIZED -> false;
            };
        }
    }

    /** What a row's word for an outcome means. */
    static UsageRecord.Outcome outcome(String word) {
        return UsageRecord.Outcome.valueOf(OUTCOME + word.toUpperCase(Locale.ROOT));
    }

    private record Column(String name, Function<Source, @Nullable Object> value) {}

    /** The values of what a correction may change. */
    static Stream<@Nullable Object> measured(Source source) {
        return MEASURED.stream().map(column -> column.value().apply(source));
    }

    /**
     * All values but the posting's, in the order of the names.
     *
     * @throws IllegalArgumentException if an id is none
     */
    static byte[] copy(Source source) {
        var bytes = new CopyBytes(640);
        for (var column : ALL) {
            bytes.value(column.value().apply(source));
        }
        return bytes.toArray();
    }

    private static @Nullable Instant time(long millis) {
        return millis > 0 ? Instant.ofEpochMilli(millis) : null;
    }

    /** Text from outside must not get a record refused: no NUL, and not too long. */
    private static String clean(String text) {
        var shown = text.replace('\0', '\uFFFD');
        if (shown.length() <= MAX_TEXT) {
            return shown;
        }
        boolean splitsPair = Character.isHighSurrogate(shown.charAt(MAX_TEXT - 1));
        return shown.substring(0, splitsPair ? MAX_TEXT - 1 : MAX_TEXT);
    }
}
