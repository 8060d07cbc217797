package io.apihub.billing.oidc;

import io.apihub.billing.access.Caller;
import io.apihub.billing.audit.AuditLog;
import io.apihub.billing.oidc.OidcRefusal.Reason;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.Fields;
import io.apihub.billing.settings.Oidc;
import io.apihub.billing.user.EmailAddress;
import io.apihub.billing.user.User;
import io.apihub.billing.user.UserState;
import io.apihub.billing.user.Users;
import java.time.InstantSource;
import java.util.Map;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Finds the user that somebody of the provider is. Who comes first is linked to an account by
 * address if both sides have proven it: else whoever registers here with another's address would
 * share the other one's account.
 */
@Component
class OidcUsers {

    private static final int MAX_NAME = 100;

    private final Users users;
    private final Identities identities;
    private final GroupSync groups;
    private final AuditLog audit;
    private final InstantSource clock;

    OidcUsers(
            Users users,
            Identities identities,
            GroupSync groups,
            AuditLog audit,
            InstantSource clock) {
        this.users = users;
        this.identities = identities;
        this.groups = groups;
        this.audit = audit;
        this.clock = clock;
    }

    /** The user, made or linked if need be, with what the groups say. */
    @Transactional(rollbackFor = OidcRefusal.class)
    public User admit(Oidc settings, Claims claims) throws OidcRefusal {
        var address = address(settings, claims);
        var known = identities.find(claims);
        var user =
                known.isPresent()
                        ? users.findById(known.get().user())
                                .orElseThrow(() -> new OidcRefusal(Reason.NO_ACCOUNT, "is gone"))
                        : first(settings, claims, address);
        if (user.state() != UserState.ACTIVE) {
            throw new OidcRefusal(Reason.DISABLED, user + " is " + user.state());
        }
        groups.apply(
                settings, claims, user, known.filter(Identities.Known::administrator).isPresent());
        return users.saveAndFlush(user);
    }

    private static EmailAddress address(Oidc settings, Claims claims) throws OidcRefusal {
        if (claims.email() == null || !claims.emailVerified()) {
            throw new OidcRefusal(
                    Reason.EMAIL_NOT_VERIFIED,
                    "the provider has not verified the address of " + claims.subject());
        }
        try {
            var address = EmailAddress.of("email", claims.email());
            if (settings.mailDomains().isEmpty()
                    || settings.mailDomains().contains(address.domain())) {
                return address;
            }
            throw new OidcRefusal(Reason.DOMAIN_NOT_ALLOWED, address.domain());
        } catch (Refused e) {
            throw new OidcRefusal(Reason.EMAIL_NOT_VERIFIED, "that is no address", e);
        }
    }

    private User first(Oidc settings, Claims claims, EmailAddress address) throws OidcRefusal {
        var user = users.findByEmailKey(address.key()).orElse(null);
        if (user == null) {
            if (!settings.createUsers()) {
                throw new OidcRefusal(Reason.NO_ACCOUNT, "nobody has this address here");
            }
            user = users.saveAndFlush(made(claims, address));
            record(user, "user.registered");
        } else if (!user.emailVerified() || identities.isLinked(claims.issuer(), user.id())) {
            throw new OidcRefusal(
                    Reason.ACCOUNT_NOT_VERIFIED,
                    user + " has this address unproven, or is linked to somebody else");
        }
        identities.link(claims, user.id());
        record(user, "user.identity-linked");
        return user;
    }

    private User made(Claims claims, EmailAddress address) {
        var now = clock.instant();
        var user = User.active(address, name(claims, address), now);
        user.verifyEmail(now);
        return user;
    }

    private static String name(Claims claims, EmailAddress address) {
        try {
            return Fields.name("name", claims.name(), MAX_NAME);
        } catch (Refused e) {
            return address.key().substring(0, address.key().indexOf('@'));
        }
    }

    private void record(User user, String action) {
        audit.record(
                new Caller(user.actor(), user.id(), user.administrator(), Map.of()),
                action,
                user.actor(),
                Map.of("by", "oidc"));
    }
}
