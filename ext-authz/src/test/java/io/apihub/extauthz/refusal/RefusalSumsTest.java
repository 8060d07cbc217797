package io.apihub.extauthz.refusal;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.apihub.usage.v1.RefusalCount;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RefusalSumsTest {

    private long now = 1_000_000_030_000L;
    private final RefusalSums sums = new RefusalSums(() -> Instant.ofEpochMilli(now));

    private static Refused refused(String model) {
        return new Refused(
                ByteString.EMPTY, 1, 2, 3, model, "openai_chat", "rate_limited", "team/rpm");
    }

    @Test
    void likeIsAddedToLikeWithinAMinute() {
        sums.count(refused("a"));
        sums.count(refused("a"));
        sums.count(refused("b"));
        now += 60_000;
        sums.count(refused("a"));

        var taken = sums.take(10);

        assertThat(taken).extracting(RefusalCount::getCount).containsExactlyInAnyOrder(2L, 1L, 1L);
        assertThat(taken).allMatch(count -> count.getMinuteMillis() % 60_000 == 0);
        assertThat(sums.take(10)).isEmpty();
    }

    @Test
    void thereIsABound() {
        for (int i = 0; i < 60_000; i++) {
            sums.count(refused("model-" + i));
        }

        assertThat(sums.dropped()).isEqualTo(10_000);
        assertThat(sums.take(1000)).hasSize(1000);
    }
}
