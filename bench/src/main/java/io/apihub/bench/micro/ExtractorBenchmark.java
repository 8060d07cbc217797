package io.apihub.bench.micro;

import com.google.protobuf.UInt64Value;
import io.apihub.envoy.data.ai.v3.TokenUsage;
import io.apihub.envoy.data.ai.v3.TokenUsage.ExtractionStatus;
import io.apihub.extauthz.usage.LogEntry;
import io.apihub.extauthz.usage.UsageExtractor;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.UsageRecord;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** From a log entry to a usage record: counted by Envoy, or read from the stream's last event. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ExtractorBenchmark {

    private static final Hold HOLD =
            Hold.newBuilder()
                    .setDialect("openai_chat")
                    .setModel("small")
                    .setInputTokens(400)
                    .setOutputTokens(1_000)
                    .setCostMicros(5_000)
                    .setRequestBytes(900)
                    .setContextTokens(8_000)
                    .setMaxOutputTokens(2_000)
                    .build();

    private static final LogEntry.Exchange EXCHANGE =
            new LogEntry.Exchange(
                    200,
                    true,
                    true,
                    false,
                    false,
                    true,
                    "",
                    "127.0.0.1:8317",
                    "trace",
                    new LogEntry.Timing(1_000, 1_100, 1_500),
                    900,
                    5_000);

    private final LogEntry counted =
            new LogEntry(
                    HOLD,
                    EXCHANGE,
                    TokenUsage.newBuilder()
                            .setExtractionStatus(ExtractionStatus.COMPLETE)
                            .setModel("served")
                            .setInputTokens(UInt64Value.of(120))
                            .setOutputTokens(UInt64Value.of(80))
                            .build(),
                    Map.of());

    private final LogEntry events =
            new LogEntry(
                    HOLD,
                    EXCHANGE,
                    null,
                    Map.of(
                            "usage",
                            "{\"prompt_tokens\":120,\"completion_tokens\":80,\"total_tokens\":200}",
                            "model",
                            "served"));

    @Benchmark
    public UsageRecord countedByEnvoy() {
        return UsageExtractor.extract(counted);
    }

    @Benchmark
    public UsageRecord fromEvents() {
        return UsageExtractor.extract(events);
    }
}
