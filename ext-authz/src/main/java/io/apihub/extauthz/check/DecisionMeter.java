package io.apihub.extauthz.check;

import io.apihub.extauthz.error.Reason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;

/** Counts decisions by reason. */
public final class DecisionMeter {

    private final Counter allowed;
    private final Counter answered;
    private final Counter passed;
    private final Map<Reason, Counter> denied = new EnumMap<>(Reason.class);

    public DecisionMeter(MeterRegistry registry) {
        allowed = counter(registry, "allowed");
        answered = counter(registry, "answered");
        passed = counter(registry, "passed");
        for (var reason : Reason.values()) {
            denied.put(reason, counter(registry, reason.code()));
        }
    }

    private static Counter counter(MeterRegistry registry, String reason) {
        return Counter.builder("apihub.extauthz.decisions")
                .description("Checks by what was decided")
                .tag("reason", reason)
                .register(registry);
    }

    void count(Decision decision) {
        switch (decision) {
            case Decision.Allowed _ -> allowed.increment();
            case Decision.Answered _ -> answered.increment();
            case Decision.Passed _ -> passed.increment();
            case Decision.Denied refusal -> {
                var counter = denied.get(refusal.denial().reason());
                if (counter != null) {
                    counter.increment();
                }
            }
        }
    }
}
