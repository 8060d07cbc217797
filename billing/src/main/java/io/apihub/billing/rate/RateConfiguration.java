package io.apihub.billing.rate;

import io.apihub.billing.access.Caller;
import io.apihub.billing.identity.ClientAddress;
import io.apihub.billing.problem.ProblemWriter;
import io.apihub.billing.settings.Rates;
import io.apihub.billing.settings.Settings;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/**
 * Counts addresses before anything is done for them, and users once it is known who they are. Each
 * process counts for itself; what must hold over all of them is in {@link
 * io.apihub.billing.identity.Throttle}.
 */
@Configuration(proxyBeanMethods = false)
class RateConfiguration {

    /** Before Spring Security, which looks tokens up in the database. */
    private static final int FIRST = Ordered.HIGHEST_PRECEDENCE + 100;

    private static final Rates.Rate PLATFORM = new Rates.Rate(1_000, 10_000);

    private final MeterRegistry metrics;
    private final ProblemWriter problems;
    private final InstantSource clock;
    private final Rates rates;

    RateConfiguration(
            MeterRegistry metrics, ProblemWriter problems, InstantSource clock, Settings settings) {
        this.metrics = metrics;
        this.problems = problems;
        this.clock = clock;
        this.rates = settings.rates();
    }

    @Bean
    FilterRegistrationBean<RateFilter> ratesOfAddresses(ClientAddress addresses) {
        return filter(
                "address",
                rates.perAddress(),
                FIRST,
                request ->
                        tellsOfPayment(request)
                                ? Optional.empty()
                                : Optional.of(addresses.block(request)));
    }

    /** A platform tells of all its payments from one address, and repeats itself for hours. */
    @Bean
    FilterRegistrationBean<RateFilter> ratesOfPlatforms(ClientAddress addresses) {
        return filter(
                "platform",
                PLATFORM,
                FIRST,
                request ->
                        tellsOfPayment(request)
                                ? Optional.of(addresses.block(request))
                                : Optional.empty());
    }

    private static boolean tellsOfPayment(HttpServletRequest request) {
        return request.getRequestURI().startsWith("/api/payment/notify/");
    }

    @Bean
    FilterRegistrationBean<RateFilter> ratesOfUsers() {
        return filter(
                "user",
                rates.perUser(),
                Ordered.LOWEST_PRECEDENCE,
                request -> Caller.current().map(Caller::name));
    }

    private FilterRegistrationBean<RateFilter> filter(
            String policy,
            Rates.Rate rate,
            int order,
            Function<HttpServletRequest, Optional<String>> subject) {
        var buckets = new Buckets(clock, rate, Buckets.MOST);
        metrics.gauge(
                "apihub_billing_rest_rate_subjects",
                List.of(Tag.of("by", policy)),
                buckets,
                Buckets::size);
        var refused = metrics.counter("apihub_billing_rest_rate_refused", "by", policy);
        var window = Duration.ofSeconds(rate.burst()).dividedBy(rate.perSecond());
        var rule = new RateFilter.Rule(policy, rate.burst(), window, subject);
        var filter =
                new FilterRegistrationBean<>(
                        new RateFilter(rule, buckets, refused::increment, problems));
        filter.setName(policy + "Rate");
        filter.setOrder(order);
        return filter;
    }
}
