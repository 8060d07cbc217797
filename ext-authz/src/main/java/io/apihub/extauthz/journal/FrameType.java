package io.apihub.extauthz.journal;

import org.jspecify.annotations.Nullable;

/** What a frame says. The codes are on disk: never change or reuse one. */
enum FrameType {
    /** An incarnation that billing has not been told to close; every segment begins with them. */
    INCARNATION(1),
    HOLD(2),
    SETTLE(3),
    /** A hold whose request went nowhere. */
    VOID(4),
    /** How far billing has everything. */
    ACKED(5),
    /** Billing closed the leases of an incarnation. */
    CLOSED(6),
    /** A settlement without any word from Envoy: a true one may still come, and corrects it. */
    PROVISIONAL(7),
    /** The timeline of billing's database that all acknowledgements are about. */
    TIMELINE(8),
    /** The oldest segment that was needed when this was written; older ones are only kept. */
    NEEDED(9);

    private static final FrameType[] BY_CODE = new FrameType[10];

    static {
        for (var type : values()) {
            BY_CODE[type.code] = type;
        }
    }

    private final byte code;

    FrameType(int code) {
        this.code = (byte) code;
    }

    byte code() {
        return code;
    }

    boolean isSettlement() {
        return this == SETTLE || this == PROVISIONAL;
    }

    static @Nullable FrameType of(byte code) {
        return code > 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }
}
