package io.apihub.billing.problem;

import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.MissingRequestHeaderException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Turns every failure of a request into a problem; no stack trace leaves the process. */
@RestControllerAdvice
class Problems {

    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    @ExceptionHandler
    ResponseEntity<Problem> refused(Refused refused) {
        var response =
                ResponseEntity.status(refused.problem().status())
                        .contentType(MediaType.APPLICATION_PROBLEM_JSON);
        refused.retryAfterSeconds()
                .or(refused.problem()::retryAfterSeconds)
                .ifPresent(seconds -> response.header("Retry-After", String.valueOf(seconds)));
        return response.body(refused.problem());
    }

    @ExceptionHandler
    ResponseEntity<Problem> missing(MissingServletRequestParameterException e) {
        return answer(
                Problem.invalid(
                        e.getParameterName(),
                        "The parameter '" + e.getParameterName() + "' is missing."));
    }

    @ExceptionHandler
    ResponseEntity<Problem> missing(MissingRequestHeaderException e) {
        return answer(
                Problem.invalid(
                        e.getHeaderName(), "The header '" + e.getHeaderName() + "' is missing."));
    }

    @ExceptionHandler
    ResponseEntity<Problem> mismatch(MethodArgumentTypeMismatchException e) {
        var type = e.getRequiredType();
        return answer(
                Problem.invalid(
                        e.getName(),
                        "The parameter '"
                                + e.getName()
                                + "' must be "
                                + (type == null ? "of another type" : Kinds.of(type))
                                + "."));
    }

    @ExceptionHandler
    ResponseEntity<Problem> unreadable(HttpMessageNotReadableException e) {
        return answer(
                switch (e.getCause()) {
                    case UnrecognizedPropertyException unknown ->
                            Problem.invalid(
                                    unknown.getPropertyName(),
                                    "Unknown field '"
                                            + unknown.getPropertyName()
                                            + "'; allowed are "
                                            + known(unknown)
                                            + ".");
                    case StreamConstraintsException large ->
                            Problem.malformed("The body is too long or nested too deeply.");
                    case MismatchedInputException wrong when !wrong.getPath().isEmpty() ->
                            Problem.invalid(
                                    path(wrong),
                                    "Must be " + Kinds.of(wrong.getTargetType()) + ".");
                    case DatabindException _ ->
                            Problem.malformed("The body must be a JSON object.");
                    case JacksonException broken ->
                            Problem.malformed("The body is not valid JSON: " + where(broken));
                    case null, default -> Problem.malformed("The body must be a JSON object.");
                });
    }

    private static String known(UnrecognizedPropertyException unknown) {
        var known = unknown.getKnownPropertyIds();
        return known == null
                ? "none"
                : known.stream()
                        .map(name -> "'" + name + "'")
                        .sorted()
                        .collect(Collectors.joining(", "));
    }

    private static String path(DatabindException wrong) {
        return wrong.getPath().stream()
                .map(part -> String.valueOf(part.getPropertyName()))
                .collect(Collectors.joining("."));
    }

    private static String where(JacksonException broken) {
        var at = broken.getLocation();
        return at == null ? "" : "line " + at.getLineNr() + ", column " + at.getColumnNr();
    }

    /** Tomcat and Spring Security read parameters late: when the first one asks for them. */
    @ExceptionHandler({InvalidParameterException.class, RequestRejectedException.class})
    ResponseEntity<Problem> unreadableParameters(Exception e) {
        return answer(
                Problem.malformed(
                        "A parameter can't be read: names and values must be UTF-8, with %-escapes,"
                                + " without control or unassigned characters in names."));
    }

    @ExceptionHandler
    ResponseEntity<Problem> changedMeanwhile(OptimisticLockingFailureException e) {
        return answer(
                Problem.conflict("changed-meanwhile", "It was changed meanwhile: read it again."));
    }

    @ExceptionHandler({
        DataAccessResourceFailureException.class,
        CannotCreateTransactionException.class,
        TransientDataAccessException.class
    })
    ResponseEntity<Problem> databaseAway(Exception e) {
        LOG.warn("database: {}", e.toString());
        return answer(Problem.unavailable("The database does not answer; try again."));
    }

    @ExceptionHandler
    ResponseEntity<Problem> any(Exception e) {
        if (e instanceof ErrorResponse response) {
            var status = response.getStatusCode();
            var known = HttpStatus.resolve(status.value());
            return answer(
                    Problem.refused(
                            status.value(),
                            known == null ? "Refused" : known.getReasonPhrase(),
                            String.valueOf(response.getBody().getDetail())));
        }
        var incident = UUID.randomUUID().toString();
        LOG.error("incident {}", incident, e);
        return answer(Problem.internal(incident));
    }

    private static ResponseEntity<Problem> answer(Problem problem) {
        var response =
                ResponseEntity.status(problem.status())
                        .contentType(MediaType.APPLICATION_PROBLEM_JSON);
        problem.retryAfterSeconds()
                .ifPresent(seconds -> response.header("Retry-After", String.valueOf(seconds)));
        return response.body(problem);
    }
}
