package io.apihub.dev.stack;

import io.apihub.dev.file.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;

/** Where a stack keeps everything. One stack at a time may hold it. */
final class DataDirectory implements AutoCloseable {

    /** The kernel takes 107 characters for the path of a socket; the longest name needs 20. */
    private static final int LONGEST_SOCKET_DIRECTORY = 85;

    private static final Set<PosixFilePermission> OURS_ALONE =
            PosixFilePermissions.fromString("rwx------");

    private final Path root;
    private final FileChannel lock;
    private boolean socketsElsewhere;

    private DataDirectory(Path root, FileChannel lock) {
        this.root = root;
        this.lock = lock;
    }

    /**
     * Takes the directory.
     *
     * @throws StackFailure if another stack holds it, or it can't be written to
     */
    static DataDirectory open(Path root) throws IOException {
        try {
            return take(root);
        } catch (FileSystemException e) {
            throw new StackFailure("--data %s can't be used: %s".formatted(root, problem(e)), e);
        }
    }

    private static String problem(FileSystemException e) {
        return switch (e) {
            case FileAlreadyExistsException exists -> exists.getFile() + " is no directory";
            case AccessDeniedException denied -> denied.getFile() + " is not ours to write";
            default -> e.getReason() == null ? e.toString() : e.getReason();
        };
    }

    private static DataDirectory take(Path root) throws IOException {
        Files.createDirectories(root);
        Files.setPosixFilePermissions(root, OURS_ALONE);
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
            makePrivate(directory);
            socketsElsewhere |= !directory.equals(own);
            var socket = directory.resolve(name + ".sock");
            Files.deleteIfExists(socket);
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path shorter() {
        var user = System.getProperty("user.name", "user");
        return Path.of("/tmp/apihub-" + user + "-" + Integer.toHexString(root.hashCode()));
    }

    /** Envoy's admin socket shows credentials, and whoever knows our name can foresee the path. */
    private void makePrivate(Path directory) throws IOException {
        try {
            Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(OURS_ALONE));
        } catch (FileAlreadyExistsException e) {
            var found =
                    Files.readAttributes(
                            directory, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!found.isDirectory() || !found.owner().equals(us())) {
                throw new StackFailure(
                        "%s is not a directory of ours; remove it or choose a shorter --data DIR"
                                .formatted(directory));
            }
            Files.setPosixFilePermissions(directory, OURS_ALONE);
        }
    }

    private UserPrincipal us() throws IOException {
        var file = Files.createTempFile(root, "owner", "");
        try {
            return Files.getOwner(file);
        } finally {
            Files.delete(file);
        }
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
        if (socketsElsewhere) {
            Trees.delete(shorter());
        }
        lock.close();
    }
}
