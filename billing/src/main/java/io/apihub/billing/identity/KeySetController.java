package io.apihub.billing.identity;

import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Map;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Publishes the keys that tokens are checked with. */
@RestController
@Tag(name = "Keys")
class KeySetController {

    private final SigningKeys keys;

    KeySetController(SigningKeys keys) {
        this.keys = keys;
    }

    /** A JSON Web Key Set (RFC 7517). */
    record KeySet(List<Map<String, Object>> keys) {}

    @Operation(summary = "The public keys that tokens are signed with, as a JSON Web Key Set")
    @SecurityRequirements
    @Permit(Level.ANYONE)
    @GetMapping(path = "/.well-known/jwks.json", produces = MediaType.APPLICATION_JSON_VALUE)
    KeySet keys() {
        return new KeySet(keys.published().stream().map(SigningKey::published).toList());
    }
}
