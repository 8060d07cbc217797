package io.apihub.billing.access;

import io.apihub.billing.testing.People;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.token.TokenHands;
import io.apihub.billing.user.User;
import java.util.Locale;
import java.util.UUID;

/** Who calls, in the matrix of who may call what. */
enum CallerKind {
    NOBODY("nobody"),
    STRANGER("owner of another tenant"),
    STRANGERS_CLIENT("client of another tenant"),
    VIEWER("viewer"),
    DEVELOPER("developer"),
    OWNER("owner"),
    READING_TOKEN("owner's token: read"),
    WRITING_TOKEN("owner's token: read, write"),
    TOKEN_FILE("token file"),
    ADMINISTRATOR("administrator");

    private final String title;

    CallerKind(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** Has a fresh user of this kind call. */
    MatrixCaller in(RunningBilling billing, UUID tenant, UUID elsewhere) {
        var people = new People(billing);
        return switch (this) {
            case NOBODY -> MatrixCaller.nobody(billing);
            case STRANGER -> session(billing, people, elsewhere, Role.OWNER);
            case STRANGERS_CLIENT ->
                    MatrixCaller.token(billing, new TokenHands(billing).client(elsewhere));
            case VIEWER, DEVELOPER, OWNER -> session(billing, people, tenant, Role.valueOf(name()));
            case READING_TOKEN -> token(billing, people, tenant, "read");
            case WRITING_TOKEN -> token(billing, people, tenant, "read", "write");
            case TOKEN_FILE -> MatrixCaller.token(billing, billing.token());
            case ADMINISTRATOR ->
                    MatrixCaller.session(
                            billing, people.user(user -> user.makeAdministrator(true)));
        };
    }

    private static MatrixCaller session(
            RunningBilling billing, People people, UUID tenant, Role role) {
        var user = people.user();
        people.member(user, tenant, role);
        return MatrixCaller.session(billing, user);
    }

    private static MatrixCaller token(
            RunningBilling billing, People people, UUID tenant, String... scopes) {
        User user = people.user();
        people.member(user, tenant, Role.OWNER);
        return MatrixCaller.token(billing, new TokenHands(billing).personal(user.id(), scopes));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
