package io.apihub.billing.problem;

import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What the server itself refuses, as a problem too. */
@RestController
@Hidden
class ErrorPage implements ErrorController {

    private static final String UNREADABLE =
            "The request can't be read: its path and query must be a URI (RFC 3986) with %-escapes"
                    + " of UTF-8 and without control characters, and its headers at most 8 KB of"
                    + " HTTP/1.1.";

    @RequestMapping("/error")
    ResponseEntity<Problem> error(HttpServletRequest request) {
        int status =
                request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code
                        ? code
                        : 404;
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(problem(status));
    }

    /** What the server means by a status. */
    static Problem problem(int status) {
        var known = HttpStatus.resolve(status);
        var title = known == null ? "Refused" : known.getReasonPhrase();
        return Problem.refused(status, title, status == 400 ? UNREADABLE : title + ".");
    }
}
