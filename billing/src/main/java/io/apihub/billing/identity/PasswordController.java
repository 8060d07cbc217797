package io.apihub.billing.identity;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.Scope;
import io.apihub.billing.settings.Settings;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Changing one's own password. */
@RestController
@Tag(name = "Me")
class PasswordController {

    private final PasswordChange change;
    private final ClientAddress addresses;
    private final Duration longest;

    PasswordController(PasswordChange change, ClientAddress addresses, Settings settings) {
        this.change = change;
        this.addresses = addresses;
        this.longest = settings.identity().sessions().longest();
    }

    /**
     * The password as it is, and as it shall be: 12 to 128 characters.
     *
     * @param code of the second factor, or a recovery code; only for who has one
     */
    record NewPassword(@Nullable String current, @Nullable String password, @Nullable String code) {

        @Override
        public String toString() {
            return "***";
        }
    }

    @Operation(
            summary = "Change one's own password",
            description =
                    "Logs out everywhere; this browser gets a new session, so its csrfToken has to"
                            + " be read again. Who has a second factor gives a code of it.")
    @ApiResponse(responseCode = "204", description = "Changed")
    @Permit(value = Level.SIGNED_IN, scope = Scope.ACCOUNT)
    @PutMapping("/api/v1/me/password")
    ResponseEntity<Void> change(
            @RequestBody NewPassword request,
            @Parameter(hidden = true) Caller caller,
            HttpServletRequest http) {
        boolean browser = SessionFilter.of(http).isPresent();
        var origin =
                new LogIn.Origin(
                        addresses.of(http).getHostAddress(),
                        addresses.block(http),
                        http.getHeader(HttpHeaders.USER_AGENT));
        var token =
                change.change(
                        caller,
                        new PasswordChange.Wish(
                                request.current(), request.password(), request.code()),
                        origin);
        var response = ResponseEntity.noContent();
        if (browser) {
            response.header(HttpHeaders.SET_COOKIE, SessionCookie.set(token, longest));
        }
        return response.build();
    }
}
