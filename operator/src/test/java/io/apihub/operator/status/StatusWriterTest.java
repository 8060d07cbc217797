package io.apihub.operator.status;

import static io.apihub.operator.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.crd.v1alpha1.ApiKey;
import io.apihub.operator.status.Statuses.Urgency;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StatusWriterTest {

    private final AtomicLong nanos = new AtomicLong();
    private final List<String> written = new CopyOnWriteArrayList<>();
    private volatile Consumer<String> server = name -> {};
    private final StatusWriter writer =
            new StatusWriter(
                    status -> {
                        server.accept(status.getMetadata().getName());
                        written.add(status.getMetadata().getName() + ":" + id(status));
                    },
                    nanos::get);

    @AfterEach
    void close() {
        writer.close();
    }

    @Test
    void atMostTwentyASecondAndRevocationsFirst() throws Exception {
        for (int i = 0; i < 30; i++) {
            writer.write(key("k" + i), status("1"), Urgency.NORMAL);
        }
        eventually("the first twenty", () -> written.size() == 20);
        assertThat(writer.waiting()).isEqualTo(10);

        writer.write(key("revoked"), status("1"), Urgency.REVOCATION);
        nanos.addAndGet(50_000_000);
        eventually("one more", () -> written.size() == 21);
        assertThat(written.getLast()).isEqualTo("revoked:1");
    }

    @Test
    void ofOneObjectOnlyTheNewestIsWritten() throws Exception {
        var key = key("k");
        writer.write(key, status("1"), Urgency.UNSETTLED);
        writer.write(key, status("2"), Urgency.NORMAL);

        eventually("a write", () -> !written.isEmpty());
        assertThat(written).containsExactly("k:2");
        assertThat(writer.latest(key)).isEqualTo(status("2"));
    }

    @Test
    void whatIsWrittenIsNotWrittenAgainWhileTheCacheIsOld() throws Exception {
        writer.write(key("k"), status("1"), Urgency.NORMAL);
        eventually("a write", () -> !written.isEmpty());
        writer.write(key("k"), status("1"), Urgency.NORMAL);

        assertThat(writer.waiting()).isZero();
    }

    @Test
    void aFailedWriteIsTriedAgain() throws Exception {
        server =
                name -> {
                    server = again -> {};
                    throw new KubernetesClientException("away", 503, null);
                };
        writer.write(key("k"), status("1"), Urgency.NORMAL);
        writer.write(key("next"), status("1"), Urgency.NORMAL);
        // Its turn comes once it is settled when the first one is tried again.
        eventually("the next", () -> !written.isEmpty());
        assertThat(written).containsExactly("next:1");

        nanos.addAndGet(3_000_000_000L);
        eventually("the second try", () -> written.size() == 2);
        assertThat(written).containsExactly("next:1", "k:1");
    }

    @Test
    void anUnsettledStatusWaits() throws Exception {
        writer.write(key("soon"), status("1"), Urgency.UNSETTLED);
        writer.write(key("now"), status("1"), Urgency.NORMAL);
        eventually("a write", () -> !written.isEmpty());
        assertThat(written).containsExactly("now:1");

        nanos.addAndGet(500_000_000);
        eventually("the other", () -> written.size() == 2);
    }

    private static ApiKey key(String name) {
        var key = new ApiKey();
        key.setMetadata(
                new ObjectMetaBuilder()
                        .withName(name)
                        .withNamespace("acme")
                        .withUid("uid-" + name)
                        .build());
        return key;
    }

    private static ApiKey.Status status(String keyId) {
        return new ApiKey.Status(1L, List.of(), keyId, null, null);
    }

    private static String id(CustomResource<?, ?> resource) {
        return String.valueOf(((ApiKey.Status) resource.getStatus()).keyId());
    }
}
