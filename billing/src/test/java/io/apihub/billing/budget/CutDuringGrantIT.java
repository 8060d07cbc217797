package io.apihub.billing.budget;

import static io.apihub.policy.v1.Limit.Metric.METRIC_REQUESTS;
import static io.apihub.policy.v1.Limit.Window.WINDOW_DAY;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.testing.Bank;
import io.apihub.billing.testing.Limits;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * A limit is cut after a grant has read it, which locks nothing of the registry, and before the
 * grant locks the budget. The budget has the later revision then, and that one counts.
 */
class CutDuringGrantIT {

    private final Bank bank = new Bank();
    private final String name = "cut-" + UUID.randomUUID();
    private final UUID tenant = bank.registry().tenant(name);
    private final Limits limits = new Limits(bank, tenant, name);
    private final Gateway gateway = new Gateway(bank);
    private final AtomicBoolean once = new AtomicBoolean();

    @Test
    void theCutCounts() {
        var key = limits.quota("q", METRIC_REQUESTS, WINDOW_DAY, 100);
        var leases = new Leases(cutting(bank.get(CreditStore.class)));
        var answer = leases.grant(List.of(ask(key, 10))).getFirst();
        assertThat(answer).as("before the cut").isInstanceOf(Answer.Granted.class);

        once.set(true);
        assertThat(leases.grant(List.of(ask(key, 30))).getFirst())
                .isInstanceOf(Answer.Refused.class);
        assertThat(once).as("the cut was made meanwhile").isFalse();
        assertThat(leases.grant(List.of(ask(key, 10))).getFirst())
                .isInstanceOf(Answer.Granted.class);

        assertThat(limits.budgets("max(spent + leased)", "q")).isEqualTo(20);
        assertThat(limits.budgets("max(ceiling)", "q")).isEqualTo(20);
        bank.assertSound();
    }

    private Ask ask(LimitKey key, long amount) {
        return gateway.ask(new Want(new Want.OfBudget(key, 0), amount, amount));
    }

    private CreditStore cutting(CreditStore real) {
        return (CreditStore)
                Proxy.newProxyInstance(
                        CreditStore.class.getClassLoader(),
                        new Class<?>[] {CreditStore.class},
                        (proxy, method, arguments) -> {
                            try {
                                var result = method.invoke(real, arguments);
                                if (method.getName().equals("limits")
                                        && once.compareAndSet(true, false)) {
                                    elsewhere(this::cut);
                                }
                                return result;
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    private static void elsewhere(Runnable work) throws Exception {
        try (var other = Executors.newSingleThreadExecutor()) {
            other.submit(work).get();
        }
    }

    private void cut() {
        limits.quota("q", METRIC_REQUESTS, WINDOW_DAY, 20);
        bank.get(CreditOffice.class).rounds().followPolicies();
    }
}
