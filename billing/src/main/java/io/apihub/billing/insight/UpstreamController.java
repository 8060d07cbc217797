package io.apihub.billing.insight;

import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.usage.UpstreamHealth;
import io.apihub.billing.usage.UpstreamHealth.Answers;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** How Upstreams answered lately. */
@RestController
@Tag(name = "Catalogue")
class UpstreamController {

    private static final int MOST_MINUTES = 1_440;

    private final UpstreamHealth health;
    private final InstantSource clock;

    UpstreamController(UpstreamHealth health, InstantSource clock) {
        this.health = health;
        this.clock = clock;
    }

    /**
     * Upstreams that had requests, by name.
     *
     * @param complete false: there were more than 100,000 requests, and only the newest are counted
     */
    record Upstreams(Instant since, boolean complete, List<Answers> items) {}

    @Operation(
            summary = "How Upstreams answered lately, by what all tenants' requests met",
            description =
                    "An Upstream that had no request is not there. Its conditions are those of the"
                            + " resource in Kubernetes; billing has no right to read them.")
    @Permit(Level.ADMINISTRATOR)
    @GetMapping("/api/v1/upstreams")
    Upstreams upstreams(
            @Parameter(description = "1 to 1440") @RequestParam(defaultValue = "15") int minutes) {
        if (minutes < 1 || minutes > MOST_MINUTES) {
            throw new Refused(Problem.invalid("minutes", "Must be 1 to " + MOST_MINUTES + "."));
        }
        var since = clock.instant().minus(Duration.ofMinutes(minutes));
        var items = health.since(since);
        return new Upstreams(
                since,
                items.stream().mapToLong(Answers::requests).sum() < UpstreamHealth.MOST,
                items);
    }
}
