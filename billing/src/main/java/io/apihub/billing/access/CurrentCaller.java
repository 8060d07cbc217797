package io.apihub.billing.access;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/** Gives controllers their {@link Caller}. */
final class CurrentCaller implements HandlerMethodArgumentResolver {

    /** Who the filters found to be calling; empty for strangers. */
    static Optional<Caller> find() {
        return Optional.ofNullable(SecurityContextHolder.getContext().getAuthentication())
                .map(Authentication::getPrincipal)
                .filter(Caller.class::isInstance)
                .map(Caller.class::cast);
    }

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.getParameterType() == Caller.class;
    }

    @Override
    public Object resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer container,
            NativeWebRequest request,
            @Nullable WebDataBinderFactory binders) {
        return find().orElseThrow(() -> new Refused(Problem.unauthenticated()));
    }
}
