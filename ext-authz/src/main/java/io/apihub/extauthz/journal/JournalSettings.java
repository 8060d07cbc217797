package io.apihub.extauthz.journal;

import java.nio.file.Path;

/**
 * Where the journal is and how large it may grow.
 *
 * @param directory on a volume that outlives the process; made if absent
 */
public record JournalSettings(Path directory, JournalLimits limits) {

    /** With the limits of production. */
    public static JournalSettings in(Path directory) {
        return new JournalSettings(directory, JournalLimits.DEFAULT);
    }
}
