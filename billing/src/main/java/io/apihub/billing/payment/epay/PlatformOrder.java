package io.apihub.billing.payment.epay;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An order as the platform tells it when it is asked.
 *
 * @param status 0 unpaid, 1 paid, 2 refunded, 3 frozen, 4 pre-authorised
 * @param tradeStatus empty if the platform does not say it
 * @param refunded null if the platform does not say it
 * @param ended when it was paid, in the platform's own words
 */
public record PlatformOrder(
        String tradeNo,
        String outTradeNo,
        BigDecimal money,
        int status,
        String tradeStatus,
        @Nullable BigDecimal refunded,
        String ended) {

    private static final int PAID = 1;
    private static final int REFUNDED = 2;
    private static final int FROZEN = 3;
    private static final int PRE_AUTHORISED = 4;
    private static final ZoneId PLATFORMS_ZONE = ZoneId.of("Asia/Shanghai");
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

    /** A status alone is not taken for a payment where the platform says more, and other. */
    public boolean isPaid() {
        return status == PAID && (tradeStatus.isEmpty() || tradeStatus.equals("TRADE_SUCCESS"));
    }

    /** Whether money came that the platform does not let go yet: it may be paid later. */
    public boolean isHeld() {
        return status == FROZEN || status == PRE_AUTHORISED;
    }

    /** When it was paid; empty if the platform does not say it in a form that is known. */
    public Optional<Instant> endedAt() {
        try {
            return Optional.of(
                    LocalDateTime.parse(ended, CLOCK).atZone(PLATFORMS_ZONE).toInstant());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /**
     * Whether something of it was given back. "Refunded" may be said of any part: it counts only
     * where no amount is told, and all was to be given back at once.
     */
    GiveBack.Standing standing(GiveBack back) {
        var told = refunded;
        if (told != null && (told.signum() > 0 || status != REFUNDED)) {
            return standing(told.compareTo(back.after()) >= 0);
        }
        boolean whole = back.before().signum() == 0 && back.amount().compareTo(money) >= 0;
        return whole ? standing(status == REFUNDED) : GiveBack.Standing.CANT_TELL;
    }

    private static GiveBack.Standing standing(boolean done) {
        return done ? GiveBack.Standing.DONE : GiveBack.Standing.NOT_DONE;
    }
}
