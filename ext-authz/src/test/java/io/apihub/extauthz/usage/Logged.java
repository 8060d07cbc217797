package io.apihub.extauthz.usage;

import com.google.protobuf.ByteString;
import com.google.protobuf.UInt64Value;
import io.apihub.envoy.data.ai.v3.InputTokenDetails;
import io.apihub.envoy.data.ai.v3.OutputTokenDetails;
import io.apihub.envoy.data.ai.v3.TokenUsage;
import io.apihub.envoy.data.ai.v3.TokenUsage.ExtractionStatus;
import io.apihub.model.usage.Dialect;
import io.apihub.model.usage.HoldId;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.UsageRecord;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Makes log entries for tests: a clean, streamed 200 of 5000 bytes unless said otherwise. */
final class Logged {

    private static final Random RANDOM = new Random(1);

    private final Hold.Builder hold;
    private final Map<String, String> events = new HashMap<>();
    private @Nullable TokenUsage counted;
    private int status = 200;
    private boolean reached = true;
    private boolean answered = true;
    private boolean clientLeft;
    private boolean credentialRefused;
    private boolean eventStream = true;
    private long responseBytes = 5000;

    private Logged(Dialect dialect) {
        hold =
                Hold.newBuilder()
                        .setHoldId(id())
                        .setDialect(dialect.wireName())
                        .setModel("small")
                        .setInputTokens(400)
                        .setOutputTokens(1000)
                        .setCostMicros(5000)
                        .setRequestBytes(900)
                        .setContextTokens(8000)
                        .setMaxOutputTokens(2000);
    }

    static ByteString id() {
        return ByteString.copyFrom(HoldId.mint(InstantSource.system(), RANDOM).toBytes());
    }

    static Logged stream(Dialect dialect) {
        return new Logged(dialect);
    }

    static Logged json(Dialect dialect) {
        var logged = new Logged(dialect);
        logged.eventStream = false;
        return logged;
    }

    static TokenUsage.Builder complete(long input, long output) {
        return TokenUsage.newBuilder()
                .setExtractionStatus(ExtractionStatus.COMPLETE)
                .setModel("served")
                .setInputTokens(UInt64Value.of(input))
                .setOutputTokens(UInt64Value.of(output));
    }

    static InputTokenDetails.Builder details(long cached, long written) {
        return InputTokenDetails.newBuilder()
                .setCachedTokens(UInt64Value.of(cached))
                .setCacheCreationTokens(UInt64Value.of(written));
    }

    static OutputTokenDetails reasoning(long tokens) {
        return OutputTokenDetails.newBuilder().setReasoningTokens(UInt64Value.of(tokens)).build();
    }

    Logged counted(TokenUsage.Builder usage) {
        counted = usage.build();
        return this;
    }

    Logged event(String name, String json) {
        events.put(name, json);
        return this;
    }

    Logged status(int code) {
        status = code;
        return this;
    }

    Logged unanswered() {
        answered = false;
        responseBytes = 0;
        return this;
    }

    Logged unreached() {
        reached = false;
        return unanswered();
    }

    Logged clientLeft() {
        clientLeft = true;
        return this;
    }

    Logged credentialRefused() {
        credentialRefused = true;
        return this;
    }

    Logged bytes(long bytes) {
        responseBytes = bytes;
        return this;
    }

    Logged free() {
        hold.setFree(true);
        return this;
    }

    Logged hold(Hold.Builder other) {
        hold.mergeFrom(other.build());
        return this;
    }

    LogEntry entry() {
        var exchange =
                new LogEntry.Exchange(
                        status,
                        reached,
                        answered,
                        clientLeft,
                        credentialRefused,
                        eventStream,
                        clientLeft ? "DC" : "",
                        "127.0.0.1:8317",
                        "trace",
                        new LogEntry.Timing(1000, 1100, 1500),
                        900,
                        responseBytes);
        return new LogEntry(hold.build(), exchange, counted, events);
    }

    UsageRecord extract() {
        return UsageExtractor.extract(entry());
    }
}
