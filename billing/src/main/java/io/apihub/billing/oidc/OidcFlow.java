package io.apihub.billing.oidc;

import io.apihub.billing.identity.Secret;
import io.apihub.billing.oidc.OidcRefusal.Reason;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.sealing.Sealer;
import io.apihub.billing.settings.Oidc;
import io.apihub.billing.settings.Settings;
import io.apihub.billing.user.User;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;

/** Logging in elsewhere: there, back, and who that is. */
@Component
class OidcFlow {

    static final String CALLBACK = "/api/v1/session/oidc/callback";
    static final Duration PENDING = Duration.ofMinutes(10);

    /** A path of ours: browsers take {@code //} and {@code /\} for another host. */
    private static final Pattern OWN_PATH =
            Pattern.compile("/(?![/\\\\])[\\x21-\\x7e&&[^\\\\]]{0,500}");

    private final OidcUsers users;
    private final Sealer sealer;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final @Nullable Oidc settings;
    private final @Nullable Exchange exchange;

    OidcFlow(
            OidcUsers users,
            Sealer sealer,
            InstantSource clock,
            RandomGenerator random,
            Settings settings) {
        this.users = users;
        this.sealer = sealer;
        this.clock = clock;
        this.random = random;
        this.settings = settings.oidc();
        this.exchange = exchange(settings, clock);
    }

    private static @Nullable Exchange exchange(Settings settings, InstantSource clock) {
        var oidc = settings.oidc();
        if (oidc == null) {
            return null;
        }
        var http = new OidcHttp(oidc);
        return new Exchange(
                oidc,
                http,
                new Provider(oidc, http, clock),
                URI.create(settings.identity().publicUrl() + CALLBACK));
    }

    boolean isOn() {
        return exchange != null;
    }

    /**
     * Begins a log-in.
     *
     * @param next where the browser goes afterwards
     * @throws Refused 400 if that is no path of ours, 409 if there is no provider
     */
    Begun begin(String next) {
        exchange();
        if (!isOwnPath(next)) {
            throw new Refused(
                    Problem.invalid("next", "Must be a path of this site such as /usage?by=day."));
        }
        return new Begun(
                Secret.mint(random).text(),
                Secret.mint(random).text(),
                Secret.mint(random).text(),
                next,
                clock.instant().plus(PENDING));
    }

    private static boolean isOwnPath(String next) {
        try {
            var uri = new URI(next);
            return OWN_PATH.matcher(next).matches() && uri.getHost() == null && !uri.isAbsolute();
        } catch (URISyntaxException e) {
            return false;
        }
    }

    URI authorization(Begun begun) throws OidcRefusal {
        return exchange().authorization(begun);
    }

    String sealed(Begun begun) {
        return begun.sealed(sealer);
    }

    /** The log-in that this browser began. */
    Begun begun(@Nullable String cookie) throws OidcRefusal {
        exchange();
        return (cookie == null
                        ? Optional.<Begun>empty()
                        : Begun.open(sealer, cookie, clock.instant()))
                .orElseThrow(
                        () -> new OidcRefusal(Reason.EXPIRED, "this browser has begun no log-in"));
    }

    /** The user who came back with these parameters. */
    User finish(Begun begun, Map<String, String> answer) throws OidcRefusal {
        if (settings == null || !new Secret(begun.state()).is(answer.getOrDefault("state", ""))) {
            throw new OidcRefusal(Reason.EXPIRED, "the state is that of another log-in");
        }
        exchange().checkIssuer(answer.get("iss"));
        var code = answer.get("code");
        if (code == null) {
            throw new OidcRefusal(
                    Reason.REFUSED,
                    answer.getOrDefault("error", "no code").replaceAll("[^a-z_]", "?"));
        }
        var claims = exchange().redeem(code, begun);
        try {
            return users.admit(settings, claims);
        } catch (DataIntegrityViolationException e) {
            // Another browser of the same person was as quick; there is an account now.
            return users.admit(settings, claims);
        }
    }

    private Exchange exchange() {
        var way = exchange;
        if (way == null) {
            throw new Refused(
                    Problem.conflict("oidc-off", "This installation knows no OpenID provider."));
        }
        return way;
    }
}
