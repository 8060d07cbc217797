package io.apihub.billing.usage;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.ByteConverter;

/** Bytes in the binary format of COPY, which Postgres reads faster than any text. */
final class CopyBytes {

    private static final byte[] SIGNATURE =
            "PGCOPY\n\u00ff\r\n\0".getBytes(StandardCharsets.ISO_8859_1);

    /** Postgres counts days and microseconds from here. */
    private static final LocalDate FIRST_DAY = LocalDate.of(2000, 1, 1);

    private static final Instant START = Instant.parse("2000-01-01T00:00:00Z");
    private static final byte[] ZERO = ByteConverter.numeric(BigDecimal.ZERO);

    private byte[] bytes;
    private int length;

    CopyBytes(int expected) {
        bytes = new byte[expected];
    }

    /** What comes before the first row: no flags, nothing more. */
    CopyBytes header() {
        return raw(SIGNATURE).int4(0).int4(0);
    }

    /** What comes before the values of a row. */
    CopyBytes row(int columns) {
        return int2(columns);
    }

    /** What comes after the last row. */
    CopyBytes trailer() {
        return int2(-1);
    }

    /**
     * A value, with its length before it.
     *
     * @throws IllegalArgumentException if it is of a type that no column has
     */
    CopyBytes value(@Nullable Object value) {
        return switch (value) {
            case null -> int4(-1);
            case UUID id ->
                    int4(16).int8(id.getMostSignificantBits()).int8(id.getLeastSignificantBits());
            case Long number -> int4(8).int8(number);
            case Integer number -> int4(4).int4(number);
            case Boolean is -> int4(1).int1(is ? 1 : 0);
            case String text -> counted(text.getBytes(StandardCharsets.UTF_8));
            case BigDecimal number ->
                    counted(number.signum() == 0 ? ZERO : ByteConverter.numeric(number));
            case Instant at -> int4(8).int8(ChronoUnit.MICROS.between(START, at));
            case LocalDate day ->
                    int4(4).int4(Math.toIntExact(ChronoUnit.DAYS.between(FIRST_DAY, day)));
            default -> throw new IllegalArgumentException("no column has " + value.getClass());
        };
    }

    private CopyBytes counted(byte[] value) {
        return int4(value.length).raw(value);
    }

    /** Bytes that are written already. */
    CopyBytes raw(byte[] value) {
        reserve(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
        return this;
    }

    private CopyBytes int1(int value) {
        reserve(1);
        bytes[length++] = (byte) value;
        return this;
    }

    private CopyBytes int2(int value) {
        reserve(2);
        ByteConverter.int2(bytes, length, value);
        length += 2;
        return this;
    }

    private CopyBytes int4(int value) {
        reserve(4);
        ByteConverter.int4(bytes, length, value);
        length += 4;
        return this;
    }

    private CopyBytes int8(long value) {
        reserve(8);
        ByteConverter.int8(bytes, length, value);
        length += 8;
        return this;
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }

    int length() {
        return length;
    }

    byte[] toArray() {
        return Arrays.copyOf(bytes, length);
    }
}
