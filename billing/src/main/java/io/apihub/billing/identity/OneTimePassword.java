package io.apihub.billing.identity;

import io.apihub.billing.sealing.PrivateFile;
import io.apihub.billing.settings.Identity;
import io.apihub.billing.settings.Settings;
import io.apihub.billing.user.EmailAddress;
import io.apihub.billing.user.User;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** The first administrator's one-time password: in a private file for as long as it is good. */
@Component
class OneTimePassword {

    private static final Logger LOG = LoggerFactory.getLogger(OneTimePassword.class);

    private final Identity.FirstAdministrator wanted;
    private final RandomGenerator random;

    OneTimePassword(Settings settings, RandomGenerator random) {
        this.wanted = settings.identity().firstAdministrator();
        this.random = random;
    }

    Path file() {
        return wanted.passwordFile();
    }

    /** Whether it is this process that has written one. */
    boolean isHere() {
        return Files.exists(file());
    }

    /** Makes one and writes it, in place of what is there. */
    String mint() {
        var password = Secret.mint(random).text();
        try {
            PrivateFile.write(file(), password + "\n");
            return password;
        } catch (IOException e) {
            throw new UncheckedIOException("APIHUB_ADMIN_PASSWORD_FILE " + file(), e);
        }
    }

    /**
     * Removes the file if it is this user's and the user has chosen a password since. Safe to
     * repeat, and done at each start again, since a process may die before it gets here.
     */
    void forget(User user) {
        var email = wanted.email();
        if (email == null || wanted.passwordHash() != null || user.passwordMustChange()) {
            return;
        }
        if (EmailAddress.of("APIHUB_ADMIN_EMAIL", email).key().equals(user.address().key())) {
            try {
                Files.deleteIfExists(file());
            } catch (IOException e) {
                // It opens nothing any more.
                LOG.warn("the file of the one-time password stays: {}", e.toString());
            }
        }
    }
}
