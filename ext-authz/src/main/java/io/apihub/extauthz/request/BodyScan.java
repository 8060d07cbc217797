package io.apihub.extauthz.request;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.apihub.extauthz.request.BodySchema.Field;
import io.apihub.extauthz.request.Inspection.Place;
import io.apihub.extauthz.request.RequestInspector.Body;
import io.apihub.model.usage.Dialect;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads one JSON body from its first byte to its last. For one thread, once. */
final class BodyScan {

    private static final int MAX_DEPTH = 512;
    private static final int MAX_MODEL_CHARS = 256;
    private static final int MAX_FACTOR = 1024;

    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(MAX_DEPTH)
                                    .maxStringLength(64 << 20)
                                    .build())
                    .build();

    private final Dialect dialect;
    private final Body body;
    private final BodySchema schema;
    private final Media media;
    private final Tally tally = new Tally();
    private final StreamOptions streamOptions = new StreamOptions();
    private final LimitScan limits = new LimitScan();

    private @Nullable String model;
    private @Nullable Place modelPlace;
    private boolean stream;
    private long outputLimit;
    private long answers = 1;
    private int rootAt;
    private boolean empty = true;

    BodyScan(Dialect dialect, Body body) {
        this.dialect = dialect;
        this.body = body;
        schema = BodySchema.of(dialect);
        media = new Media(body);
    }

    /**
     * @param pathModel the model if the path names it, else null
     * @param pathStream whether the path asks for a stream
     */
    Inspection.Request scan(@Nullable String pathModel, boolean pathStream)
            throws MalformedRequest {
        model = pathModel;
        stream = pathStream;
        refuseOtherEncodings();
        try (var parser = JSON.createParser(body.bytes(), body.from(), body.length())) {
            read(parser, pathModel);
        } catch (StreamConstraintsException e) {
            throw new MalformedRequest(
                    "The body is nested deeper than 512 levels or has an endless number.", null);
        } catch (JacksonException e) {
            var where = e.getLocation();
            throw new MalformedRequest(
                    where == null
                            ? "The body is not JSON."
                            : "The body is not JSON (byte " + where.getByteOffset() + ").",
                    null);
        } catch (IOException e) {
            throw new MalformedRequest("The body cannot be read.", null);
        }
        return request();
    }

    /** The parser would guess UTF-16 or skip a byte order mark; an upstream may do otherwise. */
    private void refuseOtherEncodings() throws MalformedRequest {
        for (int i = 0; i < Math.min(4, body.length()); i++) {
            byte b = body.bytes()[body.from() + i];
            if (b == 0 || (i == 0 && b < 0)) {
                throw new MalformedRequest("The body must be JSON in UTF-8, without a mark.", null);
            }
        }
    }

    private void read(JsonParser parser, @Nullable String pathModel)
            throws IOException, MalformedRequest {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new MalformedRequest("The body must be a JSON object.", null);
        }
        rootAt = offset(parser);
        long seen = 0;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            var name = parser.currentName();
            var field = known(schema, name);
            parser.nextToken();
            empty = false;
            if (field == null) {
                parser.skipChildren();
            } else {
                seen = mark(seen, field, name);
                take(parser, name, field, pathModel);
            }
        }
        if (parser.nextToken() != null) {
            throw new MalformedRequest("There is more after the JSON object.", null);
        }
    }

    /** Null if the field does not matter. */
    private static @Nullable Field known(BodySchema schema, String name) throws MalformedRequest {
        var field = schema.field(name);
        if (field == null && schema.resembles(name)) {
            throw new MalformedRequest("Write this field in its usual case.", name);
        }
        return field;
    }

    private static long mark(long seen, Field field, String name) throws MalformedRequest {
        long bit = 1L << field.index();
        if ((seen & bit) != 0) {
            throw new MalformedRequest("This field stands there twice.", name);
        }
        return seen | bit;
    }

    private void take(JsonParser parser, String name, Field field, @Nullable String pathModel)
            throws IOException, MalformedRequest {
        switch (field.role()) {
            case MODEL -> model(parser, name, pathModel);
            case STREAM -> stream = bool(parser, name);
            case LIMIT -> limit(parser, name);
            case FACTOR -> factor(parser, name);
            case STREAM_OPTIONS -> streamOptions(parser, name);
            case GENERATION_CONFIG -> generationConfig(parser, name);
            case PROMPTS -> new PromptScan(parser, tally).scan();
            case TOOLS -> new ToolScan(parser, schema, dialect, tally).scan();
            case REFERENCE -> reference(parser);
            case BACKGROUND -> background(parser, name);
            case CONTENT -> new ContentScan(parser, schema, media, tally).field(name);
            case THINKING -> thinking(parser, name);
            case THINKING_BUDGET -> limits.thinking(positive(parser, name, Long.MAX_VALUE));
            case INCLUDE_USAGE -> throw new IllegalStateException("not a field of a body: " + name);
        }
    }

    private void model(JsonParser parser, String name, @Nullable String pathModel)
            throws IOException, MalformedRequest {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw new MalformedRequest("The model must be a string.", name);
        }
        int at = offset(parser);
        int end = media.closingQuote(at) + 1;
        var found = end - at > 6 * MAX_MODEL_CHARS ? "" : parser.getText();
        if (found.isEmpty() || found.length() > MAX_MODEL_CHARS) {
            throw new MalformedRequest("The model's name must have 1 to 256 characters.", name);
        }
        if (pathModel == null) {
            model = found;
            modelPlace = new Place(at, end - at, true);
        } else if (!found.equals(pathModel) && !found.equals("models/" + pathModel)) {
            throw new MalformedRequest("The body names another model than the path.", name);
        }
    }

    private static boolean bool(JsonParser parser, String name) throws MalformedRequest {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE, VALUE_NULL -> false;
            default -> throw new MalformedRequest("This must be true or false.", name);
        };
    }

    private void limit(JsonParser parser, String name) throws IOException, MalformedRequest {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            limits.limit(offset(parser), "null".length());
            return;
        }
        limits.limit(offset(parser), parser.getTextLength());
        long limit = positive(parser, name, Long.MAX_VALUE);
        if (outputLimit != 0 && outputLimit != limit) {
            throw new MalformedRequest("Two limits of output tokens contradict each other.", name);
        }
        outputLimit = limit;
    }

    private void factor(JsonParser parser, String name) throws IOException, MalformedRequest {
        if (parser.currentToken() != JsonToken.VALUE_NULL) {
            answers *= positive(parser, name, MAX_FACTOR);
        }
    }

    private static long positive(JsonParser parser, String name, long max)
            throws IOException, MalformedRequest {
        boolean integer =
                parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                        && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
        long value = integer ? parser.getLongValue() : 0;
        if (value < 1 || value > max) {
            throw new MalformedRequest("This must be a whole number of 1 or more.", name);
        }
        return value;
    }

    private void reference(JsonParser parser) throws IOException {
        tally.unseenState |= parser.currentToken() != JsonToken.VALUE_NULL;
        parser.skipChildren();
    }

    private static void background(JsonParser parser, String name) throws MalformedRequest {
        if (bool(parser, name)) {
            throw new MalformedRequest(
                    "Background responses are not supported: their usage cannot be metered.", name);
        }
    }

    private void generationConfig(JsonParser parser, String name)
            throws IOException, MalformedRequest {
        limits.configAt(offset(parser));
        if (entered(parser, name)) {
            limits.configEntered();
            if (inner(parser, BodySchema.GENERATION_CONFIG)) {
                limits.configField();
            }
        }
    }

    private void thinking(JsonParser parser, String name) throws IOException, MalformedRequest {
        if (entered(parser, name)) {
            inner(parser, BodySchema.THINKING);
        }
    }

    /** Reads an object to its end; whether it has a field. */
    private boolean inner(JsonParser parser, BodySchema fields)
            throws IOException, MalformedRequest {
        long seen = 0;
        boolean any = false;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            any = true;
            var name = parser.currentName();
            var field = known(fields, name);
            parser.nextToken();
            if (field == null) {
                parser.skipChildren();
            } else {
                seen = mark(seen, field, name);
                take(parser, name, field, null);
            }
        }
        return any;
    }

    private void streamOptions(JsonParser parser, String name)
            throws IOException, MalformedRequest {
        streamOptions.at(offset(parser));
        if (!entered(parser, name)) {
            return;
        }
        streamOptions.entered();
        long seen = 0;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            var inner = parser.currentName();
            var field = known(BodySchema.STREAM_OPTIONS, inner);
            parser.nextToken();
            streamOptions.field();
            if (field == null) {
                parser.skipChildren();
            } else {
                seen = mark(seen, field, inner);
                boolean wanted = bool(parser, inner);
                boolean isNull = parser.currentToken() == JsonToken.VALUE_NULL;
                streamOptions.includeUsage(wanted, offset(parser), isNull ? 4 : 5);
            }
        }
    }

    /** Whether an object follows; null counts as absent. */
    private static boolean entered(JsonParser parser, String name) throws MalformedRequest {
        return switch (parser.currentToken()) {
            case START_OBJECT -> true;
            case VALUE_NULL -> false;
            default -> throw new MalformedRequest("This must be an object.", name);
        };
    }

    private static int offset(JsonParser parser) {
        return (int) parser.currentTokenLocation().getByteOffset();
    }

    private Inspection.Request request() throws MalformedRequest {
        var name = model;
        if (name == null) {
            throw new MalformedRequest("The body must name a model.", "model");
        }
        boolean mayAsk = dialect == Dialect.OPENAI_CHAT || dialect == Dialect.OPENAI_COMPLETIONS;
        return new Inspection.Request(
                name,
                stream,
                outputLimit,
                answers,
                tally.prompts,
                body.length() - tally.mediaBytes,
                tally.tokenIds,
                tally.images,
                tally.files,
                tally.unseenState,
                modelPlace,
                mayAsk && stream ? streamOptions.askForUsage(rootAt) : null,
                empty ? null : limits.limit(dialect, rootAt));
    }
}
