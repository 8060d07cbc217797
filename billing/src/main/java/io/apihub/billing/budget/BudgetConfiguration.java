package io.apihub.billing.budget;

import io.apihub.billing.database.Durability;
import io.apihub.billing.settings.Settings;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the office into its real surroundings. */
@Configuration(proxyBeanMethods = false)
class BudgetConfiguration {

    @Bean
    CreditOffice creditOffice(
            CreditStore store, Durability durability, Settings settings, MeterRegistry metrics) {
        return new CreditOffice(
                store,
                new CreditOffice.Surroundings(
                        durability::granting,
                        System::nanoTime,
                        settings.safety().longestRequest(),
                        metrics));
    }

    @Bean
    ShadowLimits shadowLimits(CreditOffice office) {
        return office.shadows();
    }

    @Bean
    Leases leases(CreditOffice office) {
        return office.leases();
    }

    @Bean
    CreditQueue creditQueue(CreditOffice office) {
        var queue = new CreditQueue(office.clerk());
        office.workThrough(queue);
        return queue;
    }
}
