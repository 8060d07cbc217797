package io.apihub.extauthz.policy;

import io.apihub.policy.v1.Batch;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.zip.CRC32C;

/**
 * A file of batches, each behind its length (4 bytes) and its CRC-32C (4). A file begins with a
 * whole snapshot; the steps that came later stand behind it.
 */
final class PolicyFrames {

    private static final long MAGIC = 0x41_50_48_50_4f_4c_00_01L;
    private static final int HEADER = 2 * Integer.BYTES;
    private static final int BUFFER = 1 << 16;
    private static final int MAX_FRAME = 64 << 20;
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private PolicyFrames() {}

    /**
     * Appends to a file. Closing it writes what is left, but not to the disk: see {@link #force}.
     */
    static final class Writer implements AutoCloseable {

        private final FileChannel channel;
        private final DataOutputStream out;
        private long size;

        private Writer(FileChannel channel) throws IOException {
            this.channel = channel;
            size = channel.size();
            OutputStream bytes = Channels.newOutputStream(channel);
            out = new DataOutputStream(new BufferedOutputStream(bytes, BUFFER));
        }

        /** Makes a file that only its owner may read; one that is there is replaced. */
        static Writer create(Path file) throws IOException {
            Files.deleteIfExists(file);
            var options = EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            var writer = new Writer(FileChannel.open(file, options, OWNER_ONLY));
            writer.out.writeLong(MAGIC);
            writer.size = Long.BYTES;
            return writer;
        }

        /** Goes on behind the whole frames of a file; what follows them is cut off. */
        static Writer append(Path file, long end) throws IOException {
            var channel = FileChannel.open(file, StandardOpenOption.WRITE);
            channel.truncate(end);
            channel.position(end);
            return new Writer(channel);
        }

        void write(Batch batch) throws IOException {
            var payload = batch.toByteArray();
            out.writeInt(payload.length);
            out.writeInt(checksum(payload));
            out.write(payload);
            size += HEADER + payload.length;
        }

        /** Bytes so far. */
        long size() {
            return size;
        }

        /** Returns once everything is on the disk. */
        void force() throws IOException {
            out.flush();
            channel.force(false);
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    /** Told each frame in order. */
    interface Reader {

        /** Takes one batch; {@code end} is the offset behind it. */
        void read(Batch batch, long end) throws IOException;
    }

    /**
     * Reads frames up to an offset, or up to the first that is not whole and undamaged.
     *
     * @throws IOException if this is no such file
     */
    static void read(Path file, long limit, Reader reader) throws IOException {
        try (var in =
                new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER))) {
            if (in.readLong() != MAGIC) {
                throw new IOException("not a policy file of this version");
            }
            long at = Long.BYTES;
            while (at < limit) {
                int length = in.readInt();
                int checksum = in.readInt();
                if (length < 0 || length > MAX_FRAME) {
                    return;
                }
                var payload = in.readNBytes(length);
                if (payload.length < length || checksum(payload) != checksum) {
                    return;
                }
                at += HEADER + length;
                reader.read(Batch.parseFrom(payload), at);
            }
        } catch (EOFException e) {
            // The end, or a frame that its writer did not finish.
        }
    }

    private static int checksum(byte[] payload) {
        var crc = new CRC32C();
        crc.update(payload);
        return (int) crc.getValue();
    }
}
