package io.apihub.dev.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Postgres refuses to run as root; in a container there is often nobody else. */
final class UnprivilegedUser {

    private static final int NOBODY = 65534;

    private UnprivilegedUser() {}

    /** What goes before a command so that it does not see itself as root; empty if we are not. */
    static List<String> prefix() {
        if (!isRoot()) {
            return List.of();
        }
        if (userNamespacesWork()) {
            return List.of("unshare", "--user");
        }
        var nobody = Integer.toString(NOBODY);
        return List.of("setpriv", "--reuid", nobody, "--regid", nobody, "--clear-groups");
    }

    /** Gives a path to the user under which {@link #prefix} runs commands. */
    static void own(Path path) throws IOException {
        if (isRoot() && !userNamespacesWork()) {
            Files.setAttribute(path, "unix:uid", NOBODY);
        }
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean userNamespacesWork() {
        try {
            return new ProcessBuilder("unshare", "--user", "true").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
