package io.apihub.operator.status;

import java.util.List;

/** What is said of an object of which a part is not enforced by this version. */
public final class Unenforced {

    private Unenforced() {}

    public static Readiness readiness(List<String> parts) {
        return Readiness.stalled(
                "NotEnforced",
                "not enforced by this version: "
                        + String.join(", ", parts)
                        + "; remove them, everything else in this object is in force");
    }
}
