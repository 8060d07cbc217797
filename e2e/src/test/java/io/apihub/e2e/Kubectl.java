package io.apihub.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The kubectl of Kubernetes itself, as an administrator uses it. */
record Kubectl(Path program, Path kubeconfig) {

    private static final long LIMIT_SECONDS = 120;

    /** How a run ended; both output streams in one text. */
    record Result(int exit, String output) {

        /** The output of a run that must have gone well. */
        String ok() {
            if (exit != 0) {
                throw new AssertionError("kubectl ended with " + exit + ": " + output);
            }
            return output.strip();
        }
    }

    Result run(String... arguments) {
        return run("", List.of(arguments));
    }

    /** Applies manifests, several separated by {@code ---}. */
    Result apply(String yaml) {
        return run(yaml, List.of("apply", "--server-side", "-f", "-"));
    }

    /** One field, by JSONPath; empty if it is not there. */
    String field(String namespace, String object, String path) {
        return run("-n", scope(namespace), "get", object, "-o", "jsonpath=" + path).ok();
    }

    /** Waits until a condition is as wanted, such as {@code Ready} or {@code Ready=false}. */
    void await(String namespace, String object, String condition) {
        run("-n", scope(namespace), "wait", object, "--for=condition=" + condition, "--timeout=90s")
                .ok();
    }

    /** Objects of the cluster have no namespace; kubectl takes any for them, but not none. */
    private static String scope(String namespace) {
        return namespace.isEmpty() ? "default" : namespace;
    }

    private Result run(String input, List<String> arguments) {
        var command = new ArrayList<String>();
        command.add(program.toString());
        command.add("--kubeconfig=" + kubeconfig);
        command.addAll(arguments);
        try {
            Path in = Files.createTempFile("kubectl", ".yaml");
            Files.writeString(in, input);
            var process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectInput(in.toFile())
                            .start();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("kubectl does not end: " + command);
            }
            Files.delete(in);
            return new Result(process.exitValue(), output);
        } catch (IOException e) {
            throw new AssertionError("kubectl does not run", e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
