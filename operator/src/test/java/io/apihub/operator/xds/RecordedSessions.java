package io.apihub.operator.xds;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Remembers what gateways said. */
final class RecordedSessions implements XdsSessions {

    private final Map<XdsType, String> acked = new ConcurrentHashMap<>();
    private final Map<XdsType, String> words = new ConcurrentHashMap<>();
    private final AtomicInteger refusals = new AtomicInteger();

    Optional<String> acked(XdsType type) {
        return Optional.ofNullable(acked.get(type));
    }

    Optional<String> words(XdsType type) {
        return Optional.ofNullable(words.get(type));
    }

    int refusals() {
        return refusals.get();
    }

    @Override
    public void acked(String gateway, XdsType type, String version) {
        acked.put(type, version);
    }

    @Override
    public void rejected(String gateway, XdsType type, String version, String said) {
        words.put(type, gateway + ": " + said);
        refusals.incrementAndGet();
    }

    @Override
    public void disconnected(String gateway) {}
}
