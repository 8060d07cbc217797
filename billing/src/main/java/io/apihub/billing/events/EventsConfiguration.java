package io.apihub.billing.events;

import org.springframework.boot.tomcat.TomcatConnectorCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes open connections small: most of them only ever wait for the next event. */
@Configuration(proxyBeanMethods = false)
class EventsConfiguration {

    @Bean
    TomcatConnectorCustomizer smallConnections() {
        return connector -> {
            connector.setProperty("socket.appReadBufSize", "2048");
            connector.setProperty("socket.appWriteBufSize", "4096");
            connector.setProperty("maxHttpRequestHeaderSize", "8192");
            connector.setProperty("maxHttpResponseHeaderSize", "4096");
        };
    }
}
