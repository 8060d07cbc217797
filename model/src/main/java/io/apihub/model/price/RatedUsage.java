package io.apihub.model.price;

import io.apihub.model.money.Credits;
import java.math.BigDecimal;

/**
 * The cost of one request. The parts are exact, in currency units, with up to eighteen decimals;
 * {@code total} is their sum rounded up once to a micro-unit, {@code rounding} what that added.
 */
public record RatedUsage(
        BigDecimal input,
        BigDecimal cachedInput,
        BigDecimal cacheWrite,
        BigDecimal cacheWrite1h,
        BigDecimal output,
        BigDecimal perRequest,
        BigDecimal rounding,
        Credits total) {}
