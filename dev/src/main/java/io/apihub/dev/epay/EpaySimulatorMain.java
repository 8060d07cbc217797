package io.apihub.dev.epay;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Runs an {@link EpaySimulator} until it is stopped: arguments are port, pid, key and traps. */
public final class EpaySimulatorMain {

    /** As the real ones do, if the operator lets them: after 1, 3, 19, 55 and 115 minutes. */
    private static final List<Duration> RETRIES =
            List.of(
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(2),
                    Duration.ofMinutes(16),
                    Duration.ofMinutes(36),
                    Duration.ofMinutes(60));

    private static final int NEEDED = 3;

    private EpaySimulatorMain() {}

    /** Exits with 2 and one line when an argument is wrong or the port is taken. */
    public static void main(String[] args) {
        try {
            if (args.length < NEEDED) {
                throw new IllegalArgumentException(
                        "usage: EpaySimulatorMain PORT PID KEY [TRAP...]; traps are "
                                + Arrays.toString(Trap.values()));
            }
            var merchant = Merchant.of(args[1], args[2]);
            var simulator = EpaySimulator.start(Integer.parseInt(args[0]), merchant, RETRIES);
            Arrays.stream(args).skip(NEEDED).map(Trap::valueOf).forEach(simulator::set);
            Runtime.getRuntime().addShutdownHook(new Thread(simulator::close));
            System.out.println("EPay simulator listens on " + simulator.url());
        } catch (IllegalArgumentException | UncheckedIOException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }
}
