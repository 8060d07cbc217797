package io.apihub.billing.usage;

import com.google.protobuf.ByteString;
import io.apihub.billing.grpc.WireIds;
import io.apihub.billing.usage.UsageColumns.Source;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A column of billing.usage, by its kind: each request has a value for all of them, so that none is
 * made an object first that is none.
 */
sealed interface Column {

    String name();

    /** The value, as a statement's parameter. */
    @Nullable Object of(Source source);

    /**
     * Writes the value, with its length before it.
     *
     * @throws IllegalArgumentException if an id is none
     * @throws ArithmeticException if a time is beyond all that a database knows
     */
    void write(Source source, CopyBytes bytes);

    /** An id of 16 bytes, as the wire has it. */
    record Id(String name, Function<Source, ByteString> value) implements Column {
        @Override
        public Object of(Source source) {
            return WireIds.uuid(name, value.apply(source));
        }

        @Override
        public void write(Source source, CopyBytes bytes) {
            bytes.id(name, value.apply(source));
        }
    }

    /** A bigint. */
    record Whole(String name, ToLongFunction<Source> value) implements Column {
        @Override
        public Object of(Source source) {
            return value.applyAsLong(source);
        }

        @Override
        public void write(Source source, CopyBytes bytes) {
            bytes.whole(value.applyAsLong(source));
        }
    }

    /** A numeric. */
    record Exact(String name, Function<Source, BigDecimal> value) implements Column {
        @Override
        public Object of(Source source) {
            return value.apply(source);
        }

        @Override
        public void write(Source source, CopyBytes bytes) {
            bytes.exact(value.apply(source));
        }
    }

    /** A text. */
    record Text(String name, Function<Source, String> value) implements Column {
        @Override
        public Object of(Source source) {
            return value.apply(source);
        }

        @Override
        public void write(Source source, CopyBytes bytes) {
            bytes.text(value.apply(source));
        }
    }

    /** A timestamptz; milliseconds since 1970, or {@link CopyBytes#NO_TIME}. */
    record Time(String name, ToLongFunction<Source> value) implements Column {
        @Override
        public @Nullable Object of(Source source) {
            long millis = value.applyAsLong(source);
            return millis == CopyBytes.NO_TIME ? null : Instant.ofEpochMilli(millis);
        }

        @Override
        public void write(Source source, CopyBytes bytes) {
            bytes.time(value.applyAsLong(source));
        }
    }

    /** A date; days since 1970. */
    record Day(String name, ToLongFunction<Source> value) implements Column {
        @Override
        public Object of(Source source) {
            return LocalDate.ofEpochDay(value.applyAsLong(source));
        }

        @Override
        public void write(Source source, CopyBytes bytes) {
            bytes.day(value.applyAsLong(source));
        }
    }

    /** Anything else that {@link CopyBytes#value} knows. */
    record Any(String name, Function<Source, Object> value) implements Column {
        @Override
        public Object of(Source source) {
            return value.apply(source);
        }

        @Override
        public void write(Source source, CopyBytes bytes) {
            bytes.value(value.apply(source));
        }
    }
}
