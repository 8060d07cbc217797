package io.apihub.billing.notice;

import io.apihub.billing.payment.OrderCredited;
import io.apihub.billing.settings.Settings;
import java.util.Map;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Takes a notice of each payment, in the transaction that credits it. */
@Component
class PaymentNotices {

    private final Notifier notifier;
    private final String currency;

    PaymentNotices(Notifier notifier, Settings settings) {
        this.notifier = notifier;
        this.currency = settings.currency();
    }

    @EventListener
    void credited(OrderCredited order) {
        notifier.take(
                order.tenant(),
                NoticeKind.PAYMENT_CREDITED,
                order.order().toString(),
                Map.of(
                        "order", order.order().toString(),
                        "credit", order.credit().toDecimal(),
                        "bonus", order.bonus().toDecimal(),
                        "currency", currency));
    }
}
