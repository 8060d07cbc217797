package io.apihub.billing.identity;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.Scope;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.user.User;
import io.apihub.billing.user.Users;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** One's own second factor, and administrators' help for who lost theirs. */
@RestController
@Tag(name = "Me")
class SecondFactorController {

    private static final String ISSUER = "APIHub";

    private final SecondFactorChange change;
    private final SecondFactors factors;
    private final SignedIn signedIn;
    private final Users users;
    private final BrowserSessions sessions;

    SecondFactorController(
            SecondFactorChange change,
            SecondFactors factors,
            SignedIn signedIn,
            Users users,
            BrowserSessions sessions) {
        this.change = change;
        this.factors = factors;
        this.signedIn = signedIn;
        this.users = users;
        this.sessions = sessions;
    }

    /**
     * Whether logging in takes a code.
     *
     * @param since absent without
     * @param recoveryCodes how many are left
     */
    record SecondFactorView(boolean enabled, @Nullable Instant since, int recoveryCodes) {}

    /** What proves that it is oneself who asks; of a password only who has one. */
    record Proof(@Nullable String password, @Nullable String code) {

        @Override
        public String toString() {
            return "***";
        }
    }

    /** The password, of who has one. */
    record PasswordProof(@Nullable String password) {

        @Override
        public String toString() {
            return "***";
        }
    }

    /** Six digits, or a recovery code. */
    record CodeProof(@Nullable String code) {

        @Override
        public String toString() {
            return "***";
        }
    }

    /**
     * What the phone is to be told.
     *
     * @param secret in Base32
     * @param uri the same to be shown as a QR code
     */
    record Enrolment(String secret, String uri) {

        @Override
        public String toString() {
            return "***";
        }
    }

    /** Shown this once. */
    record RecoveryCodes(List<String> codes) {

        @Override
        public String toString() {
            return "***";
        }
    }

    @Operation(summary = "Whether logging in takes a code")
    @Permit(Level.SIGNED_IN)
    @GetMapping("/api/v1/me/second-factor")
    SecondFactorView state(@Parameter(hidden = true) Caller caller) {
        return factors.state(signedIn.user(caller).id())
                .filter(state -> state.confirmedAt() != null)
                .map(state ->
                        new SecondFactorView(true, state.confirmedAt(), state.recoveryCodes()))
                .orElseGet(() -> new SecondFactorView(false, null, 0));
    }

    @Operation(
            summary = "Begin to use a second factor",
            description =
                    "Answers a secret for an authenticator (TOTP: SHA-1, 30 s, six digits). It"
                            + " counts once it is confirmed; until then another call makes"
                            + " another one.")
    @Permit(value = Level.SIGNED_IN, scope = Scope.ACCOUNT)
    @PostMapping("/api/v1/me/second-factor")
    ResponseEntity<Enrolment> enrol(
            @RequestBody PasswordProof proof, @Parameter(hidden = true) Caller caller) {
        var user = signedIn.user(caller);
        var secret = Totp.base32(change.enrol(caller, user, proof.password()));
        return secretly(
                new Enrolment(
                        secret,
                        "otpauth://totp/"
                                + ISSUER
                                + ":"
                                + URLEncoder.encode(user.email(), StandardCharsets.UTF_8)
                                + "?secret="
                                + secret
                                + "&issuer="
                                + ISSUER));
    }

    @Operation(
            summary = "Confirm the second factor with a code",
            description = "From now on logging in takes one. Answers ten recovery codes.")
    @Permit(value = Level.SIGNED_IN, scope = Scope.ACCOUNT)
    @PostMapping("/api/v1/me/second-factor/confirmation")
    ResponseEntity<RecoveryCodes> confirm(
            @RequestBody CodeProof proof, @Parameter(hidden = true) Caller caller) {
        var user = signedIn.user(caller);
        return secretly(new RecoveryCodes(change.confirm(caller, user, proof.code())));
    }

    @Operation(summary = "Make ten other recovery codes", description = "Those before are void.")
    @Permit(value = Level.SIGNED_IN, scope = Scope.ACCOUNT)
    @PostMapping("/api/v1/me/second-factor/recovery-codes")
    ResponseEntity<RecoveryCodes> renew(
            @RequestBody CodeProof proof, @Parameter(hidden = true) Caller caller) {
        var user = signedIn.user(caller);
        return secretly(new RecoveryCodes(change.renew(caller, user, proof.code())));
    }

    @Operation(
            summary = "Remove one's second factor",
            description = "Takes the password and a code.")
    @Permit(value = Level.SIGNED_IN, scope = Scope.ACCOUNT)
    @PostMapping("/api/v1/me/second-factor/removal")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(@RequestBody Proof proof, @Parameter(hidden = true) Caller caller) {
        change.remove(caller, signedIn.user(caller), proof.password(), proof.code());
    }

    @Operation(
            summary = "Remove the second factor of a user who lost it",
            description =
                    "Logs the user out everywhere. Be sure who asked. Not for oneself. Safe to"
                            + " repeat.")
    @ApiResponse(responseCode = "204", description = "The user has none now")
    @Permit(value = Level.ADMINISTRATOR, scope = Scope.ACCOUNT)
    @DeleteMapping("/api/v1/users/{id}/second-factor")
    ResponseEntity<Void> removeOf(@PathVariable UUID id, @Parameter(hidden = true) Caller caller) {
        if (id.equals(caller.user())) {
            throw new Refused(
                    Problem.conflict("oneself", "Another administrator has to change that."));
        }
        User user =
                users.findById(id)
                        .orElseThrow(() -> new Refused(Problem.notFound("No user has this id.")));
        if (change.remove(caller, user)) {
            sessions.closeAll(id);
        }
        return ResponseEntity.noContent().build();
    }

    private static <T> ResponseEntity<T> secretly(T body) {
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(body);
    }
}
