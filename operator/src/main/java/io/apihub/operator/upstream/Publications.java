package io.apihub.operator.upstream;

import io.apihub.operator.upstream.GatewayAcks.Ack;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The order of what this replica published. Versions are hashes, which have none; a gateway has a
 * change if what it acked was published with it or later.
 */
final class Publications {

    /** Versions older than these count as never published. */
    private static final int REMEMBERED = 1000;

    private final Map<String, Long> numbers =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
                    return size() > REMEMBERED;
                }
            };
    private long last;
    private String version = "";

    /** Enters a version; a version that comes back is as new as the newest. */
    void enter(String next) {
        if (!next.equals(version)) {
            version = next;
            numbers.remove(next);
            numbers.put(next, ++last);
        }
    }

    /** The number of what is published now; 0 before the first. */
    long last() {
        return last;
    }

    /** Whether the gateway has what was published under that number. */
    boolean has(Ack ack, long number) {
        return number > 0 && numberOf(ack.clusters()) >= number;
    }

    /** 0 for what this replica did not publish. */
    long numberOf(String of) {
        return numbers.getOrDefault(of, 0L);
    }
}
