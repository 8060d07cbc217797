package io.apihub.dev.smoke;

import io.apihub.dev.stack.Stack;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The real kubectl with the administrator's kubeconfig. */
final class Kubectl {

    private final List<String> program;

    Kubectl(Stack stack) {
        this.program =
                List.of(stack.kubectl().toString(), "--kubeconfig", stack.kubeconfig().toString());
    }

    /** Applies a packaged manifest. */
    String apply(String file, Map<String, String> values) throws IOException, InterruptedException {
        var text = text(file);
        for (var value : values.entrySet()) {
            text = text.replace("${" + value.getKey() + "}", value.getValue());
        }
        return run(text, "apply", "-f", "-");
    }

    /** Waits until a condition of objects is true. */
    void await(String condition, String... objects) throws IOException, InterruptedException {
        var arguments = new ArrayList<>(List.of("wait", "--timeout=30s"));
        arguments.add("--for=condition=" + condition);
        arguments.addAll(List.of(objects));
        run("", arguments.toArray(String[]::new));
    }

    String run(String input, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(program);
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        var said = read(process.getInputStream()).strip();
        if (process.waitFor() != 0) {
            throw new IOException("kubectl " + String.join(" ", arguments) + ": " + said);
        }
        return said;
    }

    private static String text(String file) throws IOException {
        try (var in = Kubectl.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is not in the jar");
            }
            return read(in);
        }
    }

    private static String read(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
}
