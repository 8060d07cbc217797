package io.apihub.billing.insight;

import io.swagger.v3.oas.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/** The parameters that narrow a tenant's sums; all are optional. */
record SpanQuery(
        @Parameter(description = "Public id of a key, or the uid of its ApiKey")
                @Nullable String key,
        @Parameter(description = "Model as it was asked for") @Nullable String model,
        @Parameter(description = "First instant, RFC 3339") @Nullable String from,
        @Parameter(description = "First instant that is too late, RFC 3339") @Nullable String to) {}
