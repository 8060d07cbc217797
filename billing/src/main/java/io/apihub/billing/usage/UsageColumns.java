package io.apihub.billing.usage;

import com.google.protobuf.ByteString;
import io.apihub.model.key.KeyId;
import io.apihub.model.money.Credits;
import io.apihub.model.price.RatedUsage;
import io.apihub.model.usage.HoldId;
import io.apihub.model.usage.TokenUsage;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.UsageRecord;
import io.apihub.usage.v1.UsageRecord.Outcome;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
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
                    id("tenant_id", of -> of.hold().getTenantId()),
                    new Column.Day("day", of -> of.id().epochDay()),
                    new Column.Any("hold_id", of -> of.id().uuid()),
                    new Column.Time("at", of -> of.id().millis()),
                    id("key_uid", of -> of.hold().getKeyUid()),
                    new Column.Whole("key_id", of -> new KeyId(of.hold().getKeyId()).value()),
                    new Column.Text("dialect", of -> of.hold().getDialect()),
                    new Column.Text("model", of -> of.hold().getModel()),
                    new Column.Text("upstream_model", of -> of.hold().getUpstreamModel()),
                    new Column.Text("pool", of -> of.hold().getPool()),
                    new Column.Any("stream", of -> of.hold().getStream()),
                    new Column.Whole("hold_micros", of -> of.hold().getCostMicros()),
                    new Column.Any("unmetered", of -> of.hold().getUnmetered()),
                    new Column.Whole("price_version", of -> of.hold().getPriceVersion()),
                    new Column.Whole(
                            "price_factor_millionths", of -> of.hold().getPriceFactorMillionths()),
                    new Column.Text("client_address", of -> clean(of.hold().getClientAddress())),
                    new Column.Text("request_id", of -> clean(of.hold().getRequestId())),
                    id("incarnation", of -> of.hold().getIncarnation()),
                    new Column.Text("gateway", of -> of.gateway()));

    /** What a correction may change. */
    private static final List<Column> MEASURED =
            List.of(
                    new Column.Text("outcome", of -> of.outcome()),
                    new Column.Any("estimated", of -> of.estimated()),
                    new Column.Any("status", of -> of.record().getStatus()),
                    new Column.Text("model_served", of -> clean(of.record().getModelServed())),
                    new Column.Text("upstream", of -> clean(of.record().getUpstream())),
                    new Column.Whole("input_tokens", of -> of.tokens().input()),
                    new Column.Whole("cached_input_tokens", of -> of.tokens().cachedInput()),
                    new Column.Whole("cache_write_tokens", of -> of.tokens().cacheWrite()),
                    new Column.Whole("cache_write_1h_tokens", of -> of.tokens().cacheWrite1h()),
                    new Column.Whole("output_tokens", of -> of.tokens().output()),
                    new Column.Whole("reasoning_tokens", of -> of.tokens().reasoning()),
                    new Column.Exact("input_cost", of -> of.rated().input()),
                    new Column.Exact("cached_input_cost", of -> of.rated().cachedInput()),
                    new Column.Exact("cache_write_cost", of -> of.rated().cacheWrite()),
                    new Column.Exact("cache_write_1h_cost", of -> of.rated().cacheWrite1h()),
                    new Column.Exact("output_cost", of -> of.rated().output()),
                    new Column.Exact("request_cost", of -> of.rated().perRequest()),
                    new Column.Exact("rounding", of -> of.rated().rounding()),
                    new Column.Whole("cost_micros", of -> of.rated().total().micros()),
                    new Column.Whole("overage_micros", of -> of.overage().micros()),
                    new Column.Time("started_at", of -> time(of.record().getStartedAtMillis())),
                    new Column.Time(
                            "first_byte_at", of -> time(of.record().getFirstByteAtMillis())),
                    new Column.Time("finished_at", of -> time(of.record().getFinishedAtMillis())),
                    new Column.Whole("request_bytes", of -> of.record().getRequestBytes()),
                    new Column.Whole("response_bytes", of -> of.record().getResponseBytes()),
                    new Column.Text(
                            "upstream_request_id", of -> clean(of.record().getUpstreamRequestId())),
                    new Column.Text("response_flags", of -> clean(of.record().getResponseFlags())),
                    new Column.Text("note", of -> clean(of.record().getNote())));

    private static final List<Column> ALL =
            Stream.concat(HELD.stream(), MEASURED.stream()).toList();

    /** The names of all columns, the posting's as the last. */
    static final List<String> NAMES =
            Stream.concat(ALL.stream().map(Column::name), Stream.of(POSTING)).toList();

    /** The names of what a correction may change. */
    static final List<String> MEASURED_NAMES = MEASURED.stream().map(Column::name).toList();

    private static final Map<Outcome, String> OUTCOMES = outcomes();

    private UsageColumns() {}

    private static Map<Outcome, String> outcomes() {
        var names = new EnumMap<Outcome, String>(Outcome.class);
        for (var outcome : Outcome.values()) {
            names.put(
                    outcome, outcome.name().replaceFirst("^OUTCOME_", "").toLowerCase(Locale.ROOT));
        }
        return names;
    }

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
            return Objects.requireNonNull(OUTCOMES.get(record.getOutcome()));
        }

        boolean estimated() {
            return switch (record.getOutcome()) {
                case OUTCOME_ESTIMATED, OUTCOME_UNREPORTED, OUTCOME_QUARANTINED -> true;
                case OUTCOME_MEASURED, OUTCOME_VOIDED, OUTCOME_UNSPECIFIED, UNRECOGNIZED -> false;
            };
        }
    }

    /** What a row's word for an outcome means. */
    static Outcome outcome(String word) {
        return Outcome.valueOf(OUTCOME + word.toUpperCase(Locale.ROOT));
    }

    /** The values of what a correction may change. */
    static Stream<@Nullable Object> measured(Source source) {
        return MEASURED.stream().map(column -> column.of(source));
    }

    /**
     * All values but the posting's, in the order of the names.
     *
     * @throws IllegalArgumentException if an id is none
     */
    static byte[] copy(Source source) {
        var bytes = new CopyBytes(640);
        for (var column : ALL) {
            column.write(source, bytes);
        }
        return bytes.toArray();
    }

    private static Column id(String name, Function<Source, ByteString> bytes) {
        return new Column.Id(name, bytes);
    }

    private static long time(long millis) {
        return millis > 0 ? millis : CopyBytes.NO_TIME;
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
