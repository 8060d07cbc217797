package io.apihub.e2e.simulation;

import com.google.protobuf.ByteString;
import io.apihub.extauthz.journal.BootId;
import io.apihub.extauthz.journal.JournalFile;
import io.apihub.extauthz.journal.JournalStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A gateway's disk: power cuts tear what was not forced, and there may be no room. */
final class Volume {

    private static final int SECTOR = 512;

    private static final class Content {
        private final byte[] cached;
        private final byte[] durable;

        Content(int size) {
            cached = new byte[size];
            durable = new byte[size];
        }
    }

    private final RandomGenerator random;
    private final String name;
    private final TreeMap<Long, Content> files = new TreeMap<>();
    private final int mostFiles;
    private final Map<UUID, BootId> endangered = new LinkedHashMap<>();
    private final Set<ByteString> unsynced = new HashSet<>();
    private boolean refusing;
    private @Nullable Mounted mounted;
    private @Nullable BootId machine;

    /**
     * @param mostFiles there is room for
     */
    Volume(String name, RandomGenerator random, int mostFiles) {
        this.name = name;
        this.random = random;
        this.mostFiles = mostFiles;
    }

    JournalStorage mount() {
        Violation.unless(mounted == null, name + " is mounted twice");
        mounted = new Mounted();
        return mounted;
    }

    /**
     * A process has read it. What earlier ones wrote on this machine is on the disk now; of those
     * that ended with theirs nobody knows all.
     *
     * @param lost is told of the latter
     */
    void used(UUID incarnation, BootId boot, Consumer<UUID> lost) {
        endangered
                .entrySet()
                .removeIf(earlier -> {
                    boolean here = earlier.getValue().equals(boot);
                    if (!here) {
                        lost.accept(earlier.getKey());
                    }
                    return !here || !refusing;
                });
        if (!refusing) {
            unsynced.clear();
        }
        endangered.put(incarnation, boot);
        machine = boot;
    }

    /** Something about this hold that is not on the disk yet. */
    void wrote(ByteString hold) {
        unsynced.add(hold);
    }

    /** All that was written is on the disk. */
    void synced() {
        unsynced.clear();
    }

    /** What a power cut now may take from the journal, whichever process wrote it. */
    Set<ByteString> unsynced() {
        return unsynced;
    }

    /** The machine that it was on last. */
    Optional<BootId> machine() {
        return Optional.ofNullable(machine);
    }

    /** The process dies; what it wrote stays. */
    void kill() {
        mounted = null;
    }

    /** The machine dies: of each sector that was not forced, nobody knows. */
    void cutPower() {
        kill();
        unsynced.clear();
        for (var file : files.values()) {
            for (int at = 0; at < file.cached.length; at += SECTOR) {
                int to = Math.min(at + SECTOR, file.cached.length);
                if (Arrays.equals(file.cached, at, to, file.durable, at, to)) {
                    continue;
                }
                if (random.nextBoolean()) {
                    System.arraycopy(file.cached, at, file.durable, at, to - at);
                } else {
                    System.arraycopy(file.durable, at, file.cached, at, to - at);
                }
            }
        }
    }

    boolean isRefusing() {
        return refusing;
    }

    void refusing(boolean now) {
        refusing = now;
    }

    @Override
    public String toString() {
        return name;
    }

    private final class Mounted implements JournalStorage {

        private void alive() throws IOException {
            if (mounted != this) {
                throw new IOException("this process is dead");
            }
        }

        @Override
        public SortedMap<Long, Long> list() throws IOException {
            alive();
            var sizes = new TreeMap<Long, Long>();
            files.forEach((number, file) -> sizes.put(number, (long) file.cached.length));
            return sizes;
        }

        @Override
        public JournalFile create(long number, int size) throws IOException {
            alive();
            if (files.size() >= mostFiles) {
                throw new IOException("No space left on device");
            }
            var file = new Content(size);
            files.put(number, file);
            return new Opened(file);
        }

        @Override
        public JournalFile open(long number) throws IOException {
            alive();
            var file = files.get(number);
            if (file == null) {
                throw new IOException("no such file: " + number);
            }
            return new Opened(file);
        }

        @Override
        public void delete(long number) throws IOException {
            alive();
            files.remove(number);
        }

        @Override
        public void close() {
            if (mounted == this) {
                mounted = null;
            }
        }
    }

    private final class Opened implements JournalFile {

        private final Content file;
        private final ByteBuffer bytes;

        Opened(Content file) {
            this.file = file;
            this.bytes = ByteBuffer.wrap(file.cached);
        }

        @Override
        public ByteBuffer bytes() {
            return bytes;
        }

        @Override
        public void force(int from, int to) throws IOException {
            if (refusing) {
                throw new IOException("Input/output error");
            }
            System.arraycopy(file.cached, from, file.durable, from, to - from);
        }

        @Override
        public void close() {}
    }
}
