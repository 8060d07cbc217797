package io.apihub.billing.usage;

import io.apihub.billing.account.Keys;
import io.apihub.billing.budget.CreditStore;
import io.apihub.billing.budget.ShadowLimits;
import io.apihub.billing.ledger.Book;
import io.apihub.billing.pricing.PriceBooks;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.random.RandomGenerator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the ingest into its real surroundings. */
@Configuration(proxyBeanMethods = false)
class UsageConfiguration {

    @Bean
    UsageBooks usageBooks(
            CreditStore credit,
            UsageStore usage,
            Book ledger,
            PriceBooks prices,
            ShadowLimits shadows,
            Keys keys) {
        return new UsageBooks(credit, usage, ledger, prices::version, shadows, keys::names);
    }

    @Bean
    UsageIngest usageIngest(UsageBooks books, RandomGenerator random, MeterRegistry metrics) {
        return new UsageIngest(books, random, metrics);
    }

    @Bean
    UsageQueue usageQueue(UsageIngest ingest) {
        return new UsageQueue(ingest);
    }
}
