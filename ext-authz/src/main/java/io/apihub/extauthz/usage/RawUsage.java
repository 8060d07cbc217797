package io.apihub.extauthz.usage;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * One usage object as a provider wrote it: its numbers by dotted path.
 *
 * <p>What is no integer of 64 bits, be it a text, is kept as -1, which no count can be, so that it
 * is found absurd later where a count was meant.
 */
record RawUsage(Map<String, Long> numbers) {

    static final RawUsage NONE = new RawUsage(Map.of());

    private static final JsonFactory JSON = new JsonFactory();
    private static final int MAX_DEPTH = 8;
    private static final long NO_COUNT = -1;

    RawUsage {
        numbers = Map.copyOf(numbers);
    }

    /**
     * Parses a JSON object.
     *
     * @throws IllegalArgumentException if it is none
     */
    static RawUsage parse(String json) {
        var numbers = new HashMap<String, Long>();
        try (var parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("usage is no object");
            }
            object(parser, "", numbers, 0);
        } catch (IOException e) {
            throw new IllegalArgumentException("usage is no JSON", e);
        }
        return new RawUsage(numbers);
    }

    private static void object(
            JsonParser parser, String prefix, Map<String, Long> numbers, int depth)
            throws IOException {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("usage is nested too deep");
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            var path = prefix + parser.currentName();
            switch (parser.nextToken()) {
                case START_OBJECT -> {
                    numbers.put(path, NO_COUNT);
                    object(parser, path + ".", numbers, depth + 1);
                }
                case START_ARRAY -> {
                    parser.skipChildren();
                    numbers.put(path, NO_COUNT);
                }
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> numbers.put(path, integer(parser));
                case VALUE_NULL -> {}
                default -> numbers.put(path, NO_COUNT);
            }
        }
    }

    private static long integer(JsonParser parser) throws IOException {
        return switch (parser.getNumberType()) {
            case INT, LONG -> parser.getLongValue();
            default -> {
                double value = parser.getDoubleValue();
                yield value >= 0 && value == Math.rint(value) && value < 1e15
                        ? (long) value
                        : NO_COUNT;
            }
        };
    }

    boolean has(String path) {
        return numbers.containsKey(path);
    }

    /** The number at a path; 0 if there is none. */
    long at(String path) {
        return numbers.getOrDefault(path, 0L);
    }

    /** The numbers of both, the larger where both have one: for figures that only grow. */
    RawUsage latest(RawUsage other) {
        var merged = new HashMap<>(numbers);
        other.numbers.forEach((path, number) -> merged.merge(path, number, RawUsage::further));
        return new RawUsage(merged);
    }

    private static long further(long a, long b) {
        return a < 0 || b < 0 ? Math.min(a, b) : Math.max(a, b);
    }
}
