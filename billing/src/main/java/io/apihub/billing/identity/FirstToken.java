package io.apihub.billing.identity;

import io.apihub.billing.access.Caller;
import io.apihub.billing.sealing.PrivateFile;
import io.apihub.billing.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * The first administrator's token, in a file with mode 0600: who can read the file is one. Minted
 * when the file is absent, and anew before what is in it expires.
 */
@Component
class FirstToken {

    private static final Logger LOG = LoggerFactory.getLogger(FirstToken.class);
    private static final Duration LIFE = Duration.ofHours(24);
    private static final Duration RENEWED_AT = Duration.ofHours(12);
    private static final Caller NAME = Caller.administrator("admin");

    private final Path file;
    private final Tokens tokens;
    private final InstantSource clock;

    FirstToken(Settings settings, Tokens tokens, InstantSource clock) {
        this.file = settings.adminTokenFile();
        this.tokens = tokens;
        this.clock = clock;
        keep();
    }

    @Scheduled(fixedDelay = 600_000, initialDelay = 600_000)
    final void keep() {
        try {
            var current = Optional.ofNullable(PrivateFile.read(file)).flatMap(tokens::verify);
            var renewal = clock.instant().plus(LIFE).minus(RENEWED_AT);
            if (current.isEmpty() || current.get().expiresAt().isBefore(renewal)) {
                PrivateFile.write(file, tokens.mint(NAME, LIFE) + "\n");
                LOG.info("an administrator's token, good for {} h, is in {}", LIFE.toHours(), file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("APIHUB_ADMIN_TOKEN_FILE " + file, e);
        }
    }
}
