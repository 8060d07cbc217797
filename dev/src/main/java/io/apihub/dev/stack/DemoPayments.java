package io.apihub.dev.stack;

import io.apihub.dev.process.Program;
import io.apihub.dev.stack.StackPorts.Use;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How customers of this stack pay: through the providers that the user configured by
 * APIHUB_PAYMENT_CONFIG; else at a simulated platform, where no money moves.
 */
final class DemoPayments {

    private static final String VARIABLE = "APIHUB_PAYMENT_CONFIG";
    private static final String PID = "1001";

    private final Checkout checkout;
    private final StackParts parts;
    private final Optional<Path> own;

    DemoPayments(Checkout checkout, StackParts parts) {
        this.checkout = checkout;
        this.parts = parts;
        this.own = own(System.getenv());
    }

    /**
     * The file that the user names, if any.
     *
     * @throws StackFailure if it can't be read; billing would end over and over
     */
    static Optional<Path> own(Map<String, String> environment) {
        var named = environment.getOrDefault(VARIABLE, "");
        if (named.isBlank()) {
            return Optional.empty();
        }
        var file = Path.of(named).toAbsolutePath();
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new StackFailure("%s=%s is no file that can be read".formatted(VARIABLE, named));
        }
        return Optional.of(file);
    }

    boolean areSimulated() {
        return own.isEmpty();
    }

    Program simulator() throws IOException {
        var command =
                List.of(
                        Jvm.java(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        checkout.jar("dev").toString(),
                        "io.apihub.dev.epay.EpaySimulatorMain",
                        Integer.toString(parts.ports().of(Use.EPAY_SIMULATOR)),
                        PID,
                        parts.secrets().paymentKey());
        return Program.of("epay-simulator", parts.data().log("epay-simulator"), command);
    }

    /** The file that billing reads. */
    Path config() throws IOException {
        return own.isPresent() ? own.get() : simulated();
    }

    private Path simulated() throws IOException {
        var data = parts.data();
        var folder = Files.createDirectories(data.path("epay"));
        data.writePrivately(folder.resolve("key"), parts.secrets().paymentKey());
        var file = folder.resolve("payments.properties");
        data.writePrivately(
                file,
                """
                public-url = http://127.0.0.1:%d
                provider.simulator.url = http://127.0.0.1:%d/
                provider.simulator.pid = %s
                provider.simulator.sign-type = MD5
                provider.simulator.key-file = key
                provider.simulator.types = alipay,wxpay
                provider.simulator.minimum = 0.01
                top-up.options = 10, 50+2, 100+10
                """
                        .formatted(
                                parts.ports().of(Use.GATEWAY),
                                parts.ports().of(Use.EPAY_SIMULATOR),
                                PID));
        return file;
    }
}
