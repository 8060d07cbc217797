package io.apihub.billing.access;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Decides every request by what its endpoint's {@link Permit} says; what says nothing is refused.
 * Tenants that the caller is no member of are answered like tenants that do not exist.
 */
final class AccessInterceptor implements HandlerInterceptor {

    /** The variable of a path that names the tenant. */
    static final String TENANT = "tenant";

    /** The variable of a path that names the tenant by its namespace. */
    static final String NAMESPACE = "namespace";

    private static final String DOCUMENTATION = "org.springdoc.";

    private final TenantLookup tenants;
    private final SecurityLog log;

    AccessInterceptor(TenantLookup tenants, SecurityLog log) {
        this.tenants = tenants;
        this.log = log;
    }

    @Override
    public boolean preHandle(
            HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (request.getDispatcherType() != DispatcherType.REQUEST
                || isDocumentation(request, handler)
                || isPreflight(request, handler)) {
            return true;
        }
        var permit =
                handler instanceof HandlerMethod method
                        ? method.getMethodAnnotation(Permit.class)
                        : null;
        if (permit == null) {
            caller(response);
            throw new Refused(Problem.notFound("There is nothing here."));
        }
        try {
            check(permit, request, response);
        } catch (Refused e) {
            refused(request, e.problem().type());
            throw e;
        }
        return true;
    }

    /** Some endpoints look closer, and refuse too. */
    @Override
    public void afterCompletion(
            HttpServletRequest request,
            HttpServletResponse response,
            Object handler,
            @Nullable Exception failure) {
        if (response.getStatus() == HttpServletResponse.SC_FORBIDDEN) {
            refused(request, "not allowed");
        }
    }

    /** Strangers are not told apart from those who are about to log in. */
    private void refused(HttpServletRequest request, String why) {
        CurrentCaller.find()
                .ifPresent(caller ->
                        log.refused(
                                SecurityLog.Kind.ACCESS,
                                caller.name(),
                                request.getMethod() + " " + request.getRequestURI(),
                                why));
    }

    private void check(Permit permit, HttpServletRequest request, HttpServletResponse response) {
        var level = permit.value();
        if (level == Level.ANYONE) {
            return;
        }
        var caller = caller(response);
        if (level == Level.ADMINISTRATOR && !caller.administrator()) {
            throw new Refused(Problem.forbidden());
        }
        for (var scope : needed(permit, request)) {
            if (!caller.scopes().contains(scope)) {
                response.setHeader(
                        "WWW-Authenticate",
                        "Bearer realm=\"apihub\", error=\"insufficient_scope\"");
                throw new Refused(Problem.scopeMissing(scope.wireName()));
            }
        }
        level.role().ifPresent(needed -> checkRole(caller, needed, request));
    }

    private static Scope[] needed(Permit permit, HttpServletRequest request) {
        if (permit.scope().length > 0) {
            return permit.scope();
        }
        boolean reads = request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
        return new Scope[] {reads ? Scope.READ : Scope.WRITE};
    }

    private void checkRole(Caller caller, Role needed, HttpServletRequest request) {
        var name = variable(request, TENANT);
        var namespace = variable(request, NAMESPACE);
        if (name.isPresent()) {
            var role = caller.roleIn(tenants.find(name.get()).id());
            check(role, needed, () -> TenantLookup.unknown(name.get()));
        } else if (namespace.isPresent()) {
            var role = caller.roleIn(tenants.inNamespace(namespace.get()).id());
            check(role, needed, () -> TenantLookup.unknownNamespace(namespace.get()));
        } else {
            throw new IllegalStateException("a path that names no tenant asks for a role in one");
        }
    }

    private static void check(Optional<Role> role, Role needed, Supplier<Refused> unknown) {
        if (!role.orElseThrow(unknown).includes(needed)) {
            throw new Refused(Problem.forbidden());
        }
    }

    private static Optional<String> variable(HttpServletRequest request, String variable) {
        return request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE)
                                instanceof Map<?, ?> variables
                        && variables.get(variable) instanceof String value
                ? Optional.of(value)
                : Optional.empty();
    }

    private static Caller caller(HttpServletResponse response) {
        return CurrentCaller.find()
                .orElseThrow(() -> {
                    response.setHeader("WWW-Authenticate", "Bearer realm=\"apihub\"");
                    return new Refused(Problem.unauthenticated());
                });
    }

    /** Spring allows no other site anything, and makes no problem of what is thrown here. */
    private static boolean isPreflight(HttpServletRequest request, Object handler) {
        return !(handler instanceof HandlerMethod) && CorsUtils.isPreFlightRequest(request);
    }

    /** The documentation of the API says nothing of any tenant, and is for everybody. */
    private static boolean isDocumentation(HttpServletRequest request, Object handler) {
        return handler instanceof HandlerMethod method
                ? method.getBeanType().getName().startsWith(DOCUMENTATION)
                : request.getRequestURI().equals("/docs")
                        || request.getRequestURI().startsWith("/docs/");
    }
}
