package io.apihub.extauthz.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.model.usage.HoldId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

/** Kills a writing process as hard as can be: what it said is there, once. */
class JournalKillTest {

    @TempDir Path directory;

    private final Set<HoldId> held = new HashSet<>();
    private final Set<HoldId> settled = new HashSet<>();
    private final Set<HoldId> acked = new HashSet<>();

    @RepeatedTest(2)
    void aKilledProcessLosesAndDoublesNothing() throws IOException, InterruptedException {
        for (int life = 0; life < 3; life++) {
            writeUntilKilled(100 + 150 * life);
        }

        try (var journal = Entries.open(directory.resolve("journal"))) {
            var open = Entries.ids(journal.recovered());
            var unacked = Entries.unacked(journal);
            assertThat(open).doesNotContainAnyElementsOf(settled);
            assertThat(unacked).doesNotContainAnyElementsOf(open);
            // The last hold or settlement of each life may be written and not yet said.
            assertThat(missing(held, open, unacked)).isSubsetOf(acked);
            assertThat(missing(settled, unacked)).isSubsetOf(acked);
            assertThat(missing(unacked, settled)).hasSizeLessThanOrEqualTo(3);
        }
    }

    @SafeVarargs
    private static Set<HoldId> missing(Set<HoldId> all, Set<HoldId>... from) {
        var missing = new HashSet<>(all);
        for (var each : from) {
            missing.removeAll(each);
        }
        return missing;
    }

    private void writeUntilKilled(int lines) throws IOException, InterruptedException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var said = Files.createTempFile(directory, "said", ".txt");
        var writer =
                new ProcessBuilder(
                                java,
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                JournalWriter.class.getName(),
                                directory.resolve("journal").toString())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .redirectOutput(said.toFile())
                        .start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (Files.size(said) < 39L * lines) {
            assertThat(writer.isAlive() && System.nanoTime() < deadline).isTrue();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        writer.destroyForcibly().waitFor();
        Files.readString(said).lines().forEach(this::note);
    }

    /** A line that the kill cut short says nothing. */
    private void note(String line) {
        if (line.length() != 38) {
            return;
        }
        var id = new HoldId(UUID.fromString(line.substring(2)));
        switch (line.charAt(0)) {
            case 'H' -> held.add(id);
            case 'S' -> settled.add(id);
            case 'A' -> acked.add(id);
            default -> assertThat(settled).doesNotContain(id);
        }
    }
}
