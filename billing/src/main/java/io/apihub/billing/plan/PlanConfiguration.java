package io.apihub.billing.plan;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Nobody ends the process on purpose. */
@Configuration(proxyBeanMethods = false)
class PlanConfiguration {

    @Bean
    FaultPoint planFaultPoint() {
        return step -> {};
    }
}
