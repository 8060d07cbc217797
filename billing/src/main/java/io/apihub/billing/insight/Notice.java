package io.apihub.billing.insight;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/** What one billing process tells all of them through Postgres: names only, never what changed. */
sealed interface Notice {

    /** The channel that notices come on. */
    String CHANNEL = "insight";

    /** A payload may have 8,000 bytes; a hold's id takes 37. */
    int MOST_HOLDS = 150;

    /** Records of a tenant were written. */
    record Usage(UUID tenant, List<UUID> holds) implements Notice {
        public Usage {
            holds = List.copyOf(holds);
        }
    }

    /** Something was posted to accounts. */
    record Money(List<Long> accounts) implements Notice {
        public Money {
            accounts = List.copyOf(accounts);
        }
    }

    /** As it goes through Postgres. */
    default String payload() {
        return switch (this) {
            case Usage usage -> "u " + usage.tenant() + " " + joined(usage.holds());
            case Money money -> "a " + joined(money.accounts());
        };
    }

    private static String joined(Collection<?> ids) {
        return ids.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /** In parts that fit. */
    static List<Notice> usage(UUID tenant, List<UUID> holds) {
        var notices = new ArrayList<Notice>();
        for (int i = 0; i < holds.size(); i += MOST_HOLDS) {
            notices.add(
                    new Usage(tenant, holds.subList(i, Math.min(holds.size(), i + MOST_HOLDS))));
        }
        return notices;
    }

    /**
     * Reads a payload.
     *
     * @throws IllegalArgumentException if another version of billing wrote it, or somebody else
     */
    static Notice parse(String payload) {
        var parts = payload.split(" ", -1);
        if (parts.length == 3 && parts[0].equals("u")) {
            return new Usage(
                    UUID.fromString(parts[1]),
                    Arrays.stream(parts[2].split(",", -1)).map(UUID::fromString).toList());
        }
        if (parts.length == 2 && parts[0].equals("a")) {
            return new Money(Arrays.stream(parts[1].split(",", -1)).map(Long::valueOf).toList());
        }
        throw new IllegalArgumentException("no notice: " + payload);
    }
}
