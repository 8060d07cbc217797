package io.apihub.dev;

import io.apihub.dev.stack.Demo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How the administrator gets in. The one-time password is shown by the start that made it, and by
 * no later one; it is in its file until it is changed.
 *
 * @param known whether the password was there before this start
 */
public record FirstLogIn(Path file, boolean known) {

    /** Asks before the start. */
    public static FirstLogIn before(Path file) {
        return new FirstLogIn(file, Files.exists(file));
    }

    /** Tells after it. */
    String text() throws IOException {
        if (!Files.exists(file)) {
            return Demo.ADMINISTRATOR;
        }
        return known
                ? Demo.ADMINISTRATOR + ", first password in " + file
                : Demo.ADMINISTRATOR
                        + ", one-time password "
                        + Files.readString(file).strip()
                        + " (shown this once; in "
                        + file
                        + " until it is changed)";
    }
}
