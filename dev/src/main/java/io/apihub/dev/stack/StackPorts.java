package io.apihub.dev.stack;

import io.apihub.dev.kubernetes.KubernetesPorts;
import io.apihub.dev.process.Await;
import io.apihub.dev.process.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The TCP ports of a stack, all on 127.0.0.1. They are kept with the data, so that what a user
 * exported still works after the next start.
 */
final class StackPorts {

    enum Use {
        GATEWAY,
        POSTGRES,
        KUBERNETES,
        ETCD,
        ETCD_PEER,
        OPERATOR_GRPC,
        OPERATOR_MANAGEMENT,
        BILLING_HTTP,
        BILLING_GRPC,
        BILLING_MANAGEMENT,
        AUTHZ_MANAGEMENT,
        CLIPROXYAPI,
        MODEL_SERVER,
        EPAY_SIMULATOR
    }

    private static final String LOOPBACK = "127.0.0.1:";

    /** Programs of a run that was killed hard end by themselves within this. */
    private static final Duration OLD_RUN_LIMIT = Duration.ofSeconds(12);

    /** By name of use; a further gateway's have its number at the end. */
    private final Map<String, Integer> ports;

    private final Path file;

    private StackPorts(Map<String, Integer> ports, Path file) {
        this.ports = new ConcurrentHashMap<>(ports);
        this.file = file;
    }

    /**
     * Reads the ports of the last run from {@code file}, replaces those that are taken by now, and
     * writes them back. {@code gateway} is kept or refused, never replaced; 0 takes any.
     */
    static StackPorts choose(Path file, int gateway, int gateways)
            throws IOException, InterruptedException {
        return choose(file, gateway, gateways, OLD_RUN_LIMIT);
    }

    static StackPorts choose(Path file, int gateway, int gateways, Duration oldRunLimit)
            throws IOException, InterruptedException {
        var known = read(file);
        awaitOldRun(known, oldRunLimit);
        if (gateway != 0) {
            known.put(Use.GATEWAY.name(), gateway);
        }
        if (gateway != 0 && !Ports.isFree(gateway)) {
            throw new StackFailure(
                    "port %d is taken by another program; choose another with --port N"
                            .formatted(gateway));
        }
        known.values().removeIf(port -> !Ports.isFree(port));
        var uses = uses(gateways);
        var fresh = new ArrayDeque<>(Ports.free(uses.size()));
        uses.forEach(use -> known.computeIfAbsent(use, missing -> fresh.pop()));
        write(file, known);
        return new StackPorts(known, file);
    }

    private static List<String> uses(int gateways) {
        var uses = new ArrayList<>(Arrays.stream(Use.values()).map(Use::name).toList());
        for (int gateway = 1; gateway < gateways; gateway++) {
            uses.add(GatewayPlace.numbered(Use.AUTHZ_MANAGEMENT.name(), gateway));
        }
        return uses;
    }

    /** Chooses what gateways that are added need, and keeps it with the rest. */
    void addGateways(int gateways) throws IOException {
        var missing = uses(gateways).stream().filter(use -> !ports.containsKey(use)).toList();
        if (!missing.isEmpty()) {
            var fresh = new ArrayDeque<>(Ports.free(missing.size()));
            missing.forEach(use -> ports.put(use, fresh.pop()));
            write(file, new TreeMap<>(ports));
        }
    }

    int of(Use use) {
        return of(use.name());
    }

    /** Where the ext-authz of a gateway answers about itself. */
    String authzManagement(int gateway) {
        return LOOPBACK + of(GatewayPlace.numbered(Use.AUTHZ_MANAGEMENT.name(), gateway));
    }

    private int of(String use) {
        var port = ports.get(use);
        if (port == null) {
            throw new IllegalArgumentException("no port for " + use);
        }
        return port;
    }

    /** {@code 127.0.0.1:port}. */
    String address(Use use) {
        return LOOPBACK + of(use);
    }

    KubernetesPorts kubernetes() {
        return new KubernetesPorts(of(Use.KUBERNETES), of(Use.ETCD), of(Use.ETCD_PEER));
    }

    private static void awaitOldRun(Map<String, Integer> known, Duration limit)
            throws InterruptedException {
        try {
            Await.until(
                    "the ports of the last run",
                    limit,
                    () -> known.values().stream().allMatch(Ports::isFree));
        } catch (IllegalStateException e) {
            // Then another program has one of them, and we take others.
        }
    }

    private static Map<String, Integer> read(Path file) throws IOException {
        var known = new TreeMap<String, Integer>();
        if (Files.exists(file)) {
            var lines = new Properties();
            try (var in = Files.newBufferedReader(file)) {
                lines.load(in);
            }
            lines.forEach((use, port) -> put(known, use.toString(), port.toString()));
        }
        return known;
    }

    private static void put(Map<String, Integer> known, String use, String port) {
        try {
            Use.valueOf(use.replaceFirst("-\\d$", ""));
            known.put(use, Integer.parseInt(port));
        } catch (IllegalArgumentException e) {
            throw new StackFailure("ports.properties has a line that is not ours: " + use, e);
        }
    }

    private static void write(Path file, Map<String, Integer> ports) throws IOException {
        var text = new StringBuilder();
        ports.forEach((use, port) -> text.append(use).append('=').append(port).append('\n'));
        Files.writeString(file, text);
    }
}
