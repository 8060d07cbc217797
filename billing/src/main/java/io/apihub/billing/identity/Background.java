package io.apihub.billing.identity;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * Does what nobody may learn the duration of: the answer is on its way before it begins. What a
 * killed process had not done yet is lost; who asked will ask again.
 */
@Component
class Background implements DisposableBean {

    private static final Logger LOG = LoggerFactory.getLogger(Background.class);
    private static final int MOST_WAITING = 1_000;
    private static final long STOP_SECONDS = 5;

    private final ThreadPoolExecutor executor =
            new ThreadPoolExecutor(
                    1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING));

    /**
     * Does something soon.
     *
     * @throws Refused 503 if too much is waiting
     */
    void soon(Runnable work) {
        try {
            executor.execute(() -> quietly(work));
        } catch (RejectedExecutionException e) {
            throw new Refused(
                    Problem.unavailable("Too many ask for mail at this moment; try again."),
                    Duration.ofSeconds(10));
        }
    }

    private static void quietly(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.warn("could not send what was asked for: {}", e.toString());
        }
    }

    @Override
    public void destroy() throws InterruptedException {
        executor.shutdown();
        if (!executor.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
            executor.shutdownNow();
        }
    }
}
