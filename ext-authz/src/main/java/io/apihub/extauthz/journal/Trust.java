package io.apihub.extauthz.journal;

/**
 * How sure it is that every hold which an incarnation admitted is in the journal. The codes are on
 * disk: never change or reuse one.
 */
enum Trust {
    /** As long as its machine lives: what was written is in memory, if not on the disk. */
    MACHINE(0),
    /** Whatever happens: all was on the disk. */
    LASTING(1),
    /** Not at all: some of it is damaged, or of a version that did not tell the machine. */
    NONE(2);

    private final int code;

    Trust(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static Trust of(int code) {
        return switch (code) {
            case 0 -> MACHINE;
            case 1 -> LASTING;
            default -> NONE;
        };
    }
}
