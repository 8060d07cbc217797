package io.apihub.billing.payment;

import io.apihub.billing.payment.epay.EpayClient.Ref;
import io.apihub.billing.payment.epay.EpayClients;
import io.apihub.billing.payment.epay.PlatformOrder;
import io.apihub.billing.payment.epay.Told;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Asks a platform about payments of ours that its list does not have: mostly somebody gave them
 * back there, of which nobody tells. Their orders get a problem, so that a person finds them; it
 * ends with a refund, or when the platform has the payment again.
 */
@Component
class Missing {

    private static final Logger LOG = LoggerFactory.getLogger(Missing.class);

    /** What an order's problem begins with that the next sweep may end. */
    static final String PROBLEM = "sweep: ";

    /** A platform that forgot its past is not asked about all of it; the newest come first. */
    private static final int MOST_ASKED = 500;

    private final Orders orders;
    private final EpayClients clients;
    private final JdbcTemplate jdbc;

    Missing(Orders orders, EpayClients clients, JdbcTemplate jdbc) {
        this.orders = orders;
        this.clients = clients;
        this.jdbc = jdbc;
    }

    /**
     * A payment that was not given back by us.
     *
     * @param young platforms don't forget so soon
     */
    private record Payment(String tradeNo, UUID order, boolean young, boolean hasProblem) {}

    /**
     * Counts what the platform does not have as paid any more.
     *
     * @param listed the trade numbers that it has
     * @param since what came before is not looked for
     * @return empty if it can't be asked
     */
    OptionalInt count(String provider, Set<String> listed, Instant since) {
        var client = clients.of(provider);
        int asked = 0;
        int missing = 0;
        for (var payment : since(provider, since)) {
            if (listed.contains(payment.tradeNo())) {
                there(payment);
            } else if (asked++ < MOST_ASKED) {
                var told = client.query(Ref.trade(payment.tradeNo()));
                if (told instanceof Told.Unknown<PlatformOrder>) {
                    return OptionalInt.empty();
                }
                missing += isMissing(payment, told) ? 1 : 0;
            }
        }
        if (asked > MOST_ASKED) {
            LOG.warn(
                    "{}: {} payments are not listed, of {} it was asked",
                    provider,
                    asked,
                    MOST_ASKED);
        }
        return OptionalInt.of(missing);
    }

    /** But for the last minutes: lists may lag. */
    private List<Payment> since(String provider, Instant since) {
        return jdbc.query(
                "SELECT p.trade_no, p.order_id, p.created_at > now() - interval '2 days',"
                        + " starts_with(o.problem, ?) FROM billing.payment p"
                        + " JOIN billing.payment_order o USING (order_id) WHERE p.provider = ?"
                        + " AND p.created_at BETWEEN ? AND now() - interval '5 minutes'"
                        + " AND o.state NOT IN ('REFUNDING', 'REFUNDED') AND o.refunded_amount = 0"
                        + " AND NOT EXISTS (SELECT FROM billing.payment_suspense s"
                        + " WHERE (s.provider, s.trade_no) = (p.provider, p.trade_no)"
                        + " AND s.state = 'RETURNED') ORDER BY p.created_at DESC",
                (row, number) ->
                        new Payment(
                                row.getString(1),
                                row.getObject(2, UUID.class),
                                row.getBoolean(3),
                                row.getBoolean(4)),
                PROBLEM,
                provider,
                since.atOffset(ZoneOffset.UTC));
    }

    /** What we were told late may be on a page that is not read any more. */
    private boolean isMissing(Payment payment, Told<PlatformOrder> told) {
        if (told instanceof Told.Yes<PlatformOrder>(PlatformOrder found)) {
            if (found.isPaid()) {
                there(payment);
                return false;
            }
            return flagged(
                    payment, "the platform has it as paid no more, status " + found.status());
        }
        // Platforms delete what is old.
        return payment.young() && flagged(payment, "the platform knows it no more");
    }

    private boolean flagged(Payment payment, String why) {
        orders.newProblem(payment.order(), PROBLEM + why + ": " + payment.tradeNo());
        return true;
    }

    private void there(Payment payment) {
        if (payment.hasProblem()) {
            orders.noProblem(payment.order(), PROBLEM);
        }
    }
}
