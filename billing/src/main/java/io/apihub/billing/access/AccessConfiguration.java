package io.apihub.billing.access;

import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Puts the decision before every endpoint, and makes sure that each says who may call it. */
@Configuration(proxyBeanMethods = false)
class AccessConfiguration implements WebMvcConfigurer {

    private static final String OURS = "io.apihub.";

    private final TenantLookup tenants;
    private final SecurityLog log;
    private final ObjectProvider<RequestMappingHandlerMapping> mappings;

    AccessConfiguration(
            TenantLookup tenants,
            SecurityLog log,
            ObjectProvider<RequestMappingHandlerMapping> mappings) {
        this.tenants = tenants;
        this.log = log;
        this.mappings = mappings;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new AccessInterceptor(tenants, log));
    }

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(new CurrentCaller());
    }

    /** Stops the start if an endpoint does not say who may call it, or can't be checked. */
    @EventListener(ContextRefreshedEvent.class)
    void check() {
        for (var mapping : mappings) {
            mapping.getHandlerMethods()
                    .forEach((path, method) -> {
                        if (method.getBeanType().getName().startsWith(OURS)
                                && !ErrorController.class.isAssignableFrom(method.getBeanType())) {
                            check(path.getPatternValues(), method);
                        }
                    });
        }
    }

    private static void check(Iterable<String> paths, HandlerMethod method) {
        var permit = method.getMethodAnnotation(Permit.class);
        if (permit == null) {
            throw new IllegalStateException(method + " does not say who may call it: @Permit");
        }
        for (var path : paths) {
            if (permit.value().role().isPresent() && !namesATenant(path)) {
                throw new IllegalStateException(
                        method + " asks for a role in a tenant, but " + path + " names none");
            }
        }
    }

    private static boolean namesATenant(String path) {
        return path.contains("{" + AccessInterceptor.TENANT + "}")
                || path.contains("{" + AccessInterceptor.NAMESPACE + "}");
    }
}
