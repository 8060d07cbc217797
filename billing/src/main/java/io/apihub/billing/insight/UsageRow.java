package io.apihub.billing.insight;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A record as a line of CSV. The columns' names and order stay; new ones come at the end. */
final class UsageRow {

    static final List<String> NAMES =
            List.of(
                    "id",
                    "at",
                    "tenant",
                    "key",
                    "key_id",
                    "dialect",
                    "model",
                    "model_served",
                    "upstream",
                    "stream",
                    "outcome",
                    "estimated",
                    "status",
                    "input_tokens",
                    "cached_input_tokens",
                    "cache_write_tokens",
                    "cache_write_1h_tokens",
                    "output_tokens",
                    "reasoning_tokens",
                    "cost",
                    "unmetered",
                    "started_at",
                    "first_byte_at",
                    "finished_at",
                    "request_bytes",
                    "response_bytes",
                    "client_address",
                    "request_id",
                    "note");

    private UsageRow() {}

    static List<Object> of(UsageView view) {
        var tokens = view.tokens();
        return List.of(
                view.id(),
                view.at().toString(),
                orEmpty(view.tenant()),
                orEmpty(view.key()),
                view.keyId(),
                view.dialect(),
                view.model(),
                view.modelServed(),
                orEmpty(view.upstream()),
                view.stream(),
                view.outcome(),
                view.estimated(),
                view.status(),
                tokens.input(),
                tokens.cachedInput(),
                tokens.cacheWrite(),
                tokens.cacheWrite1h(),
                tokens.output(),
                tokens.reasoning(),
                new BigDecimal(view.cost()),
                view.unmetered(),
                time(view.startedAt()),
                time(view.firstByteAt()),
                time(view.finishedAt()),
                view.requestBytes(),
                view.responseBytes(),
                view.clientAddress(),
                view.requestId(),
                view.note());
    }

    private static String time(@Nullable Instant instant) {
        return instant == null ? "" : instant.toString();
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
