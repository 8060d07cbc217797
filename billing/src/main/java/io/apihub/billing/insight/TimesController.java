package io.apihub.billing.insight;

import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.usage.UsageTimes;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** How long a tenant's requests took, and what went wrong. */
@RestController
@Tag(name = "Usage")
class TimesController {

    private static final int MAX_FAILURES = 500;

    private final UsageFilters filters;
    private final UsageTimes times;

    TimesController(UsageFilters filters, UsageTimes times) {
        this.filters = filters;
        this.times = times;
    }

    /** Of a hundred requests so many took at most so many milliseconds. */
    record Percentiles(long p50, long p95, long p99) {

        static @Nullable Percentiles of(List<Long> three) {
            return three.size() < 3
                    ? null
                    : new Percentiles(three.get(0), three.get(1), three.get(2));
        }
    }

    /**
     * The times of one group, in milliseconds.
     *
     * @param requests that count
     * @param firstByte from the request's arrival to the first byte of the answer
     * @param total to the end of the answer
     */
    record Latency(
            Instant bucket,
            @Nullable String model,
            long requests,
            @Nullable Percentiles firstByte,
            @Nullable Percentiles total) {}

    /**
     * Times of requests that were answered well.
     *
     * @param complete false: there were more than 200,000 requests, and only those of some moments
     *     count, spread evenly over the span
     * @param share of the span that counts, above 0; 1 is all of it
     */
    record Latencies(
            Instant from, Instant to, boolean complete, double share, List<Latency> items) {}

    @Operation(
            summary = "Percentiles of a tenant's times to the first byte and to the end",
            description =
                    "Exact while the tenant had at most 200,000 requests in the span, else of"
                            + " those in moments spread evenly over it: 'share' says how much of"
                            + " the span they are.")
    @Permit(Level.VIEWER)
    @GetMapping("/api/v1/tenants/{tenant}/usage/latency")
    Latencies latency(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @ParameterObject RecordQuery query,
            @Parameter(description = "minute (for seven days at most), hour, day, week or month")
                    @RequestParam(defaultValue = "day")
                    String bucket,
            @Parameter(description = "model, or empty: time only") @RequestParam(required = false)
                    @Nullable String groupBy,
            @Parameter(description = "Whose hours and days, such as Asia/Shanghai")
                    @RequestParam(defaultValue = "UTC")
                    String timeZone) {
        if (groupBy != null && !groupBy.isEmpty() && !groupBy.equals("model")) {
            throw new Refused(Problem.invalid("groupBy", "Must be model or empty."));
        }
        var filter = filters.filter(tenant, query);
        var sampled =
                times.times(
                        filter,
                        Groupings.bucket(bucket, filter),
                        Groupings.zone(timeZone),
                        !"".equals(groupBy));
        return new Latencies(
                Objects.requireNonNull(filter.from()),
                Objects.requireNonNull(filter.to()),
                sampled.isWhole(),
                sampled.millionths() / 1e6,
                sampled.groups().stream().map(TimesController::view).toList());
    }

    private static Latency view(UsageTimes.Times times) {
        return new Latency(
                times.bucket(),
                times.model(),
                times.requests(),
                Percentiles.of(times.firstByte()),
                Percentiles.of(times.whole()));
    }

    /**
     * Requests that failed or could not be measured.
     *
     * @param status of the answer; 0 if there was none
     */
    record FailedRequests(String outcome, int status, String model, long requests) {}

    /** The most frequent first, 500 groups at most. */
    record Failures(Instant from, Instant to, List<FailedRequests> items) {}

    @Operation(
            summary = "What went wrong of a tenant's requests, by outcome, status and model",
            description =
                    "Of requests that reached an upstream; what was refused before is under"
                            + " 'refusals'.")
    @Permit(Level.VIEWER)
    @GetMapping("/api/v1/tenants/{tenant}/usage/errors")
    Failures errors(
            @Parameter(description = "Name or id of the tenant") @PathVariable String tenant,
            @ParameterObject RecordQuery query) {
        var filter = filters.filter(tenant, query);
        return new Failures(
                Objects.requireNonNull(filter.from()),
                Objects.requireNonNull(filter.to()),
                times.failures(filter, MAX_FAILURES).stream()
                        .map(failure ->
                                new FailedRequests(
                                        failure.outcome(),
                                        failure.status(),
                                        failure.model(),
                                        failure.requests()))
                        .toList());
    }
}
