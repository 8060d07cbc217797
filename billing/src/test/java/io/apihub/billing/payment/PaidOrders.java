package io.apihub.billing.payment;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.account.Tenant;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.payment.Cashier.Wish;
import io.apihub.dev.epay.Trap;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A billing and a platform (version 1) with orders that are paid there, and that billing was told
 * nothing of; for measurements.
 */
public final class PaidOrders implements AutoCloseable {

    private static final Caller CALLER = Caller.administrator("tester");
    private static final int TENANTS = 50;
    private static final int THREADS = 8;

    private final PayStand stand;
    private final List<URI> notices = new ArrayList<>();

    /** Makes and pays orders; takes its time. */
    public PaidOrders(TestDatabase database, int orders)
            throws InterruptedException, ExecutionException {
        stand = new PayStand(database, PayStand.startPlatform());
        stand.platform().set(Trap.LOSE_NOTIFY);
        var tenants = new ArrayList<Tenant>();
        for (int i = 0; i < TENANTS; i++) {
            tenants.add(stand.billing().get(TenantLookup.class).find(stand.tenant()));
        }
        var work = new ArrayList<Callable<URI>>();
        for (int i = 0; i < orders; i++) {
            var tenant = tenants.get(i % TENANTS);
            work.add(() -> paid(tenant));
        }
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            for (var one : threads.invokeAll(work)) {
                notices.add(one.get());
            }
        }
        // Only who is told is measured: nobody polls meanwhile.
        stand.admin()
                .update("UPDATE billing.payment_order SET next_poll_at = now() + interval '1 h'");
        stand.billing().get(PaymentWorker.class).start();
    }

    private URI paid(Tenant tenant) {
        var cashier = stand.billing().get(Cashier.class);
        var provider = PayStand.payments(stand.platform().url()).providers().getFirst();
        var wish = new Wish(provider, provider.types().getFirst(), PayStand.credits("10"));
        var order =
                Objects.requireNonNull(
                        stand.billing()
                                .get(TransactionTemplate.class)
                                .execute(status -> cashier.open(tenant, CALLER, wish)));
        stand.billing().send(HttpRequest.newBuilder(cashier.page(order).orElseThrow()));
        var there = stand.platform().pay(stand.platform().order(order.outTradeNo()).tradeNo());
        return URI.create(
                "http://"
                        + PayStand.authority(stand.billing())
                        + "/api/payment/notify/one?"
                        + PayStand.form(stand.platform().notice(there)));
    }

    /** What the platform would ask for to tell of each payment. */
    public List<URI> notices() {
        return List.copyOf(notices);
    }

    /** How many orders are credited. */
    public long credited() {
        return Objects.requireNonNull(
                stand.admin()
                        .queryForObject(
                                "SELECT count(*) FROM billing.payment_order"
                                        + " WHERE state = 'CREDITED'",
                                Long.class));
    }

    @Override
    public void close() {
        stand.close();
    }
}
