package io.apihub.billing.identity;

import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Ends everything by which whoever has an account now gets into it, but for the password. */
@Component
class Takeover {

    private final BrowserSessions sessions;
    private final SecondFactors factors;
    private final UserTokens tokens;
    private final List<WayIn> others;

    Takeover(
            BrowserSessions sessions,
            SecondFactors factors,
            UserTokens tokens,
            List<WayIn> others) {
        this.sessions = sessions;
        this.factors = factors;
        this.tokens = tokens;
        this.others = List.copyOf(others);
    }

    /** Needs a transaction. */
    void of(UUID user) {
        sessions.closeAll(user);
        factors.remove(user);
        for (var purpose : Purpose.values()) {
            tokens.revoke(user, purpose);
        }
        others.forEach(way -> way.close(user));
    }
}
