package io.apihub.bench.micro;

import io.apihub.extauthz.request.Inspection;
import io.apihub.extauthz.request.RequestInspector;
import io.apihub.extauthz.request.RequestInspector.Body;
import io.apihub.extauthz.request.RequestInspector.Subject;
import io.apihub.model.usage.Dialect;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Reading a chat request whose one message makes up its size. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class InspectorBenchmark {

    @Param({"200", "20000", "200000"})
    private int bytes;

    private final RequestInspector inspector = new RequestInspector();
    private Subject subject = subject(200);

    @Setup
    public void prepare() {
        subject = subject(bytes);
    }

    private static Subject subject(int bytes) {
        var text = "lorem ipsum ".repeat(bytes / 12 + 1).substring(0, Math.max(1, bytes - 85));
        var body =
                ("{\"model\":\"bench-model\",\"max_tokens\":256,\"messages\":"
                                + "[{\"role\":\"user\",\"content\":\""
                                + text
                                + "\"}]}")
                        .getBytes(StandardCharsets.UTF_8);
        return new Subject(
                Dialect.OPENAI_CHAT,
                "/v1/chat/completions",
                "application/json",
                new Body(body, 0, body.length));
    }

    @Benchmark
    public Inspection inspect() {
        return inspector.inspect(subject);
    }
}
