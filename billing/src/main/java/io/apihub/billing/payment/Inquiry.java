package io.apihub.billing.payment;

import io.apihub.billing.payment.epay.EpayClient.Ref;
import io.apihub.billing.payment.epay.EpayClients;
import io.apihub.billing.payment.epay.PlatformOrder;
import io.apihub.billing.payment.epay.Told;
import java.math.BigDecimal;
import org.springframework.stereotype.Component;

/** Asks a platform whether an order is paid, and holds the answer against what we know. */
@Component
class Inquiry {

    /** Nobody pays more by mistake; a platform that says so is not believed. */
    private static final BigDecimal MOST_TIMES = new BigDecimal(1_000);

    private final EpayClients clients;

    Inquiry(EpayClients clients) {
        this.clients = clients;
    }

    /** What we make of an answer. */
    sealed interface Answer {

        /** Paid under this number; it may be another amount than we asked for. */
        record Paid(String tradeNo, BigDecimal paid) implements Answer {}

        record NotPaid(String words) implements Answer {}

        /** What the platform says does not fit to what we asked. */
        record Differs(String words) implements Answer {}

        /** Nobody can tell now. */
        record Unknown(String words) implements Answer {}
    }

    Answer ask(PaymentOrder order, Ref ref) {
        var client = clients.find(order.provider());
        if (client.isEmpty()) {
            return new Answer.Unknown("the provider is not configured any more");
        }
        return switch (client.get().query(ref)) {
            case Told.Yes<PlatformOrder> yes -> compare(order, ref, yes.value());
            case Told.No<PlatformOrder> no ->
                    no.isAbsent() ? new Answer.NotPaid(no.words()) : new Answer.Unknown(no.words());
            case Told.Unknown<PlatformOrder> unknown -> new Answer.Unknown(unknown.words());
        };
    }

    private static Answer compare(PaymentOrder order, Ref ref, PlatformOrder found) {
        if (!found.outTradeNo().equals(order.outTradeNo())) {
            return new Answer.Differs("another order's number: " + found.outTradeNo());
        }
        if (ref.field().equals("trade_no") && !ref.number().equals(found.tradeNo())) {
            return new Answer.Differs("another trade number: " + found.tradeNo());
        }
        if (found.isHeld()) {
            return new Answer.Unknown("the platform holds it, status " + found.status());
        }
        if (!found.isPaid()) {
            return new Answer.NotPaid("status " + found.status() + " " + found.tradeStatus());
        }
        if (found.tradeNo().isEmpty()) {
            return new Answer.Unknown("no trade number");
        }
        var most = order.price().amount().multiply(MOST_TIMES);
        return found.money().signum() > 0 && found.money().compareTo(most) <= 0
                ? new Answer.Paid(found.tradeNo(), found.money())
                : new Answer.Differs("paid " + found.money() + ", not " + order.price().amount());
    }
}
