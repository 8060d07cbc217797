package io.apihub.billing.insight;

import io.apihub.billing.account.Accounts;
import io.apihub.billing.account.Tenants;
import io.apihub.billing.events.EventStream;
import io.apihub.billing.events.ServerEvent;
import io.apihub.billing.usage.UsageReports;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * The open streams by tenant. A notice is looked up once for all streams of its tenant, and not at
 * all where nobody watches.
 */
@Component
class TenantFeeds {

    /** Records that a reader who comes back may have missed; with more it must load anew. */
    static final int MOST_MISSED = 200;

    private static final Duration LONGEST_AWAY = Duration.ofMinutes(15);

    /** A record's time is when its transaction began, and commits come in another order. */
    private static final Duration OVERLAP = Duration.ofSeconds(10);

    private static final int REMEMBERED = 100_000;
    private static final UUID NOBODY = new UUID(0, 0);
    private static final ServerEvent RESET = ServerEvent.of(null, "reset", "{}");

    private final Map<UUID, Set<EventStream>> streams = new ConcurrentHashMap<>();
    private final Map<Long, UUID> owners = new ConcurrentHashMap<>();
    private final UsageReports reports;
    private final UsageViews views;
    private final Tenants tenants;
    private final Accounts accounts;
    private final InstantSource clock;
    private final JsonMapper json;

    TenantFeeds(
            UsageReports reports,
            UsageViews views,
            Tenants tenants,
            Accounts accounts,
            InstantSource clock,
            JsonMapper json) {
        this.reports = reports;
        this.views = views;
        this.tenants = tenants;
        this.accounts = accounts;
        this.clock = clock;
        this.json = json;
    }

    /** New records, or corrected ones, oldest first. */
    record UsageEvent(List<UsageView> items) {}

    /**
     * Lets a stream follow a tenant: first the balance of now, then what it missed, then what
     * comes. What comes while the missed is read may come twice.
     *
     * @param lastEventId of the reader, who was here before; null for a new one
     */
    void follow(UUID tenant, EventStream stream, @Nullable String lastEventId) {
        streams.compute(
                tenant,
                (id, open) -> {
                    var all = open == null ? ConcurrentHashMap.<EventStream>newKeySet() : open;
                    all.add(stream);
                    return all;
                });
        if (!stream.isOpen()) {
            leave(tenant, stream);
            return;
        }
        stream.offer(balance(tenant));
        if (lastEventId != null) {
            missed(tenant, lastEventId).forEach(stream::offer);
        }
    }

    void leave(UUID tenant, EventStream stream) {
        streams.computeIfPresent(
                tenant,
                (id, open) -> {
                    open.remove(stream);
                    return open.isEmpty() ? null : open;
                });
    }

    private List<ServerEvent> missed(UUID tenant, String lastEventId) {
        var since = instant(lastEventId);
        if (since == null || since.isBefore(clock.instant().minus(LONGEST_AWAY))) {
            return List.of(RESET);
        }
        var written = reports.written(tenant, since.minus(OVERLAP), MOST_MISSED + 1);
        if (written.entries().size() > MOST_MISSED) {
            return List.of(RESET);
        }
        return written.last() == null ? List.of() : List.of(usage(written));
    }

    private static @Nullable Instant instant(String lastEventId) {
        try {
            return Instant.ofEpochMilli(Long.parseLong(lastEventId));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Tells everybody to load anew, as nobody knows what was missed, and the balance of now. */
    void reset() {
        streams.values().forEach(open -> open.forEach(stream -> stream.offer(RESET)));
        streams.keySet().forEach(tenant -> send(tenant, balance(tenant)));
    }

    void take(Notice notice) {
        switch (notice) {
            case Notice.Usage usage -> {
                if (streams.containsKey(usage.tenant())) {
                    var written = reports.written(usage.tenant(), usage.holds());
                    if (written.last() != null) {
                        send(usage.tenant(), usage(written));
                    }
                }
            }
            case Notice.Money money -> {
                if (!streams.isEmpty()) {
                    owners(money.accounts()).stream()
                            .filter(streams::containsKey)
                            .forEach(tenant -> send(tenant, balance(tenant)));
                }
            }
        }
    }

    /** Accounts keep their tenant for ever, so each is asked for once. */
    private Set<UUID> owners(Collection<Long> ids) {
        if (owners.size() > REMEMBERED) {
            owners.clear();
        }
        var unknown = ids.stream().filter(id -> !owners.containsKey(id)).toList();
        if (!unknown.isEmpty()) {
            var found = accounts.tenants(unknown);
            unknown.forEach(id -> owners.put(id, found.getOrDefault(id, NOBODY)));
        }
        var tenantIds = new HashSet<UUID>();
        ids.forEach(id -> tenantIds.add(owners.getOrDefault(id, NOBODY)));
        return tenantIds;
    }

    private void send(UUID tenant, ServerEvent event) {
        streams.getOrDefault(tenant, Set.of()).forEach(stream -> stream.offer(event));
    }

    private ServerEvent usage(UsageReports.Written written) {
        var last = written.last();
        return ServerEvent.of(
                last == null ? null : String.valueOf(last.toEpochMilli()),
                "usage",
                json.writeValueAsString(new UsageEvent(views.ofTenant(written.entries()))));
    }

    private ServerEvent balance(UUID tenant) {
        return ServerEvent.of(
                null,
                "balance",
                json.writeValueAsString(
                        BalanceEvent.of(tenants.find(tenant), accounts.find(tenant))));
    }
}
