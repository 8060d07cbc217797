package io.apihub.billing.testing;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.settings.DatabaseLogin;
import io.apihub.billing.settings.Listen;
import io.apihub.billing.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Settings for tests. */
public final class TestSettings {

    private TestSettings() {}

    /** For a Postgres that is not there. */
    public static Settings unreachable() {
        var nobody = new DatabaseLogin("nobody", "nobody");
        return of(new Settings.Database("jdbc:postgresql://127.0.0.1:1/apihub", nobody, nobody));
    }

    /** For a database, listening on free ports, with a folder of its own for key and token. */
    public static Settings of(TestDatabase database) {
        return of(database.settings());
    }

    private static Settings of(Settings.Database database) {
        var free = new Listen("127.0.0.1", 0);
        try {
            var folder = Files.createTempDirectory(Path.of("target"), "billing");
            return new Settings(
                    database,
                    new Settings.Listeners(free, free, free),
                    "CNY",
                    folder.resolve("jwt-key.json").toAbsolutePath(),
                    folder.resolve("admin-token").toAbsolutePath(),
                    new Settings.Safety(true, Duration.ofMinutes(61)),
                    null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same with a way to Kubernetes. */
    public static Settings with(Settings settings, Settings.Kubernetes kubernetes) {
        return new Settings(
                settings.database(),
                settings.listeners(),
                settings.currency(),
                settings.jwtKeyFile(),
                settings.adminTokenFile(),
                settings.safety(),
                kubernetes);
    }
}
