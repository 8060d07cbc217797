package io.apihub.extauthz.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One life of a machine, from one start of its kernel to the next. What a process wrote is lost
 * with it, if it is not on the disk yet.
 */
public record BootId(UUID id) {

    private static final Logger LOG = LoggerFactory.getLogger(BootId.class);

    private static final Path LINUX = Path.of("/proc/sys/kernel/random/boot_id");

    /** Nobody knows which life it is: never the same as another. */
    public static final BootId UNKNOWN = new BootId(new UUID(0, 0));

    /** The life that this machine has now; {@link #UNKNOWN} if the system does not tell. */
    public static BootId current() {
        return in(LINUX);
    }

    static BootId in(Path file) {
        try {
            return new BootId(UUID.fromString(Files.readString(file).strip()));
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("{} can't be read; after a kill leases stay parked: {}", file, e.toString());
            return UNKNOWN;
        }
    }

    boolean isSame(BootId other) {
        return !equals(UNKNOWN) && equals(other);
    }
}
