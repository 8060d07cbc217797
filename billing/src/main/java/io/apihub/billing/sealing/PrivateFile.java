package io.apihub.billing.sealing;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** A file that only its owner may read: mode 0600 from the first moment, replaced as a whole. */
public final class PrivateFile {

    private PrivateFile() {}

    /** Writes the file, in place of what is there. */
    public static void write(Path file, String content) throws IOException {
        var next = temporary(file, content);
        try {
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(next);
        }
    }

    /**
     * Writes the file unless it is there: of several processes that do so at once, one wins.
     *
     * @return what is in it then
     */
    public static String writeOnce(Path file, String content) throws IOException {
        var next = temporary(file, content);
        try {
            // A link is made or not; a move would take the other one's place.
            Files.createLink(file, next);
            return content.strip();
        } catch (FileAlreadyExistsException e) {
            return Files.readString(file).strip();
        } catch (FileSystemException | UnsupportedOperationException e) {
            // A file system without links.
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
            return content.strip();
        } finally {
            Files.deleteIfExists(next);
        }
    }

    private static Path temporary(Path file, String content) throws IOException {
        var folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        var next =
                Files.createTempFile(
                        folder,
                        "." + file.getFileName(),
                        ".new",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        Files.writeString(next, content);
        return next;
    }

    public static @Nullable String read(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file).strip() : null;
    }
}
