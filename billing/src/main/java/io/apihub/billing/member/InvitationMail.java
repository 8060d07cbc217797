package io.apihub.billing.member;

import io.apihub.billing.account.Tenant;
import io.apihub.billing.identity.Secret;
import io.apihub.billing.mail.Letter;
import io.apihub.billing.mail.Mails;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.settings.Settings;
import io.apihub.billing.user.EmailAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Links of invitations, and the mail that brings them to those who are meant. */
@Component
class InvitationMail {

    private static final Duration DAY = Duration.ofDays(1);
    private static final int MOST_IN_A_DAY = 100;

    private final Mails mails;
    private final Invitations invitations;
    private final InstantSource clock;
    private final @Nullable URI publicUrl;

    InvitationMail(Mails mails, Invitations invitations, InstantSource clock, Settings settings) {
        this.mails = mails;
        this.invitations = invitations;
        this.clock = clock;
        this.publicUrl = settings.identity().publicUrl();
    }

    boolean isOn() {
        return mails.isOn();
    }

    /** Behind the # it reaches no server's log. */
    @Nullable String link(Secret token) {
        return publicUrl == null ? null : publicUrl + "/invitation#" + token.text();
    }

    /**
     * Mails the link, in the caller's transaction.
     *
     * @throws Refused 409 if the tenant mailed too many today, 429 if the mailbox got too many
     */
    void send(Invitation invitation, Tenant tenant, Secret token) {
        Instant since = clock.instant().minus(DAY);
        if (invitations.countMailed(tenant.id(), since) > MOST_IN_A_DAY) {
            throw new Refused(
                    Problem.limitReached(
                            "The tenant mailed " + MOST_IN_A_DAY + " invitations in 24 hours."));
        }
        var letter =
                Letter.INVITATION.fill(
                        "invitation/" + invitation.id(),
                        EmailAddress.of("email", invitation.email()),
                        Map.of(
                                "tenant", tenant.name(),
                                "role", invitation.role().name(),
                                "link", String.valueOf(link(token))));
        if (mails.enqueue(letter) == Mails.Outcome.WITHHELD) {
            throw new Refused(
                    Problem.throttled("This address was sent too much mail; try again later."),
                    Duration.ofHours(1));
        }
    }
}
