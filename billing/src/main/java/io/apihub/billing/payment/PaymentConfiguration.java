package io.apihub.billing.payment;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Nobody ends the process on purpose. */
@Configuration(proxyBeanMethods = false)
class PaymentConfiguration {

    @Bean
    FaultPoint faultPoint() {
        return step -> {};
    }
}
