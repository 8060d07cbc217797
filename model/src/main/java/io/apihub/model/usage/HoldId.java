package io.apihub.model.usage;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * The id of one request from the check to the ledger: a UUID of version 7 (RFC 9562), so that it
 * carries the millisecond in which it was made and its UTC day.
 */
public record HoldId(UUID uuid) implements Comparable<HoldId> {

    public HoldId {
        if (uuid.version() != 7 || uuid.variant() != 2) {
            throw new IllegalArgumentException("a hold id is a UUID of version 7: " + uuid);
        }
    }

    public static HoldId mint(InstantSource clock, RandomGenerator random) {
        long millis = clock.millis();
        long high = (millis << 16) | 0x7000 | (random.nextLong() & 0x0fff);
        long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
        return new HoldId(new UUID(high, low));
    }

    /**
     * Reads 16 bytes, most significant first.
     *
     * @throws IllegalArgumentException if they are no UUID of version 7
     */
    public static HoldId ofBytes(byte[] bytes) {
        if (bytes.length != 16) {
            throw new IllegalArgumentException("a hold id has 16 bytes, not " + bytes.length);
        }
        var buffer = ByteBuffer.wrap(bytes);
        return new HoldId(new UUID(buffer.getLong(), buffer.getLong()));
    }

    public byte[] toBytes() {
        return ByteBuffer.allocate(16)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .array();
    }

    /** When it was minted, by the minting gateway's clock. */
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }

    /** {@link #instant} in milliseconds since 1970. */
    public long millis() {
        return uuid.getMostSignificantBits() >>> 16;
    }

    /** The UTC day of {@link #instant}: the partition of the usage row. */
    public LocalDate day() {
        return LocalDate.ofEpochDay(epochDay());
    }

    /** {@link #day} in days since 1970. */
    public long epochDay() {
        return millis() / 86_400_000;
    }

    @Override
    public int compareTo(HoldId other) {
        int high =
                Long.compareUnsigned(
                        uuid.getMostSignificantBits(), other.uuid.getMostSignificantBits());
        return high != 0
                ? high
                : Long.compareUnsigned(
                        uuid.getLeastSignificantBits(), other.uuid.getLeastSignificantBits());
    }

    @Override
    public String toString() {
        return uuid.toString();
    }
}
