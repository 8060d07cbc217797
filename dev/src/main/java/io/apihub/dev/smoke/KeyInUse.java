package io.apihub.dev.smoke;

import io.apihub.dev.process.Await;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A client that asks with one key over and over and notes when it was accepted. */
final class KeyInUse implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Scene scene;
    private final String name;
    private final String key;
    private final Thread thread;

    private volatile boolean wanted = true;
    private volatile @Nullable Instant firstAccepted;
    private volatile @Nullable Instant lastAccepted;
    private volatile int lastStatus;

    KeyInUse(Scene scene, String name, String key) {
        this.scene = scene;
        this.name = name;
        this.key = key;
        this.thread = Thread.ofVirtual().start(this::use);
    }

    void awaitAccepted() throws InterruptedException {
        Await.until("a request to be accepted", PATIENCE, () -> firstAccepted != null);
    }

    /** Waits for an answer with this status. */
    void await(int status) throws InterruptedException {
        Await.until("an answer " + status, PATIENCE, () -> lastStatus == status);
    }

    /** When the first accepted answer had arrived. */
    Instant firstAccepted() {
        return known(firstAccepted);
    }

    /** When the last accepted answer had arrived. */
    Instant lastAccepted() {
        return known(lastAccepted);
    }

    private static Instant known(@Nullable Instant instant) {
        if (instant == null) {
            throw new Failure("no request was ever accepted");
        }
        return instant;
    }

    private void use() {
        for (int i = 0; wanted; i++) {
            try {
                var prompt = Scene.tagged(name + "-" + i, "[[words=1]] hello");
                var answer = scene.gateway().ask(Ask.chat(false), Scene.DIRECT_MODEL, prompt, key);
                note(answer.statusCode());
            } catch (IOException e) {
                lastStatus = 0;
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void note(int status) {
        if (status == 200) {
            var now = Instant.now();
            firstAccepted = firstAccepted == null ? now : firstAccepted;
            lastAccepted = now;
        }
        lastStatus = status;
    }

    /** Lets the request that is under way end, so that none is left uncounted. */
    @Override
    public void close() {
        wanted = false;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
