package io.apihub.extauthz.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import io.apihub.model.usage.Dialect;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Against the messages that protobuf's own classes write. */
class CheckReaderTest {

    private static final String[] NAMES = {
        ":path",
        "authorization",
        "x-api-key",
        "x-goog-api-key",
        "x-request-id",
        "x-envoy-external-address",
        "content-type",
        "content-length",
        "anthropic-version",
        "X-Api-Key",
        ""
    };

    private static final List<Dialect> DIALECTS = List.of(Dialect.values());

    @Test
    void readsWhatProtobufReads() throws IOException {
        var random = new Random(7);
        for (int i = 0; i < 2_000; i++) {
            var message = message(random);

            var check = CheckReader.read(message.toByteArray());

            var attributes = message.getAttributes();
            var http = attributes.getRequest().getHttp();
            var expected = new HashMap<>(http.getHeadersMap());
            expected.keySet().retainAll(HttpRequest.HEADERS);
            var request = check.request();
            assertThat(request.headers()).isEqualTo(expected);
            assertThat(request.target()).isEqualTo(http.getPath());
            assertThat(request.peerAddress())
                    .isEqualTo(attributes.getSource().getAddress().getSocketAddress().getAddress());
            var body = request.body();
            assertThat(Arrays.copyOfRange(body.bytes(), body.from(), body.from() + body.length()))
                    .isEqualTo(http.getRawBody().toByteArray());
            assertThat(check.keyOnly())
                    .isEqualTo(
                            "key-only".equals(attributes.getContextExtensionsMap().get("stage")));
            assertThat(check.route()).isEqualTo(route(attributes));
            assertThat(request.longestMillis()).isEqualTo(longest(attributes));
            assertThat(request.dialect())
                    .isEqualTo(Dialect.of(check.route()).orElse(Dialect.OPENAI_CHAT));
        }
    }

    @Test
    void everyCutOrChangedMessageIsReadOrRefusedButNeverBreaksTheReader() {
        var random = new Random(8);
        var whole = message(random).toByteArray();
        for (int i = 0; i < 20_000; i++) {
            var damaged = Arrays.copyOf(whole, 1 + random.nextInt(whole.length));
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            try {
                assertThat(CheckReader.read(damaged)).isNotNull();
            } catch (IOException e) {
                assertThat(e).isNotNull();
            }
        }
        assertThatThrownBy(() -> CheckReader.read(new byte[] {10, 100, 1}))
                .isInstanceOf(IOException.class);
    }

    private static String route(AttributeContext attributes) {
        return said(attributes, "dialect");
    }

    private static long longest(AttributeContext attributes) {
        var text = said(attributes, "longest");
        return text.matches("[0-9]+") ? Long.parseLong(text) : 0;
    }

    private static String said(AttributeContext attributes, String name) {
        return attributes
                .getRouteMetadataContext()
                .getFilterMetadataOrDefault("apihub", Struct.getDefaultInstance())
                .getFieldsOrDefault(name, Value.getDefaultInstance())
                .getStringValue();
    }

    private static CheckRequest message(Random random) {
        var http =
                AttributeContext.HttpRequest.newBuilder()
                        .setId("id")
                        .setMethod("POST")
                        .setHost("localhost")
                        .setSize(random.nextLong())
                        .setPath(text(random));
        for (int i = random.nextInt(12); i > 0; i--) {
            http.putHeaders(NAMES[random.nextInt(NAMES.length)], text(random));
        }
        var body = new byte[random.nextInt(300)];
        random.nextBytes(body);
        http.setRawBody(ByteString.copyFrom(body));
        var attributes =
                AttributeContext.newBuilder()
                        .setRequest(
                                AttributeContext.Request.newBuilder()
                                        .setTime(Timestamp.newBuilder().setSeconds(5))
                                        .setHttp(http))
                        .setRouteMetadataContext(metadata(random))
                        .setMetadataContext(metadata(random));
        if (random.nextBoolean()) {
            attributes
                    .getSourceBuilder()
                    .setPrincipal("someone")
                    .setAddress(
                            Address.newBuilder()
                                    .setSocketAddress(
                                            SocketAddress.newBuilder()
                                                    .setAddress(text(random))
                                                    .setPortValue(4)));
        }
        if (random.nextBoolean()) {
            attributes
                    .putContextExtensions("other", "key-only")
                    .putContextExtensions("stage", random.nextBoolean() ? "key-only" : "all");
        }
        return CheckRequest.newBuilder().setAttributes(attributes).build();
    }

    private static Metadata metadata(Random random) {
        var dialect = DIALECTS.get(random.nextInt(DIALECTS.size())).wireName();
        var fields =
                Struct.newBuilder()
                        .putFields("number", Value.newBuilder().setNumberValue(3).build())
                        .putFields(
                                random.nextInt(4) == 0 ? "else" : "dialect",
                                Value.newBuilder()
                                        .setStringValue(
                                                random.nextInt(4) == 0 ? text(random) : dialect)
                                        .build())
                        .putFields(
                                random.nextInt(4) == 0 ? "longer" : "longest",
                                Value.newBuilder().setStringValue(duration(random)).build())
                        .build();
        return Metadata.newBuilder()
                .putFilterMetadata("other", fields)
                .putFilterMetadata(random.nextInt(4) == 0 ? "else" : "apihub", fields)
                .build();
    }

    private static String duration(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> "soon";
            case 1 -> "-5";
            default -> Long.toString(random.nextLong(1, 20_000_000));
        };
    }

    private static String text(Random random) {
        var text = new StringBuilder();
        for (int i = random.nextInt(20); i > 0; i--) {
            text.appendCodePoint(random.nextInt(8) == 0 ? 0x20ac : ' ' + random.nextInt(90));
        }
        return text.toString();
    }
}
