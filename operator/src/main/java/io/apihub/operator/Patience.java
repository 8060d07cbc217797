package io.apihub.operator;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for a peer that is away at the start: as long as it takes, and says so now and then. */
final class Patience {

    private static final Logger LOG = LoggerFactory.getLogger(Patience.class);
    private static final long TELL_NANOS = TimeUnit.SECONDS.toNanos(30);

    private Patience() {}

    /** Tries once a second until it works. */
    static void await(String peer, Attempt attempt) throws InterruptedException {
        long toldAt = 0;
        boolean told = false;
        while (true) {
            try {
                attempt.run();
                return;
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                if (!told || System.nanoTime() - toldAt > TELL_NANOS) {
                    LOG.warn("waiting for {}: {}", peer, firstLine(e));
                    toldAt = System.nanoTime();
                    told = true;
                }
                TimeUnit.SECONDS.sleep(1);
            }
        }
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    /** Something that fails while the peer is away. */
    interface Attempt {
        void run() throws Exception;
    }
}
