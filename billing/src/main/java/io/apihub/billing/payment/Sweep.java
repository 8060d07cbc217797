package io.apihub.billing.payment;

import io.apihub.billing.payment.Settling.Occasion;
import io.apihub.billing.payment.Settling.Result;
import io.apihub.billing.payment.epay.EpayClient.Ref;
import io.apihub.billing.payment.epay.EpayClients;
import io.apihub.billing.payment.epay.PlatformOrder;
import io.apihub.billing.payment.epay.Told;
import io.apihub.billing.settings.Payments.PayProvider;
import io.apihub.billing.settings.Settings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Compares what a platform lists as paid with what we were told, both ways, once a day: what it has
 * and we have not is asked for and credited; what we have and it has not is counted, and so is what
 * both have, but not by the same amount. Other sales of the same merchant are counted apart.
 */
@Component
class Sweep {

    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

    /** With 50 orders each, more than a day has. */
    private static final int MOST_PAGES = 400;

    /** What was paid before was compared by earlier sweeps; a day more for clocks and zones. */
    private static final Duration WINDOW = Duration.ofDays(3);

    /** Where nothing was compared yet. */
    private static final Duration FIRST_WINDOW = Duration.ofDays(31);

    private final Settings settings;
    private final EpayClients clients;
    private final Orders orders;
    private final Received received;
    private final Settling settling;
    private final JdbcTemplate jdbc;
    private final InstantSource clock;

    Sweep(
            Settings settings,
            EpayClients clients,
            Notifications.Books books,
            Settling settling,
            JdbcTemplate jdbc,
            InstantSource clock) {
        this.settings = settings;
        this.clients = clients;
        this.orders = books.orders();
        this.received = books.received();
        this.settling = settling;
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** Sweeps a provider if it is due; it is claimed by one process for a day. */
    void ifDue(PayProvider provider) {
        if (claim(provider)) {
            now(provider);
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
    private record Drift(int onlyThere, int onlyHere, int amounts, int foreign) {

        int all() {
            return onlyThere + onlyHere + amounts;
        }
    }

    /** What one payment of the platform's list is to us. */
    private enum Standing {
        SAME,
        ONLY_THERE,
        OTHER_AMOUNT,
        /** The merchant sells other things too. */
        FOREIGN,
        /** Of ours by its number, but from before the time that is compared. */
        OLD
    }

    /** Compares one provider's list with ours; tried again in ten minutes if it can't be read. */
    void now(PayProvider provider) {
        var listed = listed(provider, horizon(provider));
        if (listed.isEmpty()) {
            LOG.warn("the orders of {} can't be listed", provider.name());
            return;
        }
        var standings = listed.get();
        write(
                provider,
                new Drift(
                        count(standings, Standing.ONLY_THERE),
                        onlyHere(provider, standings.keySet()),
                        count(standings, Standing.OTHER_AMOUNT),
                        count(standings, Standing.FOREIGN)));
    }

    /** From when on payments are compared: since the last time, and always some days. */
    private Instant horizon(PayProvider provider) {
        var last =
                jdbc
                        .query(
                                "SELECT ended_at FROM billing.payment_sweep WHERE provider = ?"
                                        + " AND ended_at IS NOT NULL",
                                (row, number) -> row.getObject(1, OffsetDateTime.class).toInstant(),
                                provider.name())
                        .stream()
                        .findFirst();
        var window = clock.instant().minus(last.isPresent() ? WINDOW : FIRST_WINDOW);
        return last.map(time -> time.minus(WINDOW)).filter(window::isAfter).orElse(window);
    }

    /** What each payment of the platform's list is to us; empty if the list can't be read. */
    private Optional<Map<String, Standing>> listed(PayProvider provider, Instant horizon) {
        var listed = new HashMap<String, Standing>();
        var seen = new HashSet<String>();
        int rows = 0;
        for (int page = 0; page < MOST_PAGES; page++) {
            var client = clients.of(provider.name());
            if (!(client.paid(page, rows) instanceof Told.Yes<Told.Page>(Told.Page found))) {
                return Optional.empty();
            }
            for (var order : found.paid()) {
                listed.computeIfAbsent(
                        order.tradeNo(), number -> compare(provider, order, horizon));
            }
            rows += found.rows().size();
            if (!seen.addAll(found.rows()) || isSweptBefore(provider, found.paid(), horizon)) {
                break;
            }
        }
        return Optional.of(listed);
    }

    private static int count(Map<String, Standing> listed, Standing standing) {
        return (int) listed.values().stream().filter(one -> one == standing).count();
    }

    private Standing compare(PayProvider provider, PlatformOrder found, Instant horizon) {
        var known = received.amountOf(provider.name(), found.tradeNo());
        if (known.isPresent()) {
            return known.get().compareTo(found.money()) == 0
                    ? Standing.SAME
                    : Standing.OTHER_AMOUNT;
        }
        var number = OrderNumber.parse(found.outTradeNo());
        if (number.isEmpty()) {
            return Standing.FOREIGN;
        }
        return number.flatMap(orders::find)
                .map(order -> told(provider, order, found))
                .orElse(isBefore(found, horizon) ? Standing.OLD : Standing.ONLY_THERE);
    }

    private static boolean isBefore(PlatformOrder order, Instant horizon) {
        return order.endedAt().filter(horizon::isAfter).isPresent();
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

    /** Pages of which everything is from before the horizon, or came more than two days ago. */
    private boolean isSweptBefore(PayProvider provider, List<PlatformOrder> page, Instant horizon) {
        var late = page.stream().filter(order -> !isBefore(order, horizon)).toList();
        return !page.isEmpty()
                && Boolean.TRUE.equals(
                        jdbc.queryForObject(
                                "SELECT count(*) = ? FROM billing.payment WHERE provider = ?"
                                        + " AND trade_no = ANY (?)"
                                        + " AND created_at < now() - interval '2 days'",
                                Boolean.class,
                                late.size(),
                                provider.name(),
                                late.stream().map(PlatformOrder::tradeNo).toArray(String[]::new)));
    }

    /** What came in the last two days, but for the last minutes, and was not given back. */
    private int onlyHere(PayProvider provider, Set<String> listed) {
        var here =
                jdbc.queryForList(
                        "SELECT p.trade_no FROM billing.payment p JOIN billing.payment_order o"
                                + " USING (order_id) WHERE p.provider = ? AND o.state NOT IN"
                                + " ('REFUNDING', 'REFUNDED') AND o.refunded_amount = 0 AND"
                                + " p.created_at BETWEEN now() - interval '2 days' AND now() - interval"
                                + " '5 minutes'",
                        String.class,
                        provider.name());
        return (int)
                here.stream()
                        .filter(tradeNo -> !listed.contains(tradeNo))
                        .filter(tradeNo -> !isPaidThere(provider, tradeNo))
                        .count();
    }

    /** What we were told late may be on a page that is not read any more. */
    private boolean isPaidThere(PayProvider provider, String tradeNo) {
        return clients.of(provider.name()).query(Ref.trade(tradeNo))
                        instanceof Told.Yes<PlatformOrder>(PlatformOrder found)
                && found.isPaid();
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
                        + " ended_at = now(), only_there = ?, only_here = ?, amounts_differ = ?,"
                        + " foreign_there = ? WHERE provider = ?",
                drift.onlyThere(),
                drift.onlyHere(),
                drift.amounts(),
                drift.foreign(),
                provider.name());
    }
}
