package io.apihub.billing.registration;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Nobody ends the process on purpose. */
@Configuration(proxyBeanMethods = false)
class RegistrationConfiguration {

    @Bean
    FaultPoint registrationFaultPoint() {
        return moment -> {};
    }
}
