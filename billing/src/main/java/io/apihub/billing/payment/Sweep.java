package io.apihub.billing.payment;

import io.apihub.billing.payment.Settling.Occasion;
import io.apihub.billing.payment.Settling.Result;
import io.apihub.billing.payment.epay.EpayClient;
import io.apihub.billing.payment.epay.EpayClient.Ref;
import io.apihub.billing.payment.epay.EpayClients;
import io.apihub.billing.payment.epay.PlatformOrder;
import io.apihub.billing.payment.epay.Told;
import io.apihub.billing.settings.Payments.PayProvider;
import io.apihub.billing.settings.Settings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Compares what a platform lists as paid with what we were told, both ways, once a day: what it has
 * and we have not is asked for and credited; what we have and it has not is counted, and so is what
 * both have, but not by the same amount.
 */
@Component
class Sweep {

    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

    /** With 50 orders each, more than a day has. */
    private static final int MOST_PAGES = 400;

    private final Settings settings;
    private final EpayClients clients;
    private final Orders orders;
    private final Received received;
    private final Settling settling;
    private final JdbcTemplate jdbc;

    Sweep(
            Settings settings,
            EpayClients clients,
            Notifications.Books books,
            Settling settling,
            JdbcTemplate jdbc) {
        this.settings = settings;
        this.clients = clients;
        this.orders = books.orders();
        this.received = books.received();
        this.settling = settling;
        this.jdbc = jdbc;
    }

    /** Sweeps the providers that are due; each is claimed by one process for a day. */
    void dueOnes() {
        for (var provider : settings.payments().providers()) {
            if (claim(provider)) {
                now(provider);
            }
        }
    }

    private boolean claim(PayProvider provider) {
        jdbc.update(
                "INSERT INTO billing.payment_sweep (provider, next_at)"
                        + " VALUES (?, now() + interval '1 minute') ON CONFLICT DO NOTHING",
                provider.name());
        return jdbc.update(
                        "UPDATE billing.payment_sweep SET next_at = now() + interval '10 minutes'"
                                + " WHERE provider = ? AND next_at <= now()",
                        provider.name())
                == 1;
    }

    /** What differed. */
    private record Drift(int onlyThere, int onlyHere, int amounts) {

        int all() {
            return onlyThere + onlyHere + amounts;
        }
    }

    /** What one payment of the platform's list is to us. */
    private enum Standing {
        SAME,
        ONLY_THERE,
        OTHER_AMOUNT
    }

    /** Compares one provider's list with ours; tried again in ten minutes if it can't be read. */
    void now(PayProvider provider) {
        var listed = new HashMap<String, Standing>();
        for (int page = 0; page < MOST_PAGES; page++) {
            if (!(clients.of(provider.name()).paid(page) instanceof Told.Yes<Told.Page> told)) {
                LOG.warn("the orders of {} can't be listed", provider.name());
                return;
            }
            var found = told.value().orders();
            int before = listed.size();
            found.forEach(order ->
                    listed.computeIfAbsent(order.tradeNo(), number -> compare(provider, order)));
            boolean all = found.size() < EpayClient.PAGE || listed.size() == before;
            if (all || isSweptBefore(provider, found)) {
                break;
            }
        }
        write(
                provider,
                new Drift(
                        count(listed, Standing.ONLY_THERE),
                        onlyHere(provider, listed.keySet()),
                        count(listed, Standing.OTHER_AMOUNT)));
    }

    private static int count(Map<String, Standing> listed, Standing standing) {
        return (int) listed.values().stream().filter(one -> one == standing).count();
    }

    private Standing compare(PayProvider provider, PlatformOrder found) {
        var known = received.amountOf(provider.name(), found.tradeNo());
        if (known.isPresent()) {
            return known.get().compareTo(found.money()) == 0
                    ? Standing.SAME
                    : Standing.OTHER_AMOUNT;
        }
        return OrderNumber.parse(found.outTradeNo())
                .flatMap(orders::find)
                .map(order -> told(provider, order, found))
                .orElse(Standing.ONLY_THERE);
    }

    /** Asks for what nobody told us. */
    private Standing told(PayProvider provider, PaymentOrder order, PlatformOrder found) {
        if (!order.provider().equals(provider.name())) {
            return isSameAccount(provider, order.provider()) ? Standing.SAME : Standing.ONLY_THERE;
        }
        var result = settling.settle(order, Ref.trade(found.tradeNo()), Occasion.POLL);
        return result == Result.SETTLED ? Standing.SAME : Standing.ONLY_THERE;
    }

    /** One account may be used in two ways; the platform lists the orders of both. */
    private boolean isSameAccount(PayProvider provider, String other) {
        return settings.payments()
                .provider(other)
                .filter(one -> one.url().equals(provider.url()) && one.pid().equals(provider.pid()))
                .isPresent();
    }

    /** Pages of which everything came more than two days ago were compared by earlier sweeps. */
    private boolean isSweptBefore(PayProvider provider, List<PlatformOrder> page) {
        return Boolean.TRUE.equals(
                jdbc.queryForObject(
                        "SELECT count(*) = ? FROM billing.payment WHERE provider = ?"
                                + " AND trade_no = ANY (?) AND created_at < now() - interval '2 days'",
                        Boolean.class,
                        page.size(),
                        provider.name(),
                        page.stream().map(PlatformOrder::tradeNo).toArray(String[]::new)));
    }

    /** What came in the last two days, but for the last minutes, and was not given back. */
    private int onlyHere(PayProvider provider, Set<String> listed) {
        var here =
                jdbc.queryForList(
                        "SELECT p.trade_no FROM billing.payment p"
                                + " JOIN billing.payment_order o USING (order_id)"
                                + " WHERE p.provider = ? AND o.state NOT IN ('REFUNDING', 'REFUNDED')"
                                + " AND o.refunded_amount = 0"
                                + " AND p.created_at BETWEEN now() - interval '2 days'"
                                + " AND now() - interval '5 minutes'",
                        String.class,
                        provider.name());
        return (int) here.stream().filter(tradeNo -> !listed.contains(tradeNo)).count();
    }

    private void write(PayProvider provider, Drift drift) {
        if (drift.all() > 0) {
            LOG.error(
                    "{}: {} payments that only the platform knows, {} that only we know, {} of"
                            + " another amount",
                    provider.name(),
                    drift.onlyThere(),
                    drift.onlyHere(),
                    drift.amounts());
        }
        jdbc.update(
                "UPDATE billing.payment_sweep SET next_at = now() + interval '1 day',"
                        + " ended_at = now(), only_there = ?, only_here = ?, amounts_differ = ?"
                        + " WHERE provider = ?",
                drift.onlyThere(),
                drift.onlyHere(),
                drift.amounts(),
                provider.name());
    }
}
