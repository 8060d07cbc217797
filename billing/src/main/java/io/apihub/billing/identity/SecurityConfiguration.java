package io.apihub.billing.identity;

import io.apihub.billing.access.BearerCheck;
import io.apihub.billing.access.SecurityLog;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.ProblemWriter;
import java.util.List;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.UsernamePasswordAuthenticationFilter;

/**
 * Finds out who is calling; whether they may is decided by {@link io.apihub.billing.access.Permit}.
 */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {

    /** The filter belongs to the chain below and nowhere else. */
    @Bean
    FilterRegistrationBean<SessionFilter> sessionFilterOnlyInTheChain(SessionFilter filter) {
        var registration = new FilterRegistrationBean<>(filter);
        registration.setEnabled(false);
        return registration;
    }

    @Bean
    SecurityFilterChain security(
            HttpSecurity http,
            List<BearerCheck> bearers,
            SessionFilter sessionFilter,
            ProblemWriter problems,
            SecurityLog log) {
        return http.csrf(AbstractHttpConfigurer::disable)
                .formLogin(AbstractHttpConfigurer::disable)
                .httpBasic(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .sessionManagement(
                        sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .addFilterBefore(
                        new TokenFilter(bearers, problems, log),
                        UsernamePasswordAuthenticationFilter.class)
                .addFilterBefore(sessionFilter, UsernamePasswordAuthenticationFilter.class)
                // access.AccessInterceptor decides: it knows the endpoint, and what that asks for.
                .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                .exceptionHandling(failures ->
                        failures.authenticationEntryPoint(
                                        (request, response, e) -> {
                                            response.setHeader(
                                                    "WWW-Authenticate", "Bearer realm=\"apihub\"");
                                            problems.write(response, Problem.unauthenticated());
                                        })
                                .accessDeniedHandler((request, response, e) ->
                                        problems.write(response, Problem.forbidden())))
                .build();
    }
}
