package io.apihub.extauthz.journal;

import java.time.Duration;

/**
 * How large a journal may grow and how careful it is.
 *
 * @param segmentBytes size of each file, allocated in full before its first use
 * @param maxSegments files at most; when they are full, no new hold is taken
 * @param maxFrameBytes a frame at most; a quarter of a segment or less
 * @param keepAcked how long files are kept after billing has all that is in them, in case its
 *     database loses commits; they go earlier when the room is needed
 * @param sync when holds are brought to the disk
 */
public record JournalLimits(
        int segmentBytes,
        int maxSegments,
        int maxFrameBytes,
        Duration keepAcked,
        JournalSync sync) {

    /** 64 segments of 64 MiB, frames up to 64 KiB, kept for a day. */
    public static final JournalLimits DEFAULT =
            new JournalLimits(64 << 20, 64, 64 << 10, Duration.ofDays(1), JournalSync.BEHIND);

    public JournalLimits {
        if (maxFrameBytes < 256 || segmentBytes < 4L * maxFrameBytes || maxSegments < 2) {
            throw new IllegalArgumentException(
                    "journal too small: segmentBytes=%d maxSegments=%d maxFrameBytes=%d"
                            .formatted(segmentBytes, maxSegments, maxFrameBytes));
        }
        if (keepAcked.isNegative()) {
            throw new IllegalArgumentException("keepAcked is negative: " + keepAcked);
        }
    }

    /** Room that no hold may take: for what comes without one, and for restarts. */
    int spareBytes() {
        return Math.max(maxFrameBytes / 4, segmentBytes / 64);
    }

    public JournalLimits withSync(JournalSync other) {
        return new JournalLimits(segmentBytes, maxSegments, maxFrameBytes, keepAcked, other);
    }

    public JournalLimits withKeepAcked(Duration other) {
        return new JournalLimits(segmentBytes, maxSegments, maxFrameBytes, other, sync);
    }
}
