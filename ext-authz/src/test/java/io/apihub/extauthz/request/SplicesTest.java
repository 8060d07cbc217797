package io.apihub.extauthz.request;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.apihub.extauthz.request.RequestInspector.Body;
import io.apihub.extauthz.request.RequestInspector.Subject;
import io.apihub.model.usage.Dialect;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random bodies: what is read equals what a tree says, and splices equal the tree's edit. */
class SplicesTest {

    private static final ObjectMapper TREE = new ObjectMapper();
    private static final int ROUNDS = 20_000;

    @Test
    void readingAndEditingAgreeWithATree() throws Exception {
        for (int seed = 0; seed < ROUNDS; seed++) {
            var random = new Random(seed);
            var dialect = random.nextInt(3) == 0 ? Dialect.OPENAI_RESPONSES : Dialect.OPENAI_CHAT;
            var tree = randomBody(random, dialect);
            var bytes = written(tree, random).getBytes(StandardCharsets.UTF_8);

            var request = inspect(dialect, bytes);
            var edited = apply(bytes, Splices.of(request, "upstream \"名\"", true, List.of()));

            assertThat(facts(request)).as("seed %d", seed).isEqualTo(facts(tree, dialect));
            assertThat(TREE.readTree(edited))
                    .as("seed %d", seed)
                    .isEqualTo(edited(tree.deepCopy(), dialect));
        }
    }

