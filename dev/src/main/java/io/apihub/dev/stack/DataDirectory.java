package io.apihub.dev.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Where a stack keeps everything. One stack at a time may hold it. */
final class DataDirectory implements AutoCloseable {

    /** The kernel takes 107 characters for the path of a socket; the longest name needs 20. */
    private static final int LONGEST_SOCKET_DIRECTORY = 85;

    private final Path root;
    private final FileChannel lock;

    private DataDirectory(Path root, FileChannel lock) {
        this.root = root;
        this.lock = lock;
    }

    /**
     * Takes the directory.
     *
     * @throws StackFailure if another stack holds it
     */
    static DataDirectory open(Path root) throws IOException {
        Files.createDirectories(root);
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
        var lock =
                FileChannel.open(
                        root.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (!tryLock(lock)) {
            lock.close();
            throw new StackFailure(
                    "another APIHub runs on %s; stop it or choose another --data DIR"
                            .formatted(root));
        }
        for (var part : new String[] {"logs", "journal", "cliproxyapi"}) {
            Files.createDirectories(root.resolve(part));
        }
        return new DataDirectory(root, lock);
    }

    private static boolean tryLock(FileChannel lock) throws IOException {
        try {
            return lock.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // held by this very process
        }
    }

    Path root() {
        return root;
    }

    Path path(String name) {
        return root.resolve(name);
    }

    Path log(String program) {
        return root.resolve("logs").resolve(program + ".log");
    }

    /** A path for a unix socket, short enough for the kernel; nothing is there yet. */
    Path socket(String name) {
        try {
            var own = root.resolve("run");
            var directory = own.toString().length() <= LONGEST_SOCKET_DIRECTORY ? own : shorter();
            Files.createDirectories(directory);
            var socket = directory.resolve(name + ".sock");
            Files.deleteIfExists(socket);
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path shorter() {
        var user = System.getProperty("user.name", "user");
        return Path.of("/tmp/apihub-" + user + "-" + Integer.toHexString(root.hashCode()));
    }

    /** Writes a file that only we can read. */
    void writePrivately(Path file, String text) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text);
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
