package io.apihub.billing.identity;

import io.apihub.billing.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * The keys that sign tokens: a new one every period, by the clock. All are derived from the secret
 * in the key file, so processes with the same file have the same keys and need not talk; see
 * docs/adr.
 */
@Component
public class SigningKeys {

    /**
     * The longest life of a token. A key is believed this long after, and known before its time.
     */
    static final Duration OVERLAP = Duration.ofHours(24).plusMinutes(5);

    private static final Duration PERIOD = Duration.ofDays(30);

    private final KeyFile file;
    private final InstantSource clock;
    private volatile Published published = new Published(List.of(), List.of());

    SigningKeys(Settings settings, InstantSource clock) {
        try {
            this.file = KeyFile.load(settings.jwtKeyFile());
        } catch (IOException e) {
            throw new UncheckedIOException("APIHUB_JWT_KEY_FILE " + settings.jwtKeyFile(), e);
        }
        this.clock = clock;
    }

    /**
     * @param periods that the keys are of, so that it shows when there are others
     */
    private record Published(List<Long> periods, List<SigningKey> keys) {}

    /** The key that signs now. */
    SigningKey current() {
        return published().getFirst();
    }

    /** A key that tokens are believed for now. */
    Optional<SigningKey> find(String id) {
        return published().stream().filter(key -> key.id().equals(id)).findFirst();
    }

    /** What is believed now; the first one signs. */
    List<SigningKey> published() {
        var periods = periods(clock.instant());
        var last = published;
        if (!last.periods().equals(periods)) {
            last = new Published(periods, derive(periods));
            published = last;
        }
        return last.keys();
    }

    private List<SigningKey> derive(List<Long> periods) {
        var keys = new ArrayList<SigningKey>();
        for (var secret : file.secrets()) {
            for (var period : periods) {
                keys.add(SigningKey.derive(secret, period));
            }
        }
        return List.copyOf(keys);
    }

    /** This period, and a neighbour when its end or beginning is near. */
    private static List<Long> periods(Instant now) {
        long period = Math.floorDiv(now.toEpochMilli(), PERIOD.toMillis());
        long since = Math.floorMod(now.toEpochMilli(), PERIOD.toMillis());
        if (since < OVERLAP.toMillis()) {
            return List.of(period, period - 1);
        }
        return since >= PERIOD.minus(OVERLAP).toMillis()
                ? List.of(period, period + 1)
                : List.of(period);
    }
}