    @Test
    void aRequestThatNeedsNoChangeIsNotTouched() {
        var body = "{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":true}}";

        var request = inspect(Dialect.OPENAI_CHAT, body.getBytes(StandardCharsets.UTF_8));

        assertThat(Splices.of(request, "m", true, List.of())).isEmpty();
    }

    @Test
    void anUpstreamThatAlwaysSendsUsageIsNotAsked() {
        var request =
                inspect(
                        Dialect.OPENAI_CHAT,
                        "{\"model\":\"m\",\"stream\":true}".getBytes(StandardCharsets.UTF_8));

        assertThat(Splices.of(request, "m", false, List.of())).isEmpty();
        assertThat(Splices.of(request, "m", true, List.of())).hasSize(1);
    }

    private static Inspection.Request inspect(Dialect dialect, byte[] bytes) {
        var subject = new Subject(dialect, "/v1/x", "", new Body(bytes, 0, bytes.length));
        var inspection = new RequestInspector().inspect(subject);
        assertThat(inspection)
                .as(new String(bytes, StandardCharsets.UTF_8))
                .isInstanceOf(Inspection.Request.class);
        return (Inspection.Request) inspection;
    }

    private static byte[] apply(byte[] body, List<Edit> edits) {
        var out = new ByteArrayOutputStream();
        int from = 0;
        for (var edit : edits) {
            out.write(body, from, edit.at() - from);
            out.writeBytes(edit.insert().getBytes(StandardCharsets.UTF_8));
            from = edit.at() + edit.delete();
        }
        out.write(body, from, body.length - from);
        return out.toByteArray();
    }

    private static String facts(Inspection.Request request) {
        return "%s %s %d %d"
                .formatted(
                        request.model(),
                        request.stream(),
                        request.outputLimit(),
                        request.answers());
    }

    private static String facts(ObjectNode tree, Dialect dialect) {
        boolean chat = dialect == Dialect.OPENAI_CHAT;
        return "%s %s %d %d"
                .formatted(
                        tree.get("model").asText(),
                        tree.path("stream").asBoolean(false),
                        tree.path(chat ? "max_tokens" : "max_output_tokens").asLong(0),
                        chat ? tree.path("n").asLong(1) : 1);
    }

    private static JsonNode edited(ObjectNode tree, Dialect dialect) {
        tree.put("model", "upstream \"名\"");
        if (dialect == Dialect.OPENAI_CHAT && tree.path("stream").asBoolean(false)) {
            var options =
                    tree.get("stream_options") instanceof ObjectNode object
                            ? object
                            : tree.putObject("stream_options");
            options.put("include_usage", true);
        }
        return tree;
    }

    private static ObjectNode randomBody(Random random, Dialect dialect) {
        var fields = new ArrayList<Runnable>();
        var tree = JsonNodeFactory.instance.objectNode();
        fields.add(() -> tree.put("model", randomText(random) + "m"));
        fields.add(() -> tree.set("messages", randomNode(random, 4)));
        fields.add(() -> tree.set("metadata", randomNode(random, 3)));
        if (random.nextBoolean()) {
            fields.add(() -> tree.put("stream", random.nextInt(4) > 0));
        }
        if (random.nextBoolean()) {
            var limit = dialect == Dialect.OPENAI_CHAT ? "max_tokens" : "max_output_tokens";
            fields.add(() -> tree.put(limit, 1 + random.nextInt(1000)));
        }
        if (random.nextBoolean()) {
            fields.add(() -> tree.put("n", 1 + random.nextInt(9)));
        }
        if (dialect == Dialect.OPENAI_CHAT && random.nextBoolean()) {
            fields.add(() -> tree.set("stream_options", randomOptions(random)));
        }
        Collections.shuffle(fields, random);
        fields.forEach(Runnable::run);
        return tree;
    }

    private static JsonNode randomOptions(Random random) {
        var options = JsonNodeFactory.instance.objectNode();
        switch (random.nextInt(6)) {
            case 0 -> {
                return JsonNodeFactory.instance.nullNode();
            }
            case 1 -> options.put("include_usage", true);
            case 2 -> options.put("include_usage", false);
            case 3 -> options.putNull("include_usage");
            case 4 -> options.set("other", randomNode(random, 2));
            default -> {}
        }
        if (random.nextInt(3) == 0) {
            options.set("more", randomNode(random, 2));
        }
        return options;
    }

    private static JsonNode randomNode(Random random, int depth) {
        var nodes = JsonNodeFactory.instance;
        return switch (random.nextInt(depth > 0 ? 7 : 5)) {
            case 0 -> nodes.textNode(randomText(random));
            case 1 -> nodes.numberNode(random.nextInt());
            case 2 -> nodes.booleanNode(random.nextBoolean());
            case 3 -> nodes.nullNode();
            case 4 -> nodes.numberNode(random.nextLong());
            case 5 -> {
                var array = nodes.arrayNode();
                for (int i = random.nextInt(4); i > 0; i--) {
                    array.add(randomNode(random, depth - 1));
                }
                yield array;
            }
            default -> {
                var object = nodes.objectNode();
                for (int i = random.nextInt(4); i > 0; i--) {
                    object.set(randomKey(random), randomNode(random, depth - 1));
                }
                yield object;
            }
        };
    }

    private static String randomKey(Random random) {
        String[] keys = {
            "content", "type", "url", "image_url", "data", "model", "role", "file_data", "source"
        };
        return random.nextInt(3) == 0 ? randomText(random) : keys[random.nextInt(keys.length)];
    }

    private static String randomText(Random random) {
        String[] pieces = {
            "a",
            "\"",
            "\\",
            "/",
            "{",
            "}",
            "[",
            ",",
            ":",
            "é",
            "名",
            "😀",
            "\n",
            "\t",
            " ",
            "model",
            "\"model\":\"x\"",
            "data:image/png;base64,AAAA",
            "stream"
        };
        var text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            text.append(pieces[random.nextInt(pieces.length)]);
        }
        return text.toString();
    }

    /** Writes a tree with random white space and random escapes. */
    private static String written(JsonNode node, Random random) {
        var out = new StringBuilder();
        write(node, random, out);
        return out.toString();
    }

    private static void write(JsonNode node, Random random, StringBuilder out) {
        space(random, out);
        if (node.isObject()) {
            out.append('{');
            var names = new ArrayList<String>();
            node.fieldNames().forEachRemaining(names::add);
            for (int i = 0; i < names.size(); i++) {
                out.append(i > 0 ? "," : "");
                space(random, out);
                writeText(names.get(i), random, out);
                space(random, out);
                out.append(':');
                write(node.get(names.get(i)), random, out);
            }
            out.append('}');
        } else if (node.isArray()) {
            out.append('[');
            for (int i = 0; i < node.size(); i++) {
                out.append(i > 0 ? "," : "");
                write(node.get(i), random, out);
            }
            out.append(']');
        } else if (node.isTextual()) {
            writeText(node.textValue(), random, out);
        } else {
            out.append(node);
        }
        space(random, out);
    }

    private static void writeText(String text, Random random, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean surrogate = Character.isSurrogate(c);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20 || (!surrogate && random.nextInt(12) == 0)) {
                out.append("\\u%04x".formatted((int) c));
            } else {
                out.append(c == '/' && random.nextBoolean() ? "\\/" : String.valueOf(c));
            }
        }
        out.append('"');
    }

    private static void space(Random random, StringBuilder out) {
        String[] spaces = {"", "", "", " ", "\n", "\t", "\r\n"};
        out.append(spaces[random.nextInt(spaces.length)]);
    }
}
