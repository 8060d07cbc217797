package io.apihub.billing.payment;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.settings.Payments;
import io.apihub.billing.settings.Payments.PayProvider;
import io.apihub.billing.settings.Settings;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Checks by which provider somebody wants to pay; what is refused says what is allowed. */
@Component
public class Ways {

    private final Payments payments;

    public Ways(Settings settings) {
        this.payments = settings.payments();
    }

    /**
     * The provider, if the type is one of its own.
     *
     * @throws Refused 400 naming the field; 409 if there is no provider at all
     */
    public PayProvider of(@Nullable String provider, @Nullable String type) {
        var found = provider(provider);
        if (type == null || !found.types().contains(type)) {
            throw new Refused(
                    Problem.invalid(
                            "type", "Must be one of " + String.join(", ", found.types()) + "."));
        }
        return found;
    }

    private PayProvider provider(@Nullable String name) {
        if (payments.providers().isEmpty()) {
            throw new Refused(
                    Problem.conflict("no-payments", "No payment provider is configured."));
        }
        return (name == null ? Optional.<PayProvider>empty() : payments.provider(name))
                .orElseThrow(() ->
                        new Refused(
                                Problem.invalid(
                                        "provider",
                                        "Must be one of "
                                                + payments.providers().stream()
                                                        .map(PayProvider::name)
                                                        .collect(Collectors.joining(", "))
                                                + ".")));
    }
}
