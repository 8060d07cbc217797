package io.apihub.billing.payment;

import io.apihub.billing.settings.Payments;
import io.apihub.billing.settings.Payments.PayProvider;
import java.util.List;
import java.util.stream.Stream;

/**
 * Whose work is done in one line, so that a slow platform holds up nobody else's: one provider's,
 * or that of all which are not configured any more.
 *
 * @param providers those whose work it is; or, if it is that of all others, whose it is not
 */
record Lane(List<String> providers, boolean others) {

    /** One for each that is configured, and one for what is left of those that are not. */
    static List<Lane> of(Payments payments) {
        return Stream.concat(ofEach(payments).stream(), Stream.of(ofOthers(payments))).toList();
    }

    /** One for each that is configured. */
    static List<Lane> ofEach(Payments payments) {
        return names(payments).stream().map(name -> new Lane(List.of(name), false)).toList();
    }

    /** What is left of those that are not configured any more. */
    static Lane ofOthers(Payments payments) {
        return new Lane(names(payments), true);
    }

    private static List<String> names(Payments payments) {
        return payments.providers().stream().map(PayProvider::name).toList();
    }

    /** Of rows, with {@link #names} as its parameter; an index that begins with it serves. */
    String condition() {
        return others ? "provider <> ALL (?)" : "provider = ?";
    }

    Object names() {
        return others ? providers.toArray(String[]::new) : providers.getFirst();
    }

    @Override
    public String toString() {
        return others ? "providers that are gone" : String.join(", ", providers);
    }
}
