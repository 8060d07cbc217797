package io.apihub.billing.insight;

import io.swagger.v3.oas.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/** The parameters that narrow a tenant's records; all are optional. */
record RecordQuery(
        @Parameter(description = "Public id of a key, or the uid of its ApiKey")
                @Nullable String key,
        @Parameter(description = "Model as it was asked for") @Nullable String model,
        @Parameter(description = "First instant, RFC 3339; absent: 31 days before the end")
                @Nullable String from,
        @Parameter(description = "First instant that is too late, RFC 3339; absent: now")
                @Nullable String to,
        @Parameter(description = "measured, estimated, voided, quarantined or unreported")
                @Nullable String outcome,
        @Parameter(description = "HTTP status such as 429, or a class of them such as 4xx")
                @Nullable String status,
        @Parameter(description = "Such as openai_chat") @Nullable String dialect,
        @Parameter(description = "true or false") @Nullable String stream,
        @Parameter(description = "true or false: whether the upstream did not count")
                @Nullable String estimated) {

    SpanQuery span() {
        return new SpanQuery(key, model, from, to);
    }
}
