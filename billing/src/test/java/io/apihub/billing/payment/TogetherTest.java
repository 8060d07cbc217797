package io.apihub.billing.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apihub.billing.testing.Poll;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.CannotCreateTransactionException;

/** What comes while something is done is done together, and each hears of its own. */
class TogetherTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int BLOCKING = 0;
    private static final int KEYS = 7;

    private final List<List<Integer>> batches = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch blocked = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private volatile boolean isDown;

    private final Together<Integer, String> together =
            new Together<>(50, number -> Set.of(number), this::work);

    private List<String> work(List<Integer> asked) {
        batches.add(asked);
        if (asked.contains(BLOCKING)) {
            block();
        }
        if (isDown) {
            throw new CannotCreateTransactionException("no database");
        }
        if (asked.contains(-1)) {
            throw new IllegalArgumentException("a bad one");
        }
        if (asked.contains(-2)) {
            throw new AssertionError("a defect");
        }
        return asked.stream().map(number -> "done " + number).toList();
    }

    private void block() {
        blocked.countDown();
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** While the first is done all of these have come. */
    private List<CompletableFuture<String>> meanwhile(
            Together<Integer, String> line, List<Integer> numbers) throws InterruptedException {
        var results = new ArrayList<CompletableFuture<String>>();
        results.add(ask(line, BLOCKING));
        blocked.await();
        for (int i = 0; i < numbers.size(); i++) {
            results.add(ask(line, numbers.get(i)));
            int waiting = i + 1;
            Poll.until(PATIENCE, () -> line.waiting() == waiting);
        }
        return results;
    }

    private static CompletableFuture<String> ask(Together<Integer, String> line, int number) {
        var result = new CompletableFuture<String>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        result.complete(line.await(number));
                    } catch (Throwable e) {
                        result.completeExceptionally(e);
                    }
                });
        return result;
    }

    private static String heard(CompletableFuture<String> result) {
        try {
            return result.join();
        } catch (CompletionException e) {
            return String.valueOf(Objects.requireNonNull(e.getCause()).getMessage());
        }
    }

    @Test
    void whatComesMeanwhileIsDoneTogether() throws Exception {
        var results = meanwhile(together, IntStream.rangeClosed(1, 40).boxed().toList());
        released.countDown();

        for (int i = 0; i < results.size(); i++) {
            assertThat(heard(results.get(i))).isEqualTo("done " + i);
        }
        assertThat(batches).hasSize(2);
    }

    @Test
    void whatHasSomethingInCommonIsDoneOneAfterTheOther() throws Exception {
        var line = new Together<Integer, String>(50, number -> Set.of(number % KEYS), this::work);
        var numbers = List.of(1, 2, 8, 3, 15, 4);
        var results = meanwhile(line, numbers);
        released.countDown();

        for (int i = 0; i < numbers.size(); i++) {
            assertThat(heard(results.get(i + 1))).isEqualTo("done " + numbers.get(i));
        }
        assertThat(batches)
                .containsExactly(List.of(0), List.of(1, 2), List.of(8, 3), List.of(15, 4));
    }

    @Test
    void aBadOneIsNotInTheWayOfOthers() throws Exception {
        var results = meanwhile(together, List.of(1, -1, 2));
        released.countDown();

        assertThat(results.stream().map(TogetherTest::heard))
                .containsExactly("done 0", "done 1", "a bad one", "done 2");
    }

    @Test
    void withoutDatabaseNobodyIsTriedAlone() throws Exception {
        var results = meanwhile(together, List.of(1, 2, 3));
        isDown = true;
        released.countDown();

        assertThat(results.stream().map(TogetherTest::heard)).containsOnly("no database");
        assertThat(batches).hasSize(2);
        isDown = false;
        assertThat(together.await(5)).isEqualTo("done 5");
    }

    @Test
    void aDefectReachesAllAndTheNextOneIsDone() throws Exception {
        var results = meanwhile(together, List.of(1, -2));
        released.countDown();

        assertThat(results.stream().map(TogetherTest::heard))
                .containsExactly(
                        "done 0",
                        "java.lang.AssertionError: a defect",
                        "java.lang.AssertionError: a defect");
        assertThat(together.await(5)).isEqualTo("done 5");
    }

    @Test
    void whoIsOneTooManyIsSentAway() throws Exception {
        var line = new Together<Integer, String>(2, number -> Set.of(number), this::work);
        var results = meanwhile(line, List.of(1, 2));

        assertThatThrownBy(() -> line.await(3)).isInstanceOf(Busy.class);
        released.countDown();

        assertThat(results.stream().map(TogetherTest::heard))
                .containsExactly("done 0", "done 1", "done 2");
        assertThat(line.await(3)).isEqualTo("done 3");
    }

    @Test
    void whoeverAsksIsAnsweredAndNobodyTwice() {
        var line = new Together<Integer, String>(1_000, number -> Set.of(number), this::work);
        var results =
                IntStream.rangeClosed(1, 1_000).mapToObj(number -> ask(line, number)).toList();

        for (int i = 0; i < results.size(); i++) {
            assertThat(heard(results.get(i))).isEqualTo("done " + (i + 1));
        }
        assertThat(batches.stream().mapToInt(List::size).sum()).isEqualTo(1_000);
        assertThat(batches).allMatch(batch -> batch.size() <= Together.MOST);
    }
}
