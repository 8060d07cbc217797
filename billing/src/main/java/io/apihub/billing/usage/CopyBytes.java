package io.apihub.billing.usage;

import com.google.protobuf.ByteString;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.ByteConverter;

/** Bytes in the binary format of COPY, which Postgres reads faster than any text. */
final class CopyBytes {

    /** Instead of a time, where there is none. */
    static final long NO_TIME = Long.MIN_VALUE;

    private static final byte[] SIGNATURE =
            "PGCOPY\n\u00ff\r\n\0".getBytes(StandardCharsets.ISO_8859_1);

    /** Postgres counts days and microseconds from here. */
    private static final LocalDate FIRST_DAY = LocalDate.of(2000, 1, 1);

    private static final long START_MILLIS = Instant.parse("2000-01-01T00:00:00Z").toEpochMilli();

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
            case Integer number -> int4(4).int4(number);
            case Boolean is -> int4(1).int1(is ? 1 : 0);
            default -> throw new IllegalArgumentException("no column has " + value.getClass());
        };
    }

    /**
     * An id.
     *
     * @throws IllegalArgumentException if it has not 16 bytes
     */
    CopyBytes id(String field, ByteString id) {
        if (id.size() != 16) {
            throw new IllegalArgumentException(field + " must have 16 bytes, not " + id.size());
        }
        int4(16);
        reserve(16);
        id.copyTo(bytes, length);
        length += 16;
        return this;
    }

    /** A bigint. */
    CopyBytes whole(long number) {
        return int4(8).int8(number);
    }

    /** A text. */
    CopyBytes text(String text) {
        return counted(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A timestamptz.
     *
     * @param millis since 1970, or {@link #NO_TIME}
     * @throws ArithmeticException if that is beyond a bigint of microseconds
     */
    CopyBytes time(long millis) {
        return millis == NO_TIME
                ? int4(-1)
                : whole(Math.multiplyExact(Math.subtractExact(millis, START_MILLIS), 1_000L));
    }

    /** A date, by its days since 1970. */
    CopyBytes day(long epochDay) {
        return int4(4).int4(Math.toIntExact(epochDay - FIRST_DAY.toEpochDay()));
    }

    /** A numeric. */
    CopyBytes exact(BigDecimal number) {
        if (number.signum() == 0) {
            // No digits, of weight 0, positive.
            return int4(8).int8(Math.max(0, number.scale()));
        }
        var unscaled = number.unscaledValue();
        boolean small =
                number.signum() > 0
                        && number.scale() >= 0
                        && number.scale() <= NumericDigits.MAX_SCALE
                        && unscaled.bitLength() < 64;
        if (!small) {
            return counted(ByteConverter.numeric(number));
        }
        var digits = NumericDigits.of(unscaled.longValue(), number.scale());
        int4(8 + 2 * digits.count()).int2(digits.count()).int2(digits.weight()).int2(0);
        int2(number.scale());
        for (int i = 0; i < digits.count(); i++) {
            int2(digits.digit(i));
        }
        return this;
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

    /** Hands all bytes over, and begins anew in the same room. */
    <E extends Exception> void drain(Sink<E> sink) throws E {
        sink.take(bytes, length);
        length = 0;
    }

    /** Takes the first bytes of an array, which is used again afterwards. */
    interface Sink<E extends Exception> {
        void take(byte[] bytes, int length) throws E;
    }
}
