package io.apihub.billing.token;

import io.apihub.billing.access.BearerCheck;
import io.apihub.billing.access.Caller;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Personal access tokens may be sent as they are; secrets of clients may not. */
@Component
class PersonalTokenCheck implements BearerCheck {

    private final CredentialOwners owners;

    PersonalTokenCheck(CredentialOwners owners) {
        this.owners = owners;
    }

    @Override
    public Optional<Caller> check(String token) {
        return Secret.parse(CredentialKind.PERSONAL, token)
                .flatMap(owners::find)
                .map(CredentialOwners.Owner::caller);
    }
}
