package io.apihub.extauthz.journal;

import java.io.IOException;
import java.util.SortedMap;

/**
 * Where a journal keeps its files, each of which has a number. One journal at a time has it. All
 * but {@link #close} may be called by one thread while others read and append in files.
 */
public interface JournalStorage extends AutoCloseable {

    /**
     * The files that are there, with their sizes in bytes.
     *
     * @throws IOException if the volume refuses
     */
    SortedMap<Long, Long> list() throws IOException;

    /**
     * Makes a file of zeros, every block of it allocated, so that writing in it never fails for
     * want of room; when this returns, a power cut does not undo it.
     *
     * @throws IOException if there is no room; nothing is left behind then
     */
    JournalFile create(long number, int size) throws IOException;

    /**
     * Opens a file that is there.
     *
     * @throws IOException if the volume refuses
     */
    JournalFile open(long number) throws IOException;

    /**
     * Deletes a file that is closed. To repeat it is safe.
     *
     * @throws IOException if the volume refuses
     */
    void delete(long number) throws IOException;

    /**
     * Lets another journal have it. Files are closed before.
     *
     * @throws IOException if the volume refuses
     */
    @Override
    void close() throws IOException;
}
