package io.apihub.dev.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SupervisorIT {

    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir private Path directory;

    @Test
    void aCrashedProgramIsStartedAgainAndSaidSo() throws Exception {
        var said = new CopyOnWriteArrayList<String>();
        try (var supervisor = new Supervisor(said::add)) {
            var program = supervisor.start(sleeper("victim"));
            long first = program.pid();

            program.kill();

            Await.until("another run", SOON, () -> program.isRunning() && program.pid() != first);
            assertThat(program.restarts()).isEqualTo(1);
            assertThat(said).singleElement().asString().contains("victim", "victim.log");
        }
    }

    @Test
    void stopIsForGoodAndTakesTheProgramsChildrenAlong() throws Exception {
        var supervisor = new Supervisor(line -> {});
        var script = "sleep 600 & echo $!; exec sleep 600";
        var program = supervisor.start(shell("parent", script));
        Await.until("the child's number", SOON, () -> !numbers("parent").isEmpty());
        long parent = program.pid();
        long child = numbers("parent").getFirst();

        supervisor.close();

        Await.until("both to end", SOON, () -> !runs(parent) && !runs(child));
        assertThat(program.restarts()).isZero();
        assertThat(program.isRunning()).isFalse();
    }

    @Test
    void aProgramThatIgnoresTheStopSignalIsKilled() throws Exception {
        var deaf =
                new Program(
                        "deaf",
                        List.of("sh", "-c", "trap '' TERM; echo $$; while :; do sleep 1; done"),
                        Map.of(),
                        directory.resolve("deaf.log"),
                        "TERM",
                        Duration.ofMillis(300));
        try (var supervisor = new Supervisor(line -> {})) {
            var program = supervisor.start(deaf);
            Await.until("its trap", SOON, () -> !numbers("deaf").isEmpty());

            program.stop();

            assertThat(program.isRunning()).isFalse();
        }
    }

    @Test
    void nothingIsLeftWhenTheParentIsKilledHard() throws Exception {
        var log = directory.resolve("orphan.log");
        var parent =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Orphanage.class.getName(),
                                log.toString())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        Await.until("two running children", SOON, () -> numbers("orphan").size() == 2);
        var children = numbers("orphan");

        parent.destroyForcibly();

        Await.until("the children to end", SOON, () -> children.stream().noneMatch(p -> runs(p)));
    }

    /** Starts a program that has a child of its own and waits to be killed. */
    static final class Orphanage {
        private Orphanage() {}

        public static void main(String[] arguments) throws Exception {
            var log = Path.of(arguments[0]);
            var script = "sleep 600 & echo $!; echo $$; exec sleep 600";
            try (var supervisor = new Supervisor(line -> {})) {
                supervisor.start(Program.of("orphan", log, List.of("sh", "-c", script)));
                Thread.sleep(Duration.ofMinutes(10));
            }
        }
    }

    private Program sleeper(String name) {
        return shell(name, "exec sleep 600");
    }

    private Program shell(String name, String script) {
        return Program.of(name, directory.resolve(name + ".log"), List.of("sh", "-c", script));
    }

    private List<Long> numbers(String name) throws Exception {
        var log = directory.resolve(name + ".log");
        return Files.exists(log)
                ? Files.readAllLines(log).stream().map(Long::parseLong).toList()
                : List.of();
    }

    /** A process that ended but that nobody has waited for does not run. */
    private static boolean runs(long pid) {
        try {
            var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException e) {
            return false;
        }
    }
}
