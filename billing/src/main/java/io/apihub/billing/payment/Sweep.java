package io.apihub.billing.payment;

import io.apihub.billing.payment.Settling.Occasion;
import io.apihub.billing.payment.Settling.Result;
import io.apihub.billing.payment.SweepTable.Drift;
import io.apihub.billing.payment.epay.EpayClient.Ref;
import io.apihub.billing.payment.epay.EpayClients;
import io.apihub.billing.payment.epay.PlatformOrder;
import io.apihub.billing.payment.epay.Told;
import io.apihub.billing.settings.Payments.PayProvider;
import io.apihub.billing.settings.Settings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Compares what a platform lists as paid with what we were told, both ways, once a day: what it has
 * and we have not is asked for and credited; what we have and it has not, is asked for and counted,
 * for nobody tells of what was given back there; and so is what both have, but not by the same
 * amount. Other sales of the same merchant are counted apart.
 */
@Component
class Sweep {

    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

    /** With 50 orders each, the newest 20,000. */
    private static final int MOST_PAGES = 400;

    /** So far back lists are read: payments are given back within so long, mostly. */
    private static final Duration LOOK_BACK = Duration.ofDays(90);

    /** Where a list was cut, all that came in it is on it, for sure. */
    private static final Duration ALWAYS = Duration.ofDays(2);

    /** What was paid before was compared by earlier sweeps; a day more for clocks and zones. */
    private static final Duration WINDOW = Duration.ofDays(3);

    /** Where nothing was compared yet. */
    private static final Duration FIRST_WINDOW = Duration.ofDays(31);

    private final Settings settings;
    private final EpayClients clients;
    private final Orders orders;
    private final Received received;
    private final Settling settling;
    private final Missing missing;
    private final SweepTable table;
    private final InstantSource clock;

    /** What a sweep reads and writes. */
    @Component
    record Books(Orders orders, Received received, Missing missing, SweepTable table) {}

    Sweep(
            Settings settings,
            EpayClients clients,
            Books books,
            Settling settling,
            InstantSource clock) {
        this.settings = settings;
        this.clients = clients;
        this.orders = books.orders();
        this.received = books.received();
        this.missing = books.missing();
        this.table = books.table();
        this.settling = settling;
        this.clock = clock;
    }

    /** Sweeps a provider if it is due; it is claimed by one process for a day. */
    void ifDue(PayProvider provider) {
        if (table.claim(provider.name())) {
            now(provider);
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

    /**
     * What was read of a platform's list.
     *
     * @param since what came since then would be on it
     */
    private record Listed(Map<String, Standing> standings, Instant since) {

        int count(Standing standing) {
            return (int) standings.values().stream().filter(one -> one == standing).count();
        }
    }

    /** Compares one provider's list with ours; tried again in ten minutes if it can't be read. */
    void now(PayProvider provider) {
        var name = provider.name();
        var listed = listed(provider);
        var onlyHere =
                listed.isEmpty()
                        ? OptionalInt.empty()
                        : missing.count(
                                name, listed.get().standings().keySet(), listed.get().since());
        if (onlyHere.isEmpty()) {
            LOG.warn("the orders of {} can't be compared", name);
            return;
        }
        write(
                name,
                new Drift(
                        listed.get().count(Standing.ONLY_THERE),
                        onlyHere.getAsInt(),
                        listed.get().count(Standing.OTHER_AMOUNT),
                        listed.get().count(Standing.FOREIGN)));
    }

    /** From when on payments must be known: since the last time, and always some days. */
    private Instant horizon(PayProvider provider) {
        var last = table.lastEnd(provider.name());
        var window = clock.instant().minus(last.isPresent() ? WINDOW : FIRST_WINDOW);
        return last.map(time -> time.minus(WINDOW)).filter(window::isAfter).orElse(window);
    }

    /** What each payment of the platform's list is to us; empty if the list can't be read. */
    private Optional<Listed> listed(PayProvider provider) {
        var client = clients.of(provider.name());
        var horizon = horizon(provider);
        var start = clock.instant().minus(LOOK_BACK);
        var cut = clock.instant().minus(ALWAYS);
        var standings = new HashMap<String, Standing>();
        var seen = new HashSet<String>();
        int rows = 0;
        for (int page = 0; page < MOST_PAGES; page++) {
            if (!(client.paid(page, rows) instanceof Told.Yes<Told.Page>(Told.Page found))) {
                return Optional.empty();
            }
            var known = known(provider, found.paid());
            for (var order : found.paid()) {
                standings.computeIfAbsent(
                        order.tradeNo(), number -> compare(provider, order, known, horizon));
            }
            rows += found.rows().size();
            if (!seen.addAll(found.rows()) || isBefore(found.paid(), known, start)) {
                return Optional.of(new Listed(standings, start));
            }
            cut = oldest(known, cut);
        }
        return Optional.of(new Listed(standings, cut));
    }

    private Map<String, Received.Payment> known(PayProvider provider, List<PlatformOrder> page) {
        return received.of(
                provider.name(), page.stream().map(PlatformOrder::tradeNo).distinct().toList());
    }

    /** A page of which everything is older. */
    private static boolean isBefore(
            List<PlatformOrder> page, Map<String, Received.Payment> known, Instant start) {
        return !page.isEmpty()
                && page.stream()
                        .allMatch(order -> {
                            var payment = known.get(order.tradeNo());
                            return isBefore(order, start)
                                    || (payment != null && payment.at().isBefore(start));
                        });
    }

    private static Instant oldest(Map<String, Received.Payment> known, Instant otherwise) {
        return known.values().stream()
                .map(Received.Payment::at)
                .filter(otherwise::isAfter)
                .min(Comparator.naturalOrder())
                .orElse(otherwise);
    }

    private Standing compare(
            PayProvider provider,
            PlatformOrder found,
            Map<String, Received.Payment> payments,
            Instant horizon) {
        var known = payments.get(found.tradeNo());
        if (known != null) {
            return known.amount().compareTo(found.money()) == 0
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

    private void write(String provider, Drift drift) {
        if (drift.all() > 0) {
            LOG.error(
                    "{}: {} payments that only the platform knows, {} that only we know, {} of"
                            + " another amount",
                    provider,
                    drift.onlyThere(),
                    drift.onlyHere(),
                    drift.amounts());
        }
        table.ended(provider, drift);
    }
}
