package io.apihub.extauthz.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SortedMap;
import java.util.TreeMap;

/** Files in a directory, mapped into memory. */
public final class FileStorage implements JournalStorage {

    private static final String SUFFIX = ".journal";
    private static final int ZEROS = 1 << 20;

    private final Path directory;
    private final DirectoryLock lock;

    private FileStorage(Path directory, DirectoryLock lock) {
        this.directory = directory;
        this.lock = lock;
    }

    /**
     * Takes a directory, and makes it if it is absent.
     *
     * @throws IOException if another journal has it or the volume refuses
     */
    public static FileStorage in(Path directory) throws IOException {
        Files.createDirectories(directory);
        return new FileStorage(directory, DirectoryLock.take(directory));
    }

    @Override
    public SortedMap<Long, Long> list() throws IOException {
        var sizes = new TreeMap<Long, Long>();
        try (var files = Files.list(directory)) {
            for (var file : files.filter(FileStorage::isOurs).toList()) {
                sizes.put(numberOf(file), Files.size(file));
            }
        }
        return sizes;
    }

    @Override
    public JournalFile create(long number, int size) throws IOException {
        var path = path(number);
        try (var channel =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            fill(channel, size);
            channel.force(true);
            forceDirectory();
            return map(channel, size);
        } catch (IOException e) {
            Files.deleteIfExists(path);
            throw e;
        }
    }

    private static void fill(FileChannel channel, int size) throws IOException {
        var zeros = ByteBuffer.allocate(Math.min(ZEROS, size));
        for (int left = size; left > 0; left -= zeros.position()) {
            zeros.clear().limit(Math.min(left, zeros.capacity()));
            while (zeros.hasRemaining()) {
                channel.write(zeros);
            }
        }
    }

    /** Without it a power cut may take the name of a new file. */
    private void forceDirectory() throws IOException {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public JournalFile open(long number) throws IOException {
        try (var channel =
                FileChannel.open(path(number), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return map(channel, channel.size());
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // the file owns its arena and closes it
    private static JournalFile map(FileChannel channel, long size) throws IOException {
        var arena = Arena.ofShared();
        try {
            return new Mapped(arena, channel.map(MapMode.READ_WRITE, 0, size, arena));
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    @Override
    public void delete(long number) throws IOException {
        Files.deleteIfExists(path(number));
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }

    private Path path(long number) {
        return directory.resolve("%016d%s".formatted(number, SUFFIX));
    }

    static boolean isOurs(Path file) {
        return file.getFileName().toString().matches("\\d{16}\\" + SUFFIX);
    }

    private static long numberOf(Path file) {
        var name = file.getFileName().toString();
        return Long.parseLong(name.substring(0, name.length() - SUFFIX.length()));
    }

    private static final class Mapped implements JournalFile {

        private final Arena arena;
        private final MemorySegment memory;
        private final ByteBuffer bytes;

        Mapped(Arena arena, MemorySegment memory) {
            this.arena = arena;
            this.memory = memory;
            this.bytes = memory.asByteBuffer();
        }

        @Override
        public ByteBuffer bytes() {
            return bytes;
        }

        @Override
        public void force(int from, int to) throws IOException {
            try {
                memory.asSlice(from, to - from).force();
            } catch (UncheckedIOException e) {
                throw new IOException("cannot force: " + e.getMessage(), e);
            }
        }

        @Override
        public void close() {
            arena.close();
        }
    }
}
