package io.apihub.billing.notice;

import io.apihub.billing.notice.Notifier.News;
import io.apihub.billing.payment.OrdersCredited;
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
    void credited(OrdersCredited event) {
        notifier.take(
                NoticeKind.PAYMENT_CREDITED, event.orders().stream().map(this::news).toList());
    }

    private News news(OrdersCredited.Order order) {
        var id = order.id().toString();
        return new News(
                order.tenant(),
                id,
                Map.of(
                        "order",
                        id,
                        "credit",
                        order.credit().toDecimal(),
                        "bonus",
                        order.bonus().toDecimal(),
                        "currency",
                        currency));
    }
}
