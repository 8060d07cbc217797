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
    CLOSED(6);

    private static final FrameType[] BY_CODE = new FrameType[7];

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

    static @Nullable FrameType of(byte code) {
        return code > 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }
}
