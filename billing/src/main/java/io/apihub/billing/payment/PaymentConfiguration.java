package io.apihub.billing.payment;

import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Nobody ends the process on purpose, and payments leave half of the pool to others. */
@Configuration(proxyBeanMethods = false)
class PaymentConfiguration {

    private static final int AT_ONCE = 6;

    /** A notice takes two turns, and platforms hang up after five seconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    @Bean
    FaultPoint faultPoint() {
        return step -> {};
    }

    @Bean
    Turns turns() {
        return new Turns(AT_ONCE, PATIENCE);
    }
}
