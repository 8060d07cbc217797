package io.apihub.billing.kube;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** Hands on what the API server refused, in its own words. */
final class ApiServerProblems {

    private static final Logger LOG = LoggerFactory.getLogger(ApiServerProblems.class);

    /** Not what the caller did: our ServiceAccount lacks a right. */
    private static final Pattern NO_RIGHT = Pattern.compile("is forbidden: User \".*\" cannot ");

    /** A policy or webhook said no, with whatever status it chose: 422 where it chose none. */
    private static final Pattern POLICY =
            Pattern.compile(
                    "ValidatingAdmissionPolicy '[^']*' with binding|admission webhook \"[^\"]*\""
                            + " denied the request");

    private ApiServerProblems() {}

    static Refused refused(Reply reply) {
        var message = reply.body().path("message").asString("");
        int status = reply.status();
        return switch (status) {
            case 400, 422 ->
                    POLICY.matcher(message).find()
                            ? kubernetes("refused-by-policy", status, message, reply)
                            : kubernetes("invalid-object", status, message, reply);
            case 403 ->
                    NO_RIGHT.matcher(message).find()
                            ? withoutRights(message)
                            : kubernetes("refused-by-policy", status, message, reply);
            case 404 -> new Refused(Problem.notFound(message));
            case 409 ->
                    kubernetes(
                            reply.body().path("reason").asString("").equals("AlreadyExists")
                                    ? "already-exists"
                                    : "conflict",
                            status,
                            message,
                            reply);
            case 410 -> kubernetes("expired", status, message, reply);
            case 413 -> new Refused(Problem.refused(status, "Content Too Large", message));
            case 401 -> withoutRights(message);
            default -> {
                LOG.warn("kubernetes answered {}: {}", status, message);
                yield unavailable("Kubernetes answered " + status);
            }
        };
    }

    private static Refused kubernetes(String slug, int status, String message, Reply reply) {
        return new Refused(Problem.kubernetes(slug, status, message, causes(reply)));
    }

    private static List<Problem.Cause> causes(Reply reply) {
        var causes = new ArrayList<Problem.Cause>();
        for (var cause : reply.body().path("details").path("causes")) {
            causes.add(
                    new Problem.Cause(
                            text(cause.path("field")), cause.path("message").asString("")));
        }
        return causes;
    }

    private static @Nullable String text(JsonNode node) {
        return node.isString() ? node.stringValue() : null;
    }

    private static Refused withoutRights(String message) {
        LOG.error("billing lacks rights in Kubernetes; apply billing/manifests: {}", message);
        return unavailable("billing lacks rights in Kubernetes; its log has more");
    }

    static Refused unavailable(String what) {
        return new Refused(Problem.unavailable(what + "; try again."));
    }
}
