package io.apihub.billing.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.events.ServerEvent;
import org.junit.jupiter.api.Test;

/** Who comes back is told what it missed, or to begin anew. */
class ObjectFeedTest {

    private final ObjectFeed feed = new ObjectFeed();

    @Test
    void whatWasDeletedBeforeWeLookedIsNoSecret() {
        // Somebody saw version 500 of an object; it was deleted as 600, before the list of 650.
        feed.put("acme", "other", 400, "{}");
        feed.complete(650);
        feed.put("acme", "new", 700, "{}");

        assertThat(feed.since("acme", 500).getFirst().toString()).contains("event: RESET");
        assertThat(feed.since("acme", 650))
                .extracting(ServerEvent::toString)
                .containsExactly("id: 700\nevent: ADDED\ndata: {}\n\n");
    }

    @Test
    void anEmptyListHasAVersionToo() {
        feed.complete(650);
        feed.put("acme", "new", 700, "{}");

        assertThat(feed.since("acme", 500).getFirst().toString()).contains("event: RESET");
    }
}
