package io.apihub.extauthz.journal;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One file of a journal as memory: what is put into it survives the death of the process at once,
 * and that of the machine after {@link #force}.
 */
public interface JournalFile extends AutoCloseable {

    /** The whole file; written by one thread, read by several. */
    ByteBuffer bytes();

    /**
     * Brings a range to the disk.
     *
     * @throws IOException if the disk refuses; then nothing is known of what it has
     */
    void force(int from, int to) throws IOException;

    /** Nobody may touch {@link #bytes} any more. */
    @Override
    void close();
}
