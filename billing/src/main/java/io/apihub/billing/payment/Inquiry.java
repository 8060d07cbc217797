package io.apihub.billing.payment;

import io.apihub.billing.payment.epay.EpayClient.Ref;
import io.apihub.billing.payment.epay.EpayClients;
import io.apihub.billing.payment.epay.PlatformOrder;
import io.apihub.billing.payment.epay.Told;
import org.springframework.stereotype.Component;

/** Asks a platform whether an order is paid, and holds the answer against what we know. */
@Component
class Inquiry {

    private final EpayClients clients;

    Inquiry(EpayClients clients) {
        this.clients = clients;
    }

    /** What we make of an answer. */
    sealed interface Answer {

        /** Paid, all of it, and under this number. */
        record Paid(String tradeNo) implements Answer {}

        record NotPaid(String words) implements Answer {}

        /** Something was paid, but not what we asked for. */
        record Differs(String words) implements Answer {}

        /** Nobody can tell now. */
        record Unknown(String words) implements Answer {}
    }

    Answer ask(PaymentOrder order, Ref ref) {
        return switch (clients.of(order.provider()).query(ref)) {
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
        if (!found.isPaid()) {
            return new Answer.NotPaid("status " + found.status() + " " + found.tradeStatus());
        }
        if (found.money().compareTo(order.price().amount()) != 0) {
            return new Answer.Differs("paid " + found.money() + ", not " + order.price().amount());
        }
        return found.tradeNo().isEmpty()
                ? new Answer.Unknown("no trade number")
                : new Answer.Paid(found.tradeNo());
    }
}
