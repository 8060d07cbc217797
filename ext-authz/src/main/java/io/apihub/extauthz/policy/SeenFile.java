package io.apihub.extauthz.policy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/** A small file that says when this gateway was last up to date, and with what. */
final class SeenFile {

    private static final long MAGIC = 0x41_50_48_53_45_45_4e_01L;

    private final Path file;
    private final Path draft;

    SeenFile(Path directory) {
        file = directory.resolve("policy.seen");
        draft = directory.resolve("policy.seen.tmp");
    }

    /**
     * What the gateway had.
     *
     * @param millis when, by the wall clock, since 1970
     */
    record Seen(String epoch, long revision, long millis) {}

    void write(Seen seen) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.writeLong(MAGIC);
        out.writeUTF(seen.epoch());
        out.writeLong(seen.revision());
        out.writeLong(seen.millis());
        out.writeInt(checksum(bytes.toByteArray()));
        Files.write(draft, bytes.toByteArray());
        Files.move(
                draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Empty if there is none, or none that can be trusted. */
    Optional<Seen> read() {
        try {
            var bytes = Files.readAllBytes(file);
            int end = bytes.length - Integer.BYTES;
            var in = new DataInputStream(new ByteArrayInputStream(bytes));
            boolean ours = end > 0 && in.readLong() == MAGIC;
            var seen = ours ? new Seen(in.readUTF(), in.readLong(), in.readLong()) : null;
            boolean good = ours && in.readInt() == checksum(Arrays.copyOf(bytes, end));
            return good ? Optional.ofNullable(seen) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    void delete() throws IOException {
        Files.deleteIfExists(file);
    }

    private static int checksum(byte[] bytes) {
        var crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
