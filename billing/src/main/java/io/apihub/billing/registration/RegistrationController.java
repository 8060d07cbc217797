package io.apihub.billing.registration;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.identity.ClientAddress;
import io.apihub.billing.identity.SignedIn;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.EntityTags;
import io.apihub.billing.rest.Fields;
import io.apihub.billing.settings.Identity;
import io.apihub.billing.settings.Settings;
import io.apihub.billing.user.EmailAddress;
import io.apihub.billing.user.PasswordRules;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Registering. */
@RestController
@Tag(name = "Registration")
class RegistrationController {

    private static final Pattern LABEL = Pattern.compile("[a-z]([a-z0-9-]{1,38}[a-z0-9])");
    private static final Pattern RESERVED = Pattern.compile("(kube|apihub|default|system)(-.*)?");
    private static final int MAX_NAME = 100;

    private final Registering registering;
    private final Registrations registrations;
    private final SignedIn signedIn;
    private final ClientAddress addresses;
    private final EntityTags tags;
    private final Identity.Registration rules;

    RegistrationController(
            Registering registering,
            Registrations registrations,
            SignedIn signedIn,
            ClientAddress addresses,
            EntityTags tags,
            Settings settings) {
        this.registering = registering;
        this.registrations = registrations;
        this.signedIn = signedIn;
        this.addresses = addresses;
        this.tags = tags;
        this.rules = settings.identity().registration();
    }

    /**
     * Somebody who registers.
     *
     * @param password 12 to 128 characters
     * @param displayName of the person
     * @param tenantName a DNS label of 3 to 40 characters, for good
     * @param tenantDisplayName the tenant's name as people read it; without one, its name
     * @param invitation the token of one that is for no address or was mailed to this one: the user
     *     joins the tenant that invited, and gets none of their own
     */
    record NewRegistration(
            @Nullable String email,
            @Nullable String password,
            @Nullable String displayName,
            @Nullable String tenantName,
            @Nullable String tenantDisplayName,
            @Nullable String invitation) {

        @Override
        public String toString() {
            return "***";
        }
    }

    /**
     * How far a registration is.
     *
     * @param state after VERIFYING the mailed link has to be used; PROVISIONING and OPENING go on
     *     by themselves; after NAME_TAKEN another name has to be chosen
     * @param tenantId absent until the Tenant is made
     */
    record RegistrationView(String state, String tenantName, @Nullable UUID tenantId) {

        static RegistrationView of(InvitationBook.Joined joined) {
            return new RegistrationView(Step.DONE.name(), joined.name(), joined.tenant());
        }

        static RegistrationView of(Registration registration) {
            return new RegistrationView(
                    registration.step().name(), registration.tenantName(), registration.tenant());
        }
    }

    /** Who may register here. */
    record RegistrationRules(String mode, List<String> mailDomains) {}

    @Operation(summary = "Who may register")
    @SecurityRequirements
    @Permit(Level.ANYONE)
    @GetMapping("/api/v1/registration")
    RegistrationRules rules() {
        return new RegistrationRules(
                rules.mode().name(), rules.mailDomains().stream().sorted().toList());
    }

    @Operation(
            summary = "Register",
            description =
                    "Makes a user, a tenant of their own and its account. What can't be done at"
                            + " once goes on by itself, whatever crashes; log in and read"
                            + " /api/v1/me/registration. With an invitation: makes a user who is a"
                            + " member of the tenant that invited, and nothing else. Safe to"
                            + " repeat: a repeat makes nothing, and says that the address is"
                            + " taken. Where this installation sends mail, the address has to be"
                            + " proven first: until the mailed link is used, nobody logs in and no"
                            + " tenant is made, and whoever registers with the same address again"
                            + " takes the place. There the answer is the same if the address is"
                            + " somebody's: only a mail says so.")
    @SecurityRequirements
    @Permit(Level.ANYONE)
    @PostMapping("/api/v1/registration")
    @ResponseStatus(HttpStatus.CREATED)
    RegistrationView register(@RequestBody NewRegistration wish, HttpServletRequest request) {
        checkMode(wish);
        var email = EmailAddress.of("email", wish.email());
        var password = PasswordRules.choose("password", wish.password(), email);
        var name = Fields.name("displayName", wish.displayName(), MAX_NAME);
        var applicant = new Registering.Applicant(email, password, name);
        if (wish.invitation() != null) {
            checkNoTenant(wish);
            registering.admit(email, addresses.block(request));
            return RegistrationView.of(registering.join(applicant, wish.invitation()));
        }
        var tenant = label(wish.tenantName());
        var display =
                wish.tenantDisplayName() == null
                        ? tenant
                        : Fields.name("tenantDisplayName", wish.tenantDisplayName(), MAX_NAME);
        registering.admit(email, addresses.block(request));
        return RegistrationView.of(registering.register(applicant, tenant, display));
    }

    private void checkMode(NewRegistration wish) {
        if (rules.mode() == Identity.Mode.OFF
                || (rules.mode() == Identity.Mode.INVITATION && wish.invitation() == null)) {
            throw new Refused(
                    Problem.forbidden(
                            "registration-off", "Nobody may register here by themselves."));
        }
    }

    private static void checkNoTenant(NewRegistration wish) {
        if (wish.tenantName() != null || wish.tenantDisplayName() != null) {
            throw new Refused(
                    Problem.invalid(
                            wish.tenantName() != null ? "tenantName" : "tenantDisplayName",
                            "Whoever has an invitation joins the tenant that invited; leave this"
                                    + " out."));
        }
    }

    @Operation(summary = "How far one's own registration is")
    @Permit(Level.SIGNED_IN)
    @GetMapping("/api/v1/me/registration")
    ResponseEntity<RegistrationView> mine(@Parameter(hidden = true) Caller caller) {
        return tags.answer(RegistrationView.of(own(caller)));
    }

    /** Another name for the tenant. */
    record NewTenantName(@Nullable String tenantName) {}

    @Operation(summary = "Choose another name, after NAME_TAKEN")
    @Permit(Level.SIGNED_IN)
    @PutMapping("/api/v1/me/registration")
    ResponseEntity<RegistrationView> rename(
            @Parameter(description = EntityTags.IF_MATCH)
                    @RequestHeader(name = "If-Match", required = false)
                    @Nullable String ifMatch,
            @RequestBody NewTenantName wish,
            @Parameter(hidden = true) Caller caller) {
        var registration = own(caller);
        tags.check(ifMatch, RegistrationView.of(registration));
        return tags.answer(
                RegistrationView.of(
                        registering.rename(registration, label(wish.tenantName()), caller)));
    }

    private Registration own(Caller caller) {
        return registrations
                .ofUser(signedIn.user(caller).id())
                .orElseThrow(() -> new Refused(Problem.notFound("This user did not register.")));
    }

    private static String label(@Nullable String name) {
        if (name == null || !LABEL.matcher(name).matches() || RESERVED.matcher(name).matches()) {
            throw new Refused(
                    Problem.invalid(
                            "tenantName",
                            "Must have 3 to 40 characters a-z, 0-9 and -, begin with a letter and"
                                    + " end with a letter or digit; kube-, apihub-, default and"
                                    + " system are reserved."));
        }
        return name;
    }
}
