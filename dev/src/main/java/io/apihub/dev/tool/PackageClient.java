package io.apihub.dev.tool;

import java.io.IOException;
import java.nio.file.Path;

/** Gets all programs of a product into a directory. */
interface PackageClient {

    /** What it does, for progress lines: {@code builds etcd 3.6.8 with go (20 s when new)}. */
    String describe(String product);

    /** Names exactly what {@link #fetch} would put there, so that other pins are another place. */
    String fingerprint(String product);

    /**
     * Puts the programs of {@code product} into {@code directory}, which exists and is empty.
     *
     * @throws IOException with what failed, if they can't be had; a later retry is safe
     */
    void fetch(String product, Path directory) throws IOException, InterruptedException;
}
