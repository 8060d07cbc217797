package io.apihub.extauthz.health;

import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Whether this gateway may be given requests. Thread safe.
 *
 * <p>Billing counts until it has answered once: after that a gateway goes on with the leases it
 * has, and says so request by request.
 */
public final class Readiness {

    private final BooleanSupplier policyFresh;
    private final Supplier<Optional<String>> metering;
    private volatile boolean warm;
    private volatile boolean meteringSeen;
    private volatile boolean stopping;

    /**
     * Asks the parts.
     *
     * @param metering why requests can't be metered now
     */
    public Readiness(BooleanSupplier policyFresh, Supplier<Optional<String>> metering) {
        this.policyFresh = policyFresh;
        this.metering = metering;
    }

    public void warmedUp() {
        warm = true;
    }

    /** For ever: nothing more is let in. */
    public void stopping() {
        stopping = true;
    }

    /** Why not; empty if ready. */
    public Optional<String> notReady() {
        if (stopping) {
            return Optional.of("stopping");
        }
        if (!policyFresh.getAsBoolean()) {
            return Optional.of("operator: no fresh policy");
        }
        if (!meteringSeen) {
            var why = metering.get();
            if (why.isPresent()) {
                return why;
            }
            meteringSeen = true;
        }
        return warm ? Optional.empty() : Optional.of("warming up");
    }

    public boolean isReady() {
        return notReady().isEmpty();
    }

    /**
     * Whether Envoy may ask. Without a fresh policy, or without billing, the decision is a no that
     * says why; not being asked would leave Envoy to say that nobody answers.
     */
    public boolean canDecide() {
        return warm && !stopping;
    }

    public boolean isStopping() {
        return stopping;
    }
}
