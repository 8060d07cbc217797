package io.apihub.billing.kube;

import io.apihub.billing.events.EventStream;
import io.apihub.billing.events.ServerEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All objects of a kind as events, made once for however many streams, and the latest changes for
 * streams that come back. Each stream sees one part: a namespace, or one Tenant.
 */
final class ObjectFeed {

    /** Changes of the whole cluster that a stream may have missed; beyond, it starts anew. */
    private static final int KEPT = 1_000;

    private static final String ADDED = "ADDED";

    private final Map<String, TreeMap<String, ServerEvent>> objects = new HashMap<>();
    private final Map<String, Set<EventStream>> streams = new HashMap<>();
    private final ArrayDeque<Change> changes = new ArrayDeque<>();

    /** Versions grow; of those that come out of order after a gap, the largest so far counts. */
    private long version;

    /** Older changes than this were forgotten, or happened before we watched. */
    private long forgotten = Long.MAX_VALUE;

    private record Change(long version, String part, ServerEvent event) {}

    /**
     * From here on all changes are known: to be called when what there is has been added.
     *
     * @param listVersion of the list itself: what was deleted before it is in no object's version
     */
    synchronized void complete(long listVersion) {
        if (forgotten == Long.MAX_VALUE) {
            version = Math.max(version, listVersion);
            forgotten = version;
            changes.clear();
        }
    }

    /** An object is there, new or changed. */
    synchronized void put(String part, String name, long objectVersion, String json) {
        version = Math.max(version, objectVersion);
        var known = objects.computeIfAbsent(part, key -> new TreeMap<>());
        var id = String.valueOf(version);
        var added = ServerEvent.of(id, ADDED, json);
        boolean isNew = known.put(name, added) == null;
        publish(part, isNew ? added : ServerEvent.of(id, "MODIFIED", json));
    }

    /** An object is gone. */
    synchronized void remove(String part, String name, long objectVersion, String json) {
        version = Math.max(version, objectVersion);
        var known = objects.get(part);
        if (known != null && known.remove(name) != null && known.isEmpty()) {
            objects.remove(part);
        }
        publish(part, ServerEvent.of(String.valueOf(version), "DELETED", json));
    }

    private void publish(String part, ServerEvent event) {
        changes.addLast(new Change(version, part, event));
        if (changes.size() > KEPT) {
            forgotten = changes.removeFirst().version();
        }
        // Who is too slow is cut off by this, and takes itself away later.
        List.copyOf(streams.getOrDefault(part, Set.of())).forEach(stream -> stream.offer(event));
    }

    /** How many events a stream gets at its start, at most. */
    synchronized int startingSize(String part) {
        return objects.getOrDefault(part, new TreeMap<>()).size() + KEPT;
    }

    /**
     * Gives a stream what it needs to be up to date, then every change.
     *
     * @param last version of the last event that it saw; null: it knows nothing
     */
    synchronized void follow(String part, EventStream stream, @Nullable Long last) {
        var start = last == null ? snapshot(part) : since(part, last);
        streams.computeIfAbsent(part, key -> new HashSet<>()).add(stream);
        start.forEach(stream::offer);
    }

    synchronized void leave(String part, EventStream stream) {
        var following = streams.get(part);
        if (following != null && following.remove(stream) && following.isEmpty()) {
            streams.remove(part);
        }
    }

    /** With the last one's own version again: after a gap several changes may share one. */
    List<ServerEvent> since(String part, long last) {
        if (last < forgotten || last > version) {
            return snapshot(part);
        }
        return changes.stream()
                .filter(change -> change.version() >= last && change.part().equals(part))
                .map(Change::event)
                .toList();
    }

    private List<ServerEvent> snapshot(String part) {
        var id = String.valueOf(version);
        var events = new ArrayList<ServerEvent>();
        events.add(ServerEvent.of(null, "RESET", "{}"));
        events.addAll(objects.getOrDefault(part, new TreeMap<>()).values());
        events.add(ServerEvent.of(id, "BOOKMARK", "{\"resourceVersion\":\"" + id + "\"}"));
        return events;
    }
}
