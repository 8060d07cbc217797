package io.apihub.billing.payment.rest;

import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.identity.ClientAddress;
import io.apihub.billing.payment.Busy;
import io.apihub.billing.payment.Notifications;
import io.apihub.billing.payment.Notifications.Sender;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Where platforms tell of payments. They forget a payment as soon as an answer holds the word for
 * it anywhere, whatever the status: so it is said after the commit, and nothing else is ever said
 * here than that word or "fail".
 */
@RestController
@Hidden
class NotifyController {

    private static final Logger LOG = LoggerFactory.getLogger(NotifyController.class);
    private static final String TAKEN = "success";
    private static final String NOT_TAKEN = "fail";
    private static final int MAX_FIELDS = 64;

    private final Notifications notifications;
    private final ClientAddress addresses;

    NotifyController(Notifications notifications, ClientAddress addresses) {
        this.notifications = notifications;
        this.addresses = addresses;
    }

    /** All methods: the framework's own answer to a wrong one would be another text. */
    @Permit(Level.ANYONE)
    @RequestMapping("/api/payment/notify/{provider}")
    ResponseEntity<String> notify(@PathVariable String provider, HttpServletRequest request) {
        var method = request.getMethod();
        if (!method.equals("GET") && !method.equals("POST")) {
            return answer(HttpStatus.METHOD_NOT_ALLOWED, NOT_TAKEN);
        }
        try {
            var sender =
                    new Sender(addresses.of(request).getHostAddress(), addresses.block(request));
            return switch (notifications.take(provider, fields(request), sender)) {
                case TAKEN -> answer(HttpStatus.OK, TAKEN);
                case NOT_TAKEN -> answer(HttpStatus.BAD_REQUEST, NOT_TAKEN);
                case THROTTLED -> answer(HttpStatus.TOO_MANY_REQUESTS, NOT_TAKEN);
            };
        } catch (Busy e) {
            LOG.debug("a notice has to come again", e);
            return answer(HttpStatus.TOO_MANY_REQUESTS, NOT_TAKEN);
        } catch (DataAccessException | TransactionException e) {
            LOG.warn("a notice waits for the database: {}", e.toString());
            return answer(HttpStatus.SERVICE_UNAVAILABLE, NOT_TAKEN);
        } catch (RuntimeException e) {
            LOG.error("a notice failed", e);
            return answer(HttpStatus.INTERNAL_SERVER_ERROR, NOT_TAKEN);
        }
    }

    /** What is below, and is no notice. */
    @Permit(Level.ANYONE)
    @RequestMapping({"/api/payment/notify", "/api/payment/notify/{provider}/**"})
    ResponseEntity<String> nothing() {
        return answer(HttpStatus.NOT_FOUND, NOT_TAKEN);
    }

    /** A field that comes twice makes a signature that nobody made: it is refused as wrong. */
    private static Map<String, String> fields(HttpServletRequest request) {
        var fields = new HashMap<String, String>();
        request.getParameterMap()
                .forEach((name, values) -> {
                    if (fields.size() < MAX_FIELDS) {
                        fields.put(name, String.join(",", values));
                    }
                });
        return fields;
    }

    private static ResponseEntity<String> answer(HttpStatus status, String text) {
        return ResponseEntity.status(status).contentType(MediaType.TEXT_PLAIN).body(text);
    }
}
