package io.apihub.billing.budget;

import java.util.Comparator;

/**
 * What a limit counts for.
 *
 * @param subject the key's name; empty for the target as a whole
 */
public record LimitKey(LimitName name, String subject) implements Comparable<LimitKey> {

    private static final Comparator<LimitKey> ORDER =
            Comparator.comparing((LimitKey key) -> key.name().tenantId())
                    .thenComparing(key -> key.name().namespace())
                    .thenComparing(key -> key.name().quota())
                    .thenComparing(key -> key.name().limit())
                    .thenComparing(LimitKey::subject);

    @Override
    public int compareTo(LimitKey other) {
        return ORDER.compare(this, other);
    }
}
