package io.apihub.billing.usage;

import io.apihub.billing.grpc.WireIds;
import io.apihub.model.key.KeyId;
import io.apihub.model.money.Credits;
import io.apihub.model.price.RatedUsage;
import io.apihub.model.usage.HoldId;
import io.apihub.model.usage.TokenUsage;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.UsageRecord;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The columns of billing.usage, and a record's values for them. */
final class UsageColumns {

    /** What a correction may change. */
    static final List<String> MEASURED =
            List.of(
                    "outcome",
                    "estimated",
                    "status",
                    "model_served",
                    "upstream",
                    "input_tokens",
                    "cached_input_tokens",
                    "cache_write_tokens",
                    "cache_write_1h_tokens",
                    "output_tokens",
                    "reasoning_tokens",
                    "input_cost",
                    "cached_input_cost",
                    "cache_write_cost",
                    "cache_write_1h_cost",
                    "output_cost",
                    "request_cost",
                    "rounding",
                    "cost_micros",
                    "overage_micros",
                    "started_at",
                    "first_byte_at",
                    "finished_at",
                    "request_bytes",
                    "response_bytes",
                    "upstream_request_id",
                    "response_flags",
                    "note");

    /** What stays as the first record of a hold said it. */
    static final List<String> HELD =
            List.of(
                    "tenant_id",
                    "day",
                    "hold_id",
                    "at",
                    "key_uid",
                    "key_id",
                    "dialect",
                    "model",
                    "upstream_model",
                    "pool",
                    "stream",
                    "hold_micros",
                    "posting",
                    "unmetered",
                    "price_version",
                    "price_factor_millionths",
                    "client_address",
                    "request_id",
                    "incarnation",
                    "gateway");

    /** Texts from outside are cut to this. */
    private static final int MAX_TEXT = 512;

    private UsageColumns() {}

    static Map<String, Object> of(
            UsageRecord record,
            TokenUsage tokens,
            RatedUsage rated,
            Credits overage,
            String gateway) {
        var row = new HashMap<String, Object>();
        held(row, record.getHold());
        row.put("gateway", gateway);
        measured(row, record);
        tokens(row, tokens);
        cost(row, rated);
        row.put("overage_micros", overage.micros());
        return row;
    }

    private static void held(Map<String, Object> row, Hold hold) {
        var id = HoldId.ofBytes(hold.getHoldId().toByteArray());
        row.put("tenant_id", WireIds.uuid("tenant_id", hold.getTenantId()).toString());
        row.put("day", id.day().toString());
        row.put("hold_id", id.toString());
        row.put("at", id.instant().toString());
        row.put("key_uid", WireIds.uuid("key_uid", hold.getKeyUid()).toString());
        row.put("key_id", new KeyId(hold.getKeyId()).value());
        row.put("dialect", hold.getDialect());
        row.put("model", hold.getModel());
        row.put("upstream_model", hold.getUpstreamModel());
        row.put("pool", hold.getPool());
        row.put("stream", hold.getStream());
        row.put("hold_micros", hold.getCostMicros());
        row.put("unmetered", hold.getUnmetered());
        row.put("price_version", hold.getPriceVersion());
        row.put("price_factor_millionths", hold.getPriceFactorMillionths());
        row.put("client_address", clean(hold.getClientAddress()));
        row.put("request_id", clean(hold.getRequestId()));
        row.put("incarnation", WireIds.uuid("incarnation", hold.getIncarnation()).toString());
    }

    private static void measured(Map<String, Object> row, UsageRecord record) {
        row.put("outcome", outcome(record));
        row.put("estimated", isEstimated(record.getOutcome()));
        row.put("status", record.getStatus());
        row.put("model_served", clean(record.getModelServed()));
        row.put("upstream", clean(record.getUpstream()));
        time(row, "started_at", record.getStartedAtMillis());
        time(row, "first_byte_at", record.getFirstByteAtMillis());
        time(row, "finished_at", record.getFinishedAtMillis());
        row.put("request_bytes", record.getRequestBytes());
        row.put("response_bytes", record.getResponseBytes());
        row.put("upstream_request_id", clean(record.getUpstreamRequestId()));
        row.put("response_flags", clean(record.getResponseFlags()));
        row.put("note", clean(record.getNote()));
    }

    private static String outcome(UsageRecord record) {
        return record.getOutcome().name().substring("OUTCOME_".length()).toLowerCase(Locale.ROOT);
    }

    private static boolean isEstimated(UsageRecord.Outcome outcome) {
        return switch (outcome) {
            case OUTCOME_ESTIMATED, OUTCOME_UNREPORTED, OUTCOME_QUARANTINED -> true;
            case OUTCOME_MEASURED, OUTCOME_VOIDED, OUTCOME_UNSPECIFIED, UNRECOGNIZED -> false;
        };
    }

    private static void tokens(Map<String, Object> row, TokenUsage tokens) {
        row.put("input_tokens", tokens.input());
        row.put("cached_input_tokens", tokens.cachedInput());
        row.put("cache_write_tokens", tokens.cacheWrite());
        row.put("cache_write_1h_tokens", tokens.cacheWrite1h());
        row.put("output_tokens", tokens.output());
        row.put("reasoning_tokens", tokens.reasoning());
    }

    private static void cost(Map<String, Object> row, RatedUsage rated) {
        row.put("input_cost", plain(rated.input()));
        row.put("cached_input_cost", plain(rated.cachedInput()));
        row.put("cache_write_cost", plain(rated.cacheWrite()));
        row.put("cache_write_1h_cost", plain(rated.cacheWrite1h()));
        row.put("output_cost", plain(rated.output()));
        row.put("request_cost", plain(rated.perRequest()));
        row.put("rounding", plain(rated.rounding()));
        row.put("cost_micros", rated.total().micros());
    }

    private static String plain(BigDecimal amount) {
        return amount.toPlainString();
    }

    private static void time(Map<String, Object> row, String column, long millis) {
        if (millis > 0) {
            row.put(column, Instant.ofEpochMilli(millis).toString());
        }
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
