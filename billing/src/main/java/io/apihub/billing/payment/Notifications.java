package io.apihub.billing.payment;

import io.apihub.billing.payment.Notices.Notice;
import io.apihub.billing.payment.Settling.Occasion;
import io.apihub.billing.payment.Settling.Result;
import io.apihub.billing.payment.epay.EpayAmount;
import io.apihub.billing.payment.epay.EpayClient.Ref;
import io.apihub.billing.payment.epay.EpayClients;
import io.apihub.billing.settings.Payments.PayProvider;
import io.apihub.billing.settings.Settings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * What platforms tell us of payments. Nothing of it is believed: it must be signed, must be of an
 * order of ours in every detail, and then the platform is asked itself. What is not signed takes
 * nothing that what is signed has to wait for.
 */
@Component
public class Notifications {

    private static final Logger LOG = LoggerFactory.getLogger(Notifications.class);
    private static final int MAX_TRADE_NO = 100;

    private final Settings settings;
    private final EpayClients clients;
    private final Orders orders;
    private final Received received;
    private final Settling settling;
    private final Inquiries inquiries;
    private final Notices notices;
    private final MeterRegistry metrics;
    private final Turns turns;
    private final Strangers strangers;
    private final InstantSource clock;

    /** What notices are written to. */
    @Component
    record Books(Orders orders, Received received, Inquiries inquiries, Notices notices) {}

    /** What bounds what they cost. */
    @Component
    record Bounds(Turns turns, Strangers strangers, InstantSource clock) {}

    Notifications(
            Settings settings,
            EpayClients clients,
            Books books,
            Settling settling,
            MeterRegistry metrics,
            Bounds bounds) {
        this.settings = settings;
        this.clients = clients;
        this.orders = books.orders();
        this.received = books.received();
        this.inquiries = books.inquiries();
        this.notices = books.notices();
        this.settling = settling;
        this.metrics = metrics;
        this.turns = bounds.turns();
        this.strangers = bounds.strangers();
        this.clock = bounds.clock();
    }

    /** What came of a notice. */
    public enum Answer {
        /** The platform may forget it: what it told is committed here. */
        TAKEN,
        NOT_TAKEN,
        /** Not taken, and the address has sent too much that nobody signed. */
        THROTTLED
    }

    /**
     * Who sent one.
     *
     * @param counted what is counted as one sender with it
     */
    public record Sender(String address, String counted) {}

    /**
     * What is signed and fits to an order of ours.
     *
     * @param done what is committed already need not be asked about
     */
    private record Checked(PaymentOrder order, String tradeNo, boolean done) {}

    /** Why it is not believed. */
    private static final class Disbelieved extends Exception {

        private static final long serialVersionUID = 1;
        private final String why;
        private final transient @Nullable UUID order;

        Disbelieved(String why, @Nullable UUID order) {
            super(why);
            this.why = why;
            this.order = order;
        }
    }

    /**
     * Takes what came. What is signed is recorded, and what becomes of it; of the rest some.
     *
     * @throws Busy if it has to be told again, and nothing came of it
     */
    public Answer take(String provider, Map<String, String> fields, Sender sender) {
        var occasion = new Occasion("notify", sender.address(), fields);
        try {
            var signer = signer(provider, fields);
            return settle(turns.take(() -> checked(signer, occasion)), occasion)
                    ? Answer.TAKEN
                    : Answer.NOT_TAKEN;
        } catch (Disbelieved e) {
            metrics.counter("apihub_billing_payment_notices_refused").increment();
            var notice =
                    new Notice(
                            provider,
                            e.order,
                            "notify",
                            "refused",
                            e.why,
                            sender.address(),
                            fields);
            return refused(notice, sender);
        }
    }

    /** Who signed for one of our orders is no stranger. */
    private Answer refused(Notice notice, Sender sender) {
        if (notice.order() != null) {
            return turns.take(() -> {
                notices.add(notice);
                return Answer.NOT_TAKEN;
            });
        }
        var handling = strangers.next(sender.counted());
        if (handling == Strangers.Handling.WRITTEN) {
            turns.ifFree(() -> notices.add(notice));
        }
        return handling == Strangers.Handling.THROTTLED ? Answer.THROTTLED : Answer.NOT_TAKEN;
    }

    /** Whose it is, by its signature; needs nobody else. */
    private PayProvider signer(String name, Map<String, String> fields) throws Disbelieved {
        var provider =
                settings.payments()
                        .provider(name)
                        .orElseThrow(() -> new Disbelieved("no such provider", null));
        if (!clients.signature(name).verifies(fields)) {
            throw new Disbelieved("wrong signature", null);
        }
        if (NoticeAge.isOdd(fields, clock.instant())) {
            // No reason to disbelieve it: the platform is asked in any case.
            metrics.counter("apihub_billing_payment_notices_misdated").increment();
            LOG.warn("a notice of {} is not dated now, but {}", name, fields.get("timestamp"));
        }
        return provider;
    }

    private Checked checked(PayProvider provider, Occasion occasion) throws Disbelieved {
        var fields = occasion.fields();
        var id = OrderNumber.parse(fields.getOrDefault("out_trade_no", ""));
        var order =
                id.flatMap(orders::find).orElseThrow(() -> new Disbelieved("no such order", null));
        var wrong = wrong(provider, order, fields);
        if (wrong != null) {
            throw new Disbelieved(wrong, order.id());
        }
        var tradeNo = fields.getOrDefault("trade_no", "");
        boolean done = isDone(order, tradeNo);
        if (done) {
            notices.add(occasion.notice(order, "repeated", tradeNo));
        }
        return new Checked(order, tradeNo, done);
    }

    /** Of an order that nobody paid yet we need not look. */
    private boolean isDone(PaymentOrder order, String tradeNo) {
        return !order.state().awaitsPayment()
                && received.orderOf(order.provider(), tradeNo)
                        .filter(order.id()::equals)
                        .isPresent();
    }

    private static @Nullable String wrong(
            PayProvider provider, PaymentOrder order, Map<String, String> fields) {
        if (!order.provider().equals(provider.name())) {
            return "an order of another provider";
        }
        if (!provider.pid().equals(fields.get("pid"))) {
            return "another pid";
        }
        if (!"TRADE_SUCCESS".equals(fields.get("trade_status"))) {
            return "trade_status is not TRADE_SUCCESS";
        }
        var tradeNo = fields.getOrDefault("trade_no", "");
        if (tradeNo.isBlank() || tradeNo.length() > MAX_TRADE_NO) {
            return "no trade number";
        }
        var amount = EpayAmount.parse(fields.getOrDefault("money", ""));
        if (amount.isEmpty() || amount.get().compareTo(order.price().amount()) != 0) {
            return "the amount is not " + order.price().amount();
        }
        return null;
    }

    private boolean settle(Checked checked, Occasion occasion) {
        if (checked.done()) {
            return true;
        }
        var order = checked.order();
        var result = settling.settle(order, Ref.trade(checked.tradeNo()), occasion);
        if (result == Result.UNKNOWN) {
            return turns.take(() -> {
                inquiries.add(order, checked.tradeNo());
                return false;
            });
        }
        return result == Result.SETTLED;
    }
}
