package io.apihub.dev.stack;

import io.apihub.dev.process.Program;
import io.apihub.dev.process.Supervised;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The gateways of a stack: an Envoy and an ext-authz each. They share one port, and more may be
 * added while the others work.
 */
final class Gateways {

    private final StackParts parts;
    private final Services services;
    private final Map<String, Supervised> processes;
    private final List<GatewayPlace> places = new CopyOnWriteArrayList<>();

    /** None yet. What is started goes into {@code processes}, too. */
    Gateways(StackParts parts, Services services, Map<String, Supervised> processes) {
        this.parts = parts;
        this.services = services;
        this.processes = processes;
    }

    /** Starts what is missing, and does not wait until it serves. */
    synchronized void growTo(int count) throws IOException {
        parts.ports().addGateways(count);
        for (int number = places.size(); number < count; number++) {
            var place = GatewayPlace.of(number, parts.data());
            start(services.extAuthz(place));
            start(services.envoy(parts.tools(), place));
            places.add(place);
        }
    }

    private void start(Program program) throws IOException {
        processes.put(program.name(), parts.supervisor().start(program));
    }

    /** How many there are. */
    int count() {
        return places.size();
    }

    /**
     * Whose program it is, such as {@code envoy-1} for the kind {@code envoy}.
     *
     * @throws IllegalArgumentException if there is none
     */
    GatewayPlace of(String kind, String program) {
        return places.stream()
                .filter(place -> place.program(kind).equals(program))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such program: " + program));
    }
}
