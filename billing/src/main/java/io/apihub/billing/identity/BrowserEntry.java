package io.apihub.billing.identity;

import io.apihub.billing.problem.Refused;
import io.apihub.billing.settings.Settings;
import io.apihub.billing.user.User;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/** Lets a browser in whose user proved elsewhere who they are. */
@Component
public class BrowserEntry {

    private static final Duration WINDOW = Duration.ofMinutes(15);
    private static final int MOST_FROM_ONE_ADDRESS = 100;

    private final LogIn logIn;
    private final ClientAddress addresses;
    private final Throttle throttle;
    private final Duration longest;

    BrowserEntry(LogIn logIn, ClientAddress addresses, Throttle throttle, Settings settings) {
        this.logIn = logIn;
        this.addresses = addresses;
        this.throttle = throttle;
        this.longest = settings.identity().sessions().longest();
    }

    /**
     * What the browser gets.
     *
     * @param cookies for Set-Cookie
     * @param complete whether it is a session; else a code is to follow
     */
    public record Entered(List<String> cookies, boolean complete) {

        public Entered {
            cookies = List.copyOf(cookies);
        }
    }

    /**
     * Counts a try of an address.
     *
     * @throws Refused 429
     */
    public void count(HttpServletRequest request) {
        throttle.count(
                new Throttle.Bound(
                        "log-in-elsewhere/address/" + addresses.block(request),
                        MOST_FROM_ONE_ADDRESS,
                        WINDOW));
    }

    /** Opens a session; who has a second factor here is asked for it all the same. */
    public Entered enter(User user, HttpServletRequest request) {
        var origin =
                new LogIn.Origin(
                        addresses.of(request).getHostAddress(),
                        addresses.block(request),
                        request.getHeader(HttpHeaders.USER_AGENT));
        return switch (logIn.open(user, origin, SessionCookie.of(request).orElse(null))) {
            case LogIn.Session session ->
                    new Entered(List.of(SessionCookie.set(session.token(), longest)), true);
            case LogIn.Pending pending ->
                    new Entered(List.of(SessionCookie.setPending(pending.token())), false);
        };
    }
}
