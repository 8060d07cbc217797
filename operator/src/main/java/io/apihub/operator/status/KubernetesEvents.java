package io.apihub.operator.status;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events of the API group {@code events.k8s.io}. They are hints, the conditions are the state: what
 * does not fit into the queue, or is refused, is dropped and logged.
 */
public final class KubernetesEvents implements Events, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KubernetesEvents.class);
    private static final int MAX_QUEUED = 1_000;
    private static final int PAUSE_MILLIS = 100;
    private static final int MAX_NOTE = 1_024;
    private static final String CONTROLLER = "apihub.io/operator";
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final KubernetesClient client;
    private final String replica;
    private final InstantSource clock;
    private final BlockingQueue<Event> queue = new ArrayBlockingQueue<>(MAX_QUEUED);
    private final AtomicLong sequence = new AtomicLong();
    private final Thread thread;

    /** Starts to send, ten a second at most. */
    public KubernetesEvents(KubernetesClient client, String replica, InstantSource clock) {
        this.client = client;
        this.replica = replica;
        this.clock = clock;
        this.thread = Thread.ofPlatform().daemon().name("events").start(this::run);
    }

    @Override
    public void warn(HasMetadata object, String reason, String note) {
        offer(object, "Warning", reason, note);
    }

    @Override
    public void tell(HasMetadata object, String reason, String note) {
        offer(object, "Normal", reason, note);
    }

    private void offer(HasMetadata object, String type, String reason, String note) {
        if (!queue.offer(event(object, type, reason, note))) {
            LOG.warn("too many Events; dropped: {} {}", object.getMetadata().getName(), note);
        }
    }

    private Event event(HasMetadata object, String type, String reason, String note) {
        var metadata = object.getMetadata();
        var now = clock.instant();
        // Events of what has no namespace live in this one.
        var namespace = metadata.getNamespace() == null ? "default" : metadata.getNamespace();
        var name =
                "%s.%x%x"
                        .formatted(
                                metadata.getName(),
                                now.toEpochMilli(),
                                sequence.getAndIncrement() & 0xfff);
        return new EventBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .endMetadata()
                .withEventTime(new MicroTime(MICROS.format(now)))
                .withType(type)
                .withReason(reason)
                .withAction("Count")
                .withNote(note.length() > MAX_NOTE ? note.substring(0, MAX_NOTE) : note)
                .withReportingController(CONTROLLER)
                .withReportingInstance(replica)
                .withRegarding(
                        new ObjectReferenceBuilder()
                                .withApiVersion(object.getApiVersion())
                                .withKind(object.getKind())
                                .withName(metadata.getName())
                                .withNamespace(metadata.getNamespace())
                                .withUid(metadata.getUid())
                                .build())
                .build();
    }

    private void run() {
        try {
            while (true) {
                send(queue.take());
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(Event event) {
        try {
            client.resource(event).create();
        } catch (KubernetesClientException e) {
            LOG.warn("can't write the Event '{}': {}", event.getNote(), e.getMessage());
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
