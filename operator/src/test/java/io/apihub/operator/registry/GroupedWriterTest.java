package io.apihub.operator.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apihub.operator.registry.GroupedWriter.Remove;
import io.apihub.operator.registry.GroupedWriter.Write;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class GroupedWriterTest {

    @Test
    void writesThatWaitShareATransactionOfAtMostTwoHundred() throws Exception {
        var sizes = new CopyOnWriteArrayList<Integer>();
        var gate = new CountDownLatch(1);
        try (var writer =
                        new GroupedWriter(
                                "test",
                                0,
                                writes -> {
                                    sizes.add(writes.size());
                                    await(gate);
                                    return absent(writes);
                                });
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = new ArrayList<Future<Outcome>>();
            for (int i = 0; i < 500; i++) {
                calls.add(callers.submit(() -> writer.write(someRemoval())));
            }
            while (sizes.isEmpty() || sizes.getFirst() + writer.waiting() < 500) {
                Thread.onSpinWait();
            }
            gate.countDown();
            for (var call : calls) {
                assertThat(call.get()).isEqualTo(new Outcome.Absent());
            }
        }
        assertThat(sizes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(500);
        assertThat(sizes).hasSizeLessThanOrEqualTo(4).allMatch(size -> size <= 200);
    }

    @Test
    void aRowComesOnceInATransaction() throws Exception {
        var same = someRemoval();
        try (var writer =
                        new GroupedWriter(
                                "test",
                                20,
                                writes -> {
                                    assertThat(new HashSet<>(writes)).hasSameSizeAs(writes);
                                    return absent(writes);
                                });
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = new ArrayList<Future<Outcome>>();
            for (int i = 0; i < 50; i++) {
                calls.add(callers.submit(() -> writer.write(same)));
            }
            for (var call : calls) {
                assertThat(call.get()).isEqualTo(new Outcome.Absent());
            }
        }
    }

    @Test
    void aRowThatTheDatabaseRefusesFailsAlone() throws Exception {
        var bad = someRemoval();
        try (var writer =
                        new GroupedWriter(
                                "test",
                                20,
                                writes -> {
                                    if (writes.contains(bad)) {
                                        throw new IllegalStateException("bad row");
                                    }
                                    return absent(writes);
                                });
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            var good = callers.submit(() -> writer.write(someRemoval()));
            var refused = callers.submit(() -> writer.write(bad));
            var alsoGood = callers.submit(() -> writer.write(someRemoval()));

            assertThat(good.get()).isEqualTo(new Outcome.Absent());
            assertThat(alsoGood.get()).isEqualTo(new Outcome.Absent());
            assertThatThrownBy(refused::get).hasRootCauseMessage("bad row");
        }
    }

    private static Write someRemoval() {
        return new Remove(new RegistryKey(RegistryKind.API_KEY, UUID.randomUUID()));
    }

    private static List<Outcome> absent(List<Write> writes) {
        return Collections.nCopies(writes.size(), new Outcome.Absent());
    }

    private static void await(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
