package io.apihub.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The null authorizer as a process of its own; authz.sock and usage.sock lie in its directory. */
record NullProcess(ChildProcess process, Path directory) implements AutoCloseable {

    /**
     * Starts it.
     *
     * @param limits whether its answers say how limits stand
     */
    static NullProcess start(boolean limits) throws IOException {
        var directory = Files.createTempDirectory("apihub-null");
        var process =
                ChildProcess.java(
                        directory.resolve("null.log"),
                        Map.of(),
                        List.of(
                                "-cp",
                                System.getProperty("java.class.path"),
                                NullAuthorizer.class.getName(),
                                directory.toString(),
                                Boolean.toString(limits)));
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (!Files.exists(directory.resolve("usage.sock"))) {
            process.requireAlive();
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the null authorizer made no socket within 30 s");
            }
            Thread.onSpinWait();
        }
        return new NullProcess(process, directory);
    }

    Path authzSocket() {
        return directory.resolve("authz.sock");
    }

    @Override
    public void close() {
        process.close();
    }
}
