package io.apihub.e2e.simulation;

import io.apihub.billing.budget.CreditSession;
import io.apihub.billing.stream.Outbox;
import io.apihub.billing.usage.MemoryBilling;
import io.apihub.billing.usage.UsageSession;
import io.apihub.credit.v1.OpenRequest;
import io.apihub.credit.v1.OpenResponse;
import io.apihub.usage.v1.ReportRequest;
import io.apihub.usage.v1.ReportResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/** One billing: the production office over the shared store. It keeps nothing. */
final class BillingProcess {

    /** Longer than a lease of slots lives, a request lasts and an Envoy is stopped, together. */
    private static final Duration SLOTS_OUTLIVE = Duration.ofSeconds(200);

    private static final UUID NOBODY = new UUID(0, 0);

    private final int number;
    private final MemoryBilling billing;
    private final Recalled recalled;
    private final List<Wire<?, ?>> wires = new ArrayList<>();
    private boolean up = true;

    BillingProcess(int number, World world) {
        this.number = number;
        this.recalled = world.recalled();
        var parts = world.parts();
        var time = world.time();
        this.billing =
                new MemoryBilling(
                        new MemoryBilling.World(
                                world::millis,
                                time::now,
                                new SplittableRandom(world.random().nextLong()),
                                parts.granting(world.bank()),
                                SLOTS_OUTLIVE),
                        world.bank().rows(),
                        parts.store(world.bank().rows()),
                        world.bank().usage());
        billing.prices(Prices.SHEET);
        if (!isRound(billing.office().rounds()::followPolicies)) {
            world.books().shadowsUnknown();
        }
    }

    boolean isUp() {
        return up;
    }

    int number() {
        return number;
    }

    /** The process dies: its streams break. */
    void kill(World world) {
        up = false;
        for (var wire : List.copyOf(wires)) {
            wire.cut(true, world.random().nextLong(3 * VirtualTime.SECOND));
        }
        wires.clear();
    }

    /** What {@code CreditSchedule} does. */
    void rounds(boolean vanished) {
        if (up) {
            isRound(billing.office().rounds()::followPolicies);
            isRound(billing.office().rounds()::remind);
            if (vanished) {
                watch();
            }
        }
    }

    void watch() {
        if (up) {
            isRound(billing.office().rounds()::lookAfterVanished);
        }
    }

    /** One that fails is made again. */
    private static boolean isRound(Runnable round) {
        try {
            round.run();
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    void credit(Wire<OpenRequest, OpenResponse> wire) {
        wires.removeIf(Wire::isOver);
        wires.add(wire);
        wire.serve(new Credit(wire));
    }

    void usage(Wire<ReportRequest, ReportResponse> wire) {
        wires.removeIf(Wire::isOver);
        wires.add(wire);
        wire.serve(new Usage(wire));
    }

    private final class Credit implements Wire.Server<OpenRequest> {

        private final CreditSession session;

        private UUID incarnation = NOBODY;

        Credit(Wire<OpenRequest, OpenResponse> wire) {
            this.session =
                    billing.credit(
                            new Way<>(wire) {
                                @Override
                                public void send(OpenResponse message) {
                                    recalled.answered(incarnation, message);
                                    super.send(message);
                                }
                            });
        }

        @Override
        public void hear(OpenRequest message) {
            if (up) {
                if (message.hasHello()) {
                    incarnation = Recalled.uuid(message.getHello().getIncarnation());
                }
                session.receive(message);
            }
        }

        @Override
        public void broken() {
            if (up) {
                session.broken();
            }
        }

        @Override
        public void complete() {
            if (up) {
                session.complete();
            }
        }
    }

    private final class Usage implements Wire.Server<ReportRequest> {

        private final UsageSession session;

        Usage(Wire<ReportRequest, ReportResponse> wire) {
            this.session = billing.report(new Way<>(wire));
        }

        @Override
        public void hear(ReportRequest message) {
            if (up) {
                session.receive(message);
            }
        }

        @Override
        public void broken() {
            session.broken();
        }

        @Override
        public void complete() {
            if (up) {
                session.complete();
            }
        }
    }

    /** The way back. */
    private static class Way<A> implements Outbox<A> {

        private final Wire<?, A> wire;

        Way(Wire<?, A> wire) {
            this.wire = wire;
        }

        @Override
        public void send(A message) {
            wire.answer(message);
        }

        @Override
        public void fail(Failure failure, String why) {
            wire.fail(why);
        }

        @Override
        public void complete() {
            wire.fail("goodbye");
        }
    }
}
