package io.apihub.billing.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.testing.Bank;
import io.apihub.model.money.Credits;
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
        bank.get(Incarnations.class).hello(incarnation, "gateway-" + incarnation);
    }

    public UUID incarnation() {
        return incarnation;
    }

    /** A request for exactly so much. */
    public Ask ask(UUID tenant, long micros) {
        return ask(tenant, micros, micros);
    }

    public Ask ask(UUID tenant, long needed, long wished) {
        return new Ask(
                incarnation,
                seq.incrementAndGet(),
                List.of(new Want(tenant, new Credits(needed), new Credits(wished))));
    }

    public Answer grant(Ask ask) {
        return bank.get(Leases.class).grant(List.of(ask)).getFirst();
    }

    /** Leases that much, or fails. */
    public long lease(UUID tenant, long micros) {
        var answer = grant(ask(tenant, micros));
        assertThat(answer).isInstanceOf(Answer.Granted.class);
        return ((Answer.Granted) answer).leases().getFirst().id();
    }

    public void giveBack(long lease, long total, boolean closing) {
        bank.get(Leases.class).giveBack(List.of(new Leases.GivenBack(lease, total, closing)));
    }

    public void close() {
        bank.get(Leases.class).close(incarnation);
    }
}
