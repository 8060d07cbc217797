package io.apihub.billing.problem;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An error as REST shows it (RFC 9457).
 *
 * @param type stable: {@code urn:apihub:problem:<slug>}; programs decide by it
 * @param detail a sentence that says what to do
 * @param field the field or parameter that is wrong, if there is one
 * @param causes what Kubernetes found, one by one, if it was Kubernetes that refused
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        @Nullable String field,
        @Nullable List<Cause> causes) {

    /**
     * One of several reasons.
     *
     * @param field path of the field that is wrong, such as {@code spec.limits[0].amount}
     */
    public record Cause(@Nullable String field, String detail) {}

    /** When to come back, where nothing better is known; empty where that is of no use. */
    Optional<Long> retryAfterSeconds() {
        return status == 503 ? Optional.of(1L) : Optional.empty();
    }

    private Problem(String type, String title, int status, String detail, @Nullable String field) {
        this(type, title, status, detail, field, null);
    }

    private static Problem of(String slug, String title, int status, String detail) {
        return new Problem("urn:apihub:problem:" + slug, title, status, detail, null);
    }

    public static Problem unauthenticated() {
        return of(
                "unauthenticated",
                "No valid token",
                401,
                "Send a valid token as 'Authorization: Bearer <token>'; an administrator's is in"
                        + " the file that APIHUB_ADMIN_TOKEN_FILE names.");
    }

    /** Nobody is known to call, for a reason that {@code slug} says. */
    public static Problem unauthenticated(String slug, String detail) {
        return of(slug, "Not logged in", 401, detail);
    }

    public static Problem forbidden() {
        return of("forbidden", "Not allowed", 403, "This token does not allow that.");
    }

    /** Somebody who may, but with a token that is not good for it. */
    public static Problem scopeMissing(String scope) {
        return of(
                "scope-missing",
                "Not allowed",
                403,
                scope.equals("account")
                        ? "No token allows that; log in."
                        : "This token lacks the scope '" + scope + "'.");
    }

    /** Only for users; the administrator of the token file and clients of tenants are none. */
    public static Problem noUser() {
        return of("no-user", "Not allowed", 403, "Only a user has that; log in as one.");
    }

    /** What is there does not allow that; {@code slug} says why. */
    public static Problem conflict(String slug, String detail) {
        return of(slug, "Conflict", 409, detail);
    }

    /** There are as many as there may be. */
    public static Problem limitReached(String detail) {
        return of("limit-reached", "Too many", 409, detail);
    }

    /** Who logs in gave a wrong address, password or code, or may not; which is not said. */
    public static Problem wrongCredentials() {
        return of(
                "wrong-credentials",
                "Not logged in",
                401,
                "No account has this e-mail address and password.");
    }

    /** A caller's state does not allow that; {@code slug} says which state. */
    public static Problem forbidden(String slug, String detail) {
        return of(slug, "Not allowed", 403, detail);
    }

    /** Too many tries; the header Retry-After says when the next one counts. */
    public static Problem throttled(String detail) {
        return of("too-many-requests", "Too many requests", 429, detail);
    }

    /** What a field asks for is somebody's already. */
    public static Problem taken(String field, String detail) {
        return new Problem("urn:apihub:problem:taken", "Taken", 409, detail, field);
    }

    /** A field or parameter is missing or wrong; {@code detail} says what is allowed. */
    public static Problem invalid(String field, String detail) {
        return new Problem(
                "urn:apihub:problem:invalid-field", "Invalid request", 400, detail, field);
    }

    /** The request as a whole can't be read. */
    public static Problem malformed(String detail) {
        return of("malformed-request", "Malformed request", 400, detail);
    }

    public static Problem notFound(String detail) {
        return of("not-found", "Not found", 404, detail);
    }

    public static Problem idempotencyKeyReused() {
        return new Problem(
                "urn:apihub:problem:idempotency-key-reused",
                "Idempotency-Key reused",
                422,
                "This Idempotency-Key was used for another request; use a new one for each.",
                "Idempotency-Key");
    }

    /** The caller's {@code If-Match} is not what is there now. */
    public static Problem changed(String detail) {
        return of("precondition-failed", "Changed meanwhile", 412, detail);
    }

    /** A field, or the whole, is kept by somebody who would undo a change here. */
    public static Problem managedElsewhere(@Nullable String field, String detail) {
        return new Problem(
                "urn:apihub:problem:managed-elsewhere", "Managed elsewhere", 409, detail, field);
    }

    /** As many as there may be. */
    public static Problem tooMany(String detail) {
        return of("too-many", "Too many", 409, detail);
    }

    /**
     * Kubernetes said no.
     *
     * @param slug what of: {@code invalid-object}, {@code conflict}
     * @param detail in the API server's own words
     */
    public static Problem kubernetes(String slug, int status, String detail, List<Cause> causes) {
        return new Problem(
                "urn:apihub:problem:" + slug,
                "Refused by Kubernetes",
                status,
                detail,
                causes.isEmpty() ? null : causes.getFirst().field(),
                causes.isEmpty() ? null : List.copyOf(causes));
    }

    public static Problem unavailable(String detail) {
        return of("unavailable", "Not ready", 503, detail);
    }

    /** What the framework refused: method, media type and their like. */
    public static Problem refused(int status, String title, String detail) {
        return switch (status) {
            case 400 -> malformed(detail);
            case 404 -> notFound("There is nothing here.");
            case 503 -> unavailable(detail);
            default -> of("http-" + status, title, status, detail);
        };
    }

    /** Our own failure; {@code incident} finds it in the log. */
    public static Problem internal(String incident) {
        return of(
                "internal",
                "Internal error",
                500,
                "This is a fault of billing; its log has it as incident " + incident + ".");
    }
}
