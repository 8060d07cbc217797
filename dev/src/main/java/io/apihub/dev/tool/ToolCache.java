package io.apihub.dev.tool;

import io.apihub.dev.file.Trees;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** Keeps what package clients made, each under its pins, and lets one process at a time fetch. */
final class ToolCache {

    /** A file lock belongs to the whole process, so threads need one of their own. */
    private static final ReentrantLock THREADS = new ReentrantLock();

    private final Path directory;
    private final Consumer<String> progress;

    ToolCache(Path directory, Consumer<String> progress) {
        this.directory = directory;
        this.progress = progress;
    }

    /** The product's directory, filled by {@code client} if it is not there yet. */
    Path directoryOf(String product, String version, PackageClient client)
            throws IOException, InterruptedException {
        var name = product + "-" + version + "-" + client.fingerprint(product);
        var home = directory.resolve(name);
        if (Files.isDirectory(home)) {
            return home;
        }
        makeDirectory();
        THREADS.lockInterruptibly();
        try (var channel = lockFile()) {
            lock(channel); // until the channel is closed
            if (!Files.isDirectory(home)) {
                fill(home, product, client);
            }
            return home;
        } finally {
            THREADS.unlock();
        }
    }

    private void makeDirectory() throws IOException {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new IOException(
                    "the cache %s can't be made (APIHUB_CACHE may name another directory): %s"
                            .formatted(directory, e.getMessage()),
                    e);
        }
    }

    private void fill(Path home, String product, PackageClient client)
            throws IOException, InterruptedException {
        progress.accept(client.describe(product));
        // Made aside and moved at once, so that a half-made tool is never found.
        var work = Files.createTempDirectory(directory, product + ".part");
        try {
            client.fetch(product, work);
            Files.move(work, home, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Trees.delete(work);
        }
    }

    private FileChannel lockFile() throws IOException {
        return FileChannel.open(
                directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private void lock(FileChannel channel) throws IOException {
        if (channel.tryLock() == null) {
            progress.accept("waiting for another run that is fetching tools");
            channel.lock();
        }
    }
}
