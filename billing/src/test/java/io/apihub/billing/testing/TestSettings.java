package io.apihub.billing.testing;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.settings.DatabaseLogin;
import io.apihub.billing.settings.Identity;
import io.apihub.billing.settings.Listen;
import io.apihub.billing.settings.Mail;
import io.apihub.billing.settings.Oidc;
import io.apihub.billing.settings.Payments;
import io.apihub.billing.settings.Rates;
import io.apihub.billing.settings.Settings;
import io.apihub.billing.settings.Webhooks;
import io.apihub.model.money.Credits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Settings for tests. */
public final class TestSettings {

    /** Tests are faster than people. */
    public static final Rates MANY =
            new Rates(new Rates.Rate(99_999, 99_999), new Rates.Rate(99_999, 99_999));

    /** Where links lead. */
    public static final URI PORTAL = URI.create("https://hub.example.com");

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
                    null,
                    identity(folder.toAbsolutePath()),
                    MANY,
                    null,
                    null,
                    Payments.NONE,
                    Webhooks.PUBLIC);
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
                kubernetes,
                settings.identity(),
                settings.rates(),
                settings.mail(),
                settings.oidc(),
                settings.payments(),
                settings.webhooks());
    }

    /** The same with another identity. */
    public static Settings with(Settings settings, UnaryOperator<Identity> change) {
        return new Settings(
                settings.database(),
                settings.listeners(),
                settings.currency(),
                settings.jwtKeyFile(),
                settings.adminTokenFile(),
                settings.safety(),
                settings.kubernetes(),
                change.apply(settings.identity()),
                settings.rates(),
                settings.mail(),
                settings.oidc(),
                settings.payments(),
                settings.webhooks());
    }

    /** The same with other rates. */
    public static Settings with(Settings settings, Rates rates) {
        return new Settings(
                settings.database(),
                settings.listeners(),
                settings.currency(),
                settings.jwtKeyFile(),
                settings.adminTokenFile(),
                settings.safety(),
                settings.kubernetes(),
                settings.identity(),
                rates,
                settings.mail(),
                settings.oidc(),
                settings.payments(),
                settings.webhooks());
    }

    /** The same with mail, which links to {@link #PORTAL}. */
    public static Settings with(Settings settings, Mail mail) {
        return new Settings(
                settings.database(),
                settings.listeners(),
                settings.currency(),
                settings.jwtKeyFile(),
                settings.adminTokenFile(),
                settings.safety(),
                settings.kubernetes(),
                withPortal(settings.identity()),
                settings.rates(),
                mail,
                settings.oidc(),
                settings.payments(),
                settings.webhooks());
    }

    /** The same with an OpenID provider that sends browsers back to {@link #PORTAL}. */
    public static Settings with(Settings settings, Oidc oidc) {
        return new Settings(
                settings.database(),
                settings.listeners(),
                settings.currency(),
                settings.jwtKeyFile(),
                settings.adminTokenFile(),
                settings.safety(),
                settings.kubernetes(),
                withPortal(settings.identity()),
                settings.rates(),
                settings.mail(),
                oidc,
                settings.payments(),
                settings.webhooks());
    }

    private static Identity withPortal(Identity identity) {
        return new Identity(
                identity.registration(),
                identity.sessions(),
                PORTAL,
                identity.trustedProxies(),
                identity.secretsKeyFile(),
                identity.firstAdministrator());
    }

    /** Nobody may register, and there is no first administrator. */
    public static Identity identity(Path folder) {
        return new Identity(
                new Identity.Registration(
                        Identity.Mode.OFF, Set.of(), "registration", Credits.ZERO),
                new Identity.Sessions(Duration.ofHours(12), Duration.ofDays(7)),
                null,
                List.of(),
                folder.resolve("secrets-key"),
                new Identity.FirstAdministrator(null, null, folder.resolve("admin-password")));
    }
}
