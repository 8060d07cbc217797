package io.apihub.billing.kube;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Labels or annotations that members may write: their own, within bounds. */
enum Markers {
    LABELS("metadata.labels", 63),
    ANNOTATIONS("metadata.annotations", 4_096);

    private static final int MOST = 32;

    /** What these domains mean is for others to say; app.kubernetes.io is everybody's. */
    private static final List<String> RESERVED = List.of("apihub.io", "kubernetes.io", "k8s.io");

    private static final String COMMON = "app.kubernetes.io";

    private final String path;
    private final int longest;

    Markers(String path, int longest) {
        this.path = path;
        this.longest = longest;
    }

    /**
     * Checks them; null takes one away.
     *
     * @throws Refused 400 for the first that is not the member's to write
     */
    void check(ObjectNode markers) {
        if (markers.size() > MOST) {
            throw new Refused(Problem.invalid(path, "At most " + MOST + " are allowed."));
        }
        markers.forEachEntry((key, value) -> {
            if (isReserved(key)) {
                throw new Refused(
                        Problem.invalid(
                                path + "." + key,
                                "Keys of apihub.io, kubernetes.io and k8s.io are not yours to"
                                        + " write; app.kubernetes.io is."));
            }
            if (!value.isNull() && !(value.isString() && value.stringValue().length() <= longest)) {
                throw new Refused(
                        Problem.invalid(
                                path + "." + key,
                                "Must be a text of at most " + longest + " characters."));
            }
        });
    }

    private static boolean isReserved(String key) {
        int slash = key.indexOf('/');
        var domain = slash < 0 ? "" : key.substring(0, slash);
        return !domain.equals(COMMON)
                && RESERVED.stream()
                        .anyMatch(name -> domain.equals(name) || domain.endsWith("." + name));
    }
}
