package io.apihub.billing.payment.rest;

import io.apihub.billing.database.DatabaseGate;
import io.apihub.billing.events.EventStream;
import io.apihub.billing.events.ServerEvent;
import io.apihub.billing.payment.OrderState;
import io.apihub.billing.payment.Orders;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Tells who waits for an order that it changed, whichever process changed it: one question for all
 * that are watched here, and none where nobody watches.
 */
@Component
class OrderWatch {

    private static final Logger LOG = LoggerFactory.getLogger(OrderWatch.class);

    private final Map<EventStream, Watched> watched = new ConcurrentHashMap<>();
    private final Orders orders;
    private final DatabaseGate gate;

    OrderWatch(Orders orders, DatabaseGate gate) {
        this.orders = orders;
        this.gate = gate;
    }

    private record Watched(UUID order, OrderState state) {}

    /** Tells the state of now, and each new one. */
    void follow(EventStream stream, UUID order, OrderState state) {
        watched.put(stream, new Watched(order, state));
        stream.offer(event(state));
        if (!stream.isOpen()) {
            leave(stream);
        }
    }

    void leave(EventStream stream) {
        watched.remove(stream);
    }

    private static ServerEvent event(OrderState state) {
        return ServerEvent.of(null, "order", "{\"state\":\"" + state + "\"}");
    }

    @Scheduled(fixedDelay = 300)
    void look() {
        if (watched.isEmpty() || !gate.isOpen()) {
            return;
        }
        try {
            var states = orders.states(ids());
            watched.forEach((stream, before) -> tell(stream, before, states));
        } catch (DataAccessException | TransactionException e) {
            LOG.debug("can't look after orders", e);
        }
    }

    private Set<UUID> ids() {
        return watched.values().stream().map(Watched::order).collect(Collectors.toSet());
    }

    private void tell(EventStream stream, Watched before, Map<UUID, OrderState> states) {
        var state = states.getOrDefault(before.order(), before.state());
        if (state != before.state() && stream.offer(event(state))) {
            watched.replace(stream, before, new Watched(before.order(), state));
        }
    }
}
