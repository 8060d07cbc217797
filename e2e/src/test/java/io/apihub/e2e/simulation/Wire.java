package io.apihub.e2e.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One stream between a gateway and billing, as HTTP/2 over TCP is: each direction keeps its order
 * and brings everything once, until it breaks. Then each side learns of it at another time, and
 * what was on its way arrives very late or never: over the streams that follow each other, messages
 * are lost, repeated and reordered.
 *
 * @param <Q> what the gateway says
 * @param <A> what billing says
 */
final class Wire<Q, A> {

    /** What billing does with what it hears. */
    interface Server<Q> {
        void hear(Q message);

        /** The gateway is gone. */
        void broken();

        /** The gateway said all. */
        void complete();
    }

    /** What the gateway does with what it hears. */
    interface Client<A> {
        void hear(A message);

        void ended(Throwable cause);
    }

    private final VirtualTime time;
    private final RandomGenerator random;
    private final Weather weather;
    private final Client<A> client;
    private @Nullable Server<Q> server;
    private boolean broken;
    private boolean over;
    private long lastUp;
    private long lastDown;
    private final Deque<Runnable> up = new ArrayDeque<>();

    /** How the network is, for one gateway and one billing. */
    interface Weather {
        /** Nanoseconds that a message takes now. */
        long delay();

        /** Nanoseconds that what was on its way takes when the stream breaks. */
        long late();
    }

    Wire(VirtualTime time, RandomGenerator random, Weather weather, Client<A> client) {
        this.time = time;
        this.random = random;
        this.weather = weather;
        this.client = client;
    }

    void serve(Server<Q> by) {
        server = by;
    }

    void say(Q message) {
        send(server -> server.hear(message));
    }

    void complete() {
        send(Server::complete);
    }

    private void send(Consumer<Server<Q>> what) {
        if (broken || server == null) {
            return;
        }
        var to = server;
        up.add(() -> what.accept(to));
        lastUp = Math.max(lastUp, time.now() + weather.delay());
        time.after(lastUp - time.now(), this::arrive);
    }

    private void arrive() {
        var next = broken ? null : up.poll();
        if (next != null) {
            next.run();
        }
    }

    void answer(A message) {
        if (broken) {
            return;
        }
        lastDown = Math.max(lastDown, time.now() + weather.delay());
        time.after(
                lastDown - time.now(),
                () -> {
                    if (!over) {
                        client.hear(message);
                    }
                });
    }

    /** Billing ends it. */
    void fail(String why) {
        lastDown = Math.max(lastDown, time.now() + weather.delay());
        time.after(lastDown - time.now(), () -> end(why));
    }

    private void end(String why) {
        if (!over) {
            over = true;
            broken = true;
            client.ended(new IllegalStateException(why));
        }
    }

    boolean isOver() {
        return over;
    }

    /** It breaks. What billing has not heard is lost from some message on; the rest may be late. */
    void cut(boolean gatewayLives, long learnedAfter) {
        if (broken) {
            return;
        }
        broken = true;
        var to = server;
        long late = random.nextInt(4) == 0 ? weather.late() : 0;
        int heard = up.isEmpty() ? 0 : random.nextInt(up.size() + 1);
        for (int i = 0; i < heard; i++) {
            var message = up.remove();
            time.after(late, message);
        }
        if (to != null) {
            time.after(late + random.nextLong(20 * VirtualTime.SECOND), to::broken);
        }
        if (gatewayLives) {
            time.after(learnedAfter, () -> end("the connection broke"));
        } else {
            over = true;
        }
    }
}
