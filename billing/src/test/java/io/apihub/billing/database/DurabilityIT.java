package io.apihub.billing.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.settings.Settings;
import io.apihub.billing.testing.TestSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DurabilityIT {

    private final TestDatabase database = TestDatabase.empty();

    @Test
    void withoutASecondPostgresNothingIsGrantedUnlessOneIsAllThereIs() {
        var one = durability(true);
        var many = durability(false);

        one.verify();
        many.verify();

        assertThat(one.granting()).isTrue();
        assertThat(many.granting()).isFalse();
    }

    private Durability durability(boolean singleInstance) {
        var settings = TestSettings.of(database);
        return new Durability(
                database.service(),
                new Settings(
                        settings.database(),
                        settings.listeners(),
                        settings.currency(),
                        settings.jwtKeyFile(),
                        settings.adminTokenFile(),
                        new Settings.Safety(singleInstance, Duration.ofMinutes(61)),
                        settings.kubernetes(),
                        settings.identity(),
                        settings.rates(),
                        settings.mail(),
                        settings.oidc(),
                        settings.payments(),
                        settings.webhooks()));
    }
}
