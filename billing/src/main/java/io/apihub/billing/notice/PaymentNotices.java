package io.apihub.billing.notice;

import io.apihub.billing.notice.Notifier.News;
import io.apihub.billing.payment.OrdersCredited;
import io.apihub.billing.payment.SuspenseCredited;
import io.apihub.billing.settings.Settings;
import io.apihub.model.money.Credits;
import java.util.Map;
import java.util.UUID;
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

    @EventListener
    void credited(SuspenseCredited event) {
        var data = data(event.order(), event.credit(), Credits.ZERO);
        notifier.take(event.tenant(), NoticeKind.PAYMENT_CREDITED, "suspense/" + event.id(), data);
    }

    private News news(OrdersCredited.Order order) {
        return new News(
                order.tenant(),
                order.id().toString(),
                data(order.id(), order.credit(), order.bonus()));
    }

    private Map<String, String> data(UUID order, Credits credit, Credits bonus) {
        return Map.of(
                "order",
                order.toString(),
                "credit",
                credit.toDecimal(),
                "bonus",
                bonus.toDecimal(),
                "currency",
                currency);
    }
}
