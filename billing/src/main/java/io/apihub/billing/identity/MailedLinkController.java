package io.apihub.billing.identity;

import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What needs a mailed link: proving an address, and a new password for who forgot it. */
@RestController
@Tag(name = "Registration")
class MailedLinkController {

    private final EmailVerification verification;
    private final PasswordReset reset;
    private final ClientAddress addresses;

    MailedLinkController(
            EmailVerification verification, PasswordReset reset, ClientAddress addresses) {
        this.verification = verification;
        this.reset = reset;
        this.addresses = addresses;
    }

    /** Where the mail shall go. */
    record MailWish(@Nullable String email) {}

    /**
     * What the link carries, and a password.
     *
     * @param token what is behind the # of the link
     */
    record LinkUse(@Nullable String token, @Nullable String password) {

        @Override
        public String toString() {
            return "***";
        }
    }

    @Operation(
            summary = "Ask for another mail to prove one's address",
            description =
                    "The answer is the same whether there is such a user or not. Five in an hour"
                            + " for one address; the link is good for 24 hours.")
    @SecurityRequirements
    @Permit(Level.ANYONE)
    @PostMapping("/api/v1/email-verification")
    @ResponseStatus(HttpStatus.ACCEPTED)
    void askForVerification(@RequestBody MailWish wish, HttpServletRequest request) {
        verification.ask(wish.email(), addresses.block(request));
    }

    @Operation(
            summary = "Prove one's address",
            description =
                    "Takes the link's token and the account's password: the link alone would let"
                            + " others confirm what they did not register.")
    @SecurityRequirements
    @Permit(Level.ANYONE)
    @PostMapping("/api/v1/email-verification/confirmation")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void verify(@RequestBody LinkUse use) {
        verification.confirm(use.token(), use.password());
    }

    @Operation(
            summary = "Ask for a mail to choose a new password",
            description =
                    "The answer is the same whether there is such a user or not. Five in an hour"
                            + " for one address; the link is good for 30 minutes.")
    @SecurityRequirements
    @Permit(Level.ANYONE)
    @PostMapping("/api/v1/password-reset")
    @ResponseStatus(HttpStatus.ACCEPTED)
    void askForReset(@RequestBody MailWish wish, HttpServletRequest request) {
        reset.ask(wish.email(), addresses.block(request));
    }

    @Operation(
            summary = "Choose a new password with a mailed link",
            description =
                    "Ends all sessions and proves the address; a second factor stays. Nobody is"
                            + " logged in by it.")
    @SecurityRequirements
    @Permit(Level.ANYONE)
    @PostMapping("/api/v1/password-reset/confirmation")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void reset(@RequestBody LinkUse use) {
        reset.set(use.token(), use.password());
    }
}
