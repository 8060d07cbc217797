package io.apihub.extauthz.journal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One file of the journal, mapped into memory: what is written survives the death of the process at
 * once, and that of the machine after {@link #force}. One writer; readers may run beside it.
 */
final class Segment implements AutoCloseable {

    private static final String SUFFIX = ".journal";
    private static final int ZEROS = 1 << 20;

    private final Path file;
    private final long number;
    private final Arena arena;
    private final MemorySegment memory;
    private final ByteBuffer bytes;
    private volatile int end;
    private int forced;
    private int openHolds;

    private Segment(Path file, long number, Arena arena, MemorySegment memory) {
        this.file = file;
        this.number = number;
        this.arena = arena;
        this.memory = memory;
        this.bytes = memory.asByteBuffer();
    }

    /** Makes a file of the full size, every block of it really allocated. */
    static Segment create(Path directory, long number, int size) throws IOException {
        var file = directory.resolve("%016d%s".formatted(number, SUFFIX));
        try (var channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            var zeros = ByteBuffer.allocate(Math.min(ZEROS, size));
            for (int left = size; left > 0; left -= zeros.position()) {
                zeros.clear().limit(Math.min(left, zeros.capacity()));
                while (zeros.hasRemaining()) {
                    channel.write(zeros);
                }
            }
            return map(file, number, channel, MapMode.READ_WRITE, size);
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    /** Opens a file of an earlier process for reading; nothing is appended to it any more. */
    static Segment reopen(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return map(file, numberOf(file), channel, MapMode.READ_ONLY, channel.size());
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // the segment owns its arena and closes it
    private static Segment map(Path file, long number, FileChannel channel, MapMode mode, long size)
            throws IOException {
        var arena = Arena.ofShared();
        return new Segment(file, number, arena, channel.map(mode, 0, size, arena));
    }

    static boolean isSegment(Path file) {
        return file.getFileName().toString().matches("\\d{16}\\" + SUFFIX);
    }

    static long numberOf(Path file) {
        var name = file.getFileName().toString();
        return Long.parseLong(name.substring(0, name.length() - SUFFIX.length()));
    }

    /**
     * Reads all whole frames of an earlier process and skips what is damaged.
     *
     * @return bytes that were neither a good frame nor zero
     */
    int scan(BiConsumer<Frame, Position> each) {
        int damaged = 0;
        int offset = 0;
        while (offset < bytes.limit()) {
            var frame = Frame.read(bytes, offset);
            if (frame != null) {
                each.accept(frame, new Position(number, frame.next()));
                offset = frame.next();
                end = offset;
            } else {
                int next = Frame.seek(bytes, offset + 1);
                damaged += nonZero(offset, next);
                offset = next;
            }
        }
        forced = end;
        return damaged;
    }

    private int nonZero(int from, int to) {
        int last = to;
        while (last > from && bytes.get(last - 1) == 0) {
            last--;
        }
        return last - from;
    }

    /** Bytes behind the last frame. */
    int remaining() {
        return bytes.limit() - end;
    }

    void append(FrameType type, byte[] payload) {
        end = Frame.write(bytes, end, type, payload);
    }

    /** The first whole frame at or behind this offset; null at the end. */
    @Nullable Frame frameAt(int offset) {
        int at = offset;
        while (at < end) {
            var frame = Frame.read(bytes, at);
            if (frame != null) {
                return frame;
            }
            at = Frame.seek(bytes, at + 1);
        }
        return null;
    }

    /** Asks the operating system to write what was appended since the last time. */
    void force() {
        int to = end;
        if (to > forced) {
            memory.asSlice(forced, to - forced).force();
            forced = to;
        }
    }

    long number() {
        return number;
    }

    Position end() {
        return new Position(number, end);
    }

    int openHolds() {
        return openHolds;
    }

    void countHold(int change) {
        openHolds += change;
    }

    void delete() throws IOException {
        close();
        Files.deleteIfExists(file);
    }

    @Override
    public void close() {
        arena.close();
    }
}
