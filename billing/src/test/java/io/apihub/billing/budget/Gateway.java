package io.apihub.billing.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.testing.Bank;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** A gateway's side of leasing, without the wire. */
public final class Gateway {

    private final Bank bank;
    private final UUID incarnation = UUID.randomUUID();
    private final AtomicLong seq = new AtomicLong();

    public Gateway(Bank bank) {
        this.bank = bank;
        bank.get(CreditStore.class).hello(incarnation, "gateway-" + incarnation);
    }

    public UUID incarnation() {
        return incarnation;
    }

    /** A request for exactly so much money. */
    public Ask ask(UUID tenant, long micros) {
        return ask(tenant, micros, micros);
    }

    public Ask ask(UUID tenant, long needed, long wished) {
        return ask(new Want(new Want.OfAccount(tenant), needed, wished));
    }

    /** The next request. */
    public Ask ask(Want... wants) {
        return new Ask(new Lease.Request(incarnation, seq.incrementAndGet()), List.of(wants));
    }

    public Answer grant(Ask ask) {
        return bank.get(Leases.class).grant(List.of(ask)).getFirst();
    }

    /** Leases that much, or fails. */
    public long lease(UUID tenant, long micros) {
        var answer = grant(ask(tenant, micros));
        assertThat(answer).isInstanceOf(Answer.Granted.class);
        return ((Answer.Granted) answer).parts().getFirst().lease();
    }

    public void giveBack(long lease, long total, boolean closing) {
        bank.get(Leases.class).giveBack(List.of(new Leases.GivenBack(lease, total, closing, 0)));
    }

    public void giveBack(List<Leases.GivenBack> returns) {
        bank.get(Leases.class).giveBack(returns);
    }

    public void close() {
        bank.get(Leases.class).close(incarnation, 0);
    }
}
