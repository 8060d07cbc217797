package io.apihub.billing.mail;

import io.apihub.billing.database.DatabaseGate;
import io.apihub.billing.settings.Settings;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.mail.MessagingException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Sends what is in the outbox, one after the other, in a thread of its own: a mail server may take
 * its time. Several billings share the work. A message whose process ends between the server's yes
 * and the mark in the table is sent again, with the same Message-ID.
 */
@Component
class Postman implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Postman.class);
    private static final long LOOK_EVERY_SECONDS = 5;
    private static final long STOP_SECONDS = 5;

    private final Outbox outbox;
    private final @Nullable Smtp smtp;
    private final DatabaseGate gate;
    private final MeterRegistry metrics;
    private final Semaphore bell = new Semaphore(0);
    private volatile boolean stopping;
    private volatile @Nullable Thread thread;

    Postman(Outbox outbox, Settings settings, DatabaseGate gate, MeterRegistry metrics) {
        this.outbox = outbox;
        this.smtp = settings.mail() == null ? null : new Smtp(settings.mail());
        this.gate = gate;
        this.metrics = metrics;
    }

    void wake() {
        bell.release();
    }

    private void work(Smtp server) {
        try {
            while (!stopping) {
                if (!gate.isOpen() || !sendOne(server)) {
                    bell.tryAcquire(LOOK_EVERY_SECONDS, TimeUnit.SECONDS);
                    bell.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Says whether there was one, so that there may be another. */
    private boolean sendOne(Smtp server) {
        try {
            var due = outbox.claim();
            due.ifPresent(mail -> send(server, mail));
            return due.isPresent();
        } catch (RuntimeException e) {
            LOG.warn("mail: {}", e.toString());
            return false;
        }
    }

    private void send(Smtp server, Outbox.Due mail) {
        if (!mail.useful()) {
            giveUp(mail, "of no use any more");
            return;
        }
        if (mail.content().isEmpty()) {
            // Another billing may have the key still.
            failed(mail, "sealed with a key that is not in APIHUB_SECRETS_KEY_FILE", mail.last());
            return;
        }
        try {
            server.send(mail);
            outbox.sent(mail.id());
            count("sent");
        } catch (MessagingException e) {
            failed(mail, e.toString(), mail.last() || Smtp.isFinal(e));
        }
    }

    private void failed(Outbox.Due mail, String reason, boolean forGood) {
        if (forGood) {
            giveUp(mail, reason);
        } else {
            LOG.warn("mail {} is put off: {}", mail.key(), reason);
            outbox.putOff(mail.id(), reason);
            count("put_off");
        }
    }

    private void giveUp(Outbox.Due mail, String reason) {
        LOG.error("mail {} is given up: {}", mail.key(), reason);
        outbox.giveUp(mail.id(), reason);
        count("given_up");
    }

    private void count(String outcome) {
        metrics.counter("apihub_mail", "outcome", outcome).increment();
    }

    @Scheduled(fixedDelay = 86_400_000, initialDelay = 900_000)
    void forget() {
        outbox.forget();
    }

    @Override
    public void start() {
        var server = smtp;
        if (server != null) {
            thread = Thread.ofPlatform().name("postman").daemon().start(() -> work(server));
        }
    }

    @Override
    public void stop() {
        stopping = true;
        bell.release();
        var running = thread;
        if (running != null) {
            try {
                running.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        thread = null;
    }

    @Override
    public boolean isRunning() {
        return thread != null;
    }
}
