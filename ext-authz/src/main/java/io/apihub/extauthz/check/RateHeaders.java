package io.apihub.extauthz.check;

import io.apihub.extauthz.error.ErrorResponse.Header;
import io.apihub.extauthz.error.Protocol;
import io.apihub.extauthz.quota.Applying.Rate;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells clients how much of their limit is left, under the names that their libraries read. */
final class RateHeaders {

    private final InstantSource clock;

    RateHeaders(InstantSource clock) {
        this.clock = clock;
    }

    List<Header> of(Rates rates, Protocol protocol) {
        if (rates.requests() == null && rates.tokens() == null) {
            return List.of();
        }
        var headers = new ArrayList<Header>(6);
        add(headers, "requests", rates.requests(), protocol);
        add(headers, "tokens", rates.tokens(), protocol);
        return headers;
    }

    private void add(List<Header> headers, String unit, @Nullable Rate rate, Protocol protocol) {
        if (rate == null) {
            return;
        }
        var limit = String.valueOf(rate.limit());
        var remaining = String.valueOf(rate.remaining());
        var reset = Duration.ofNanos(rate.resetNanos());
        switch (protocol) {
            case OPENAI, GEMINI -> {
                headers.add(new Header("x-ratelimit-limit-" + unit, limit));
                headers.add(new Header("x-ratelimit-remaining-" + unit, remaining));
                headers.add(new Header("x-ratelimit-reset-" + unit, shortForm(reset)));
            }
            case ANTHROPIC -> {
                var start = "anthropic-ratelimit-" + unit;
                headers.add(new Header(start + "-limit", limit));
                headers.add(new Header(start + "-remaining", remaining));
                headers.add(new Header(start + "-reset", instant(reset)));
            }
        }
    }

    /** As OpenAI writes it: {@code 20ms}, {@code 1s}, {@code 6m0s}; rounded up. */
    static String shortForm(Duration reset) {
        long millis = Math.ceilDiv(reset.toNanos(), 1_000_000L);
        if (millis < 1_000) {
            return millis + "ms";
        }
        long seconds = Math.ceilDiv(millis, 1_000L);
        return seconds < 60 ? seconds + "s" : seconds / 60 + "m" + seconds % 60 + "s";
    }

    private String instant(Duration reset) {
        return clock.instant()
                .plus(reset)
                .plus(Duration.ofSeconds(1).minusNanos(1))
                .truncatedTo(ChronoUnit.SECONDS)
                .toString();
    }
}
