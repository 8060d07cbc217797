package io.apihub.extauthz.journal;

import java.nio.file.Path;

/**
 * Where the journal is and how large it may grow.
 *
 * @param directory on a volume that outlives the process; made if absent
 * @param segmentBytes size of each file, allocated in full before its first use
 * @param maxSegments files at most; when they are full, no new hold is taken
 * @param maxFrameBytes a frame at most; a quarter of a segment or less
 */
public record JournalSettings(
        Path directory, int segmentBytes, int maxSegments, int maxFrameBytes) {

    public JournalSettings {
        if (maxFrameBytes < 256 || segmentBytes < 4L * maxFrameBytes || maxSegments < 2) {
            throw new IllegalArgumentException(
                    "journal too small: segmentBytes=%d maxSegments=%d maxFrameBytes=%d"
                            .formatted(segmentBytes, maxSegments, maxFrameBytes));
        }
    }

    /** 64 segments of 64 MiB, frames up to 64 KiB. */
    public static JournalSettings in(Path directory) {
        return new JournalSettings(directory, 64 << 20, 64, 64 << 10);
    }
}
