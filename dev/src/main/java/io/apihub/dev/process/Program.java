package io.apihub.dev.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is to run.
 *
 * @param name for messages: {@code operator}
 * @param command absolute program and arguments
 * @param environment in addition to this process's own, of which {@code APIHUB_*} is not passed on
 * @param log gets both output streams, appended
 * @param stopSignal what asks it to end: {@code TERM}, {@code INT}, {@code KILL}
 * @param grace how long it may take to end after that before it is killed
 */
public record Program(
        String name,
        List<String> command,
        Map<String, String> environment,
        Path log,
        String stopSignal,
        Duration grace) {

    private static final Duration GRACE = Duration.ofSeconds(10);

    public Program {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /** A program that ends on TERM within ten seconds. */
    public static Program of(String name, Path log, List<String> command) {
        return new Program(name, command, Map.of(), log, "TERM", GRACE);
    }

    /** The same with one more variable in its environment. */
    public Program with(String variable, String value) {
        var more = new LinkedHashMap<>(environment);
        more.put(variable, value);
        return new Program(name, command, more, log, stopSignal, grace);
    }

    /** The same, which may take so long to end. */
    public Program within(Duration longer) {
        return new Program(name, command, environment, log, stopSignal, longer);
    }

    /** The same, asked to end by another signal. */
    public Program stoppedBy(String signal) {
        return new Program(name, command, environment, log, signal, grace);
    }
}
