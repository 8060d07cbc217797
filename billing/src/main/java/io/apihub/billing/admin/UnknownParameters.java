package io.apihub.billing.admin;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodParameter;
import org.springframework.stereotype.Component;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Refuses query parameters that an endpoint does not know: a filter with a slip must not vanish.
 */
@Component
class UnknownParameters implements HandlerInterceptor, WebMvcConfigurer {

    private static final DefaultParameterNameDiscoverer NAMES =
            new DefaultParameterNameDiscoverer();

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).addPathPatterns("/api/v1/**", "/k8s/**");
    }

    @Override
    public boolean preHandle(
            HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (handler instanceof HandlerMethod method && !takesForm(method)) {
            var known = known(method);
            request.getParameterMap()
                    .forEach((name, values) -> {
                        if (!known.contains(name)) {
                            throw new Refused(Problem.invalid(name, unknown(name, known)));
                        }
                        if (values.length > 1) {
                            throw new Refused(Problem.invalid(name, "May be given only once."));
                        }
                        if (values[0].indexOf('\0') >= 0) {
                            throw new Refused(
                                    Problem.invalid(name, "May not have the character U+0000."));
                        }
                    });
        }
        return true;
    }

    /** A form's fields look like parameters; OAuth wants unknown ones to be ignored. */
    private static boolean takesForm(HandlerMethod method) {
        return Arrays.stream(method.getMethodParameters())
                .anyMatch(parameter -> parameter.getParameterType() == MultiValueMap.class);
    }

    private static String unknown(String name, Set<String> known) {
        return "Unknown parameter '"
                + name
                + "'; "
                + (known.isEmpty() ? "none is" : "allowed are " + String.join(", ", known))
                + (known.isEmpty() ? " allowed." : ".");
    }

    private static Set<String> known(HandlerMethod method) {
        return Arrays.stream(method.getMethodParameters())
                .flatMap(UnknownParameters::names)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<String> names(MethodParameter parameter) {
        if (parameter.hasParameterAnnotation(ParameterObject.class)) {
            return Arrays.stream(parameter.getParameterType().getRecordComponents())
                    .map(RecordComponent::getName);
        }
        var annotation = parameter.getParameterAnnotation(RequestParam.class);
        if (annotation == null) {
            return Stream.empty();
        }
        if (!annotation.name().isEmpty()) {
            return Stream.of(annotation.name());
        }
        parameter.initParameterNameDiscovery(NAMES);
        return Stream.of(String.valueOf(parameter.getParameterName()));
    }
}
