package io.apihub.billing.payment.epay;

import java.util.Locale;

/**
 * How a customer goes on to pay.
 *
 * @param content what the QR code holds, or where to go
 */
public record PayCode(String tradeNo, Kind kind, String content) {

    /** What to do with it. */
    public enum Kind {
        QR_CODE,
        URL,
        URL_SCHEME;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
