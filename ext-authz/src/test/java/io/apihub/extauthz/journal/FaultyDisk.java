package io.apihub.extauthz.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A volume in memory on which everything goes wrong on demand: power cuts that tear writes, bytes
 * that rot, no room, a disk that refuses. Deterministic for its random numbers.
 */
public final class FaultyDisk {

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
    private final TreeMap<Long, Content> files = new TreeMap<>();
    private long capacity;
    private boolean refusing;
    private @Nullable Mounted mounted;

    public FaultyDisk(RandomGenerator random, long capacity) {
        this.random = random;
        this.capacity = capacity;
    }

    /**
     * The storage of one process.
     *
     * @throws IOException if another has it
     */
    public JournalStorage mount() throws IOException {
        if (mounted != null) {
            throw new IOException("another process has the journal");
        }
        mounted = new Mounted();
        return mounted;
    }

    /** The process dies; what it wrote stays. */
    public void kill() {
        mounted = null;
    }

    /** The machine dies: of each sector that was not forced, nobody knows. */
    public void cutPower() {
        kill();
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

    /** Bits rot: somewhere in what is written. */
    public void rot() {
        if (files.isEmpty()) {
            return;
        }
        var numbers = files.keySet().stream().toList();
        var file = files.get(numbers.get(random.nextInt(numbers.size())));
        if (file != null) {
            int at = random.nextInt(file.cached.length);
            file.cached[at] ^= (byte) (1 << random.nextInt(8));
            file.durable[at] = file.cached[at];
        }
    }

    /** Bytes that files may have together from now on. */
    public void capacity(long bytes) {
        capacity = bytes;
    }

    public void refusing(boolean now) {
        refusing = now;
    }

    private long used() {
        return files.values().stream().mapToLong(file -> file.cached.length).sum();
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
            if (used() + size > capacity) {
                throw new IOException("No space left on device");
            }
            var file = new Content(size);
            if (files.putIfAbsent(number, file) != null) {
                throw new IOException("exists: " + number);
            }
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
