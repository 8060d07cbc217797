package io.apihub.billing.payment;

import io.apihub.billing.settings.Settings;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** Comparisons with a platform's list, in tests. */
final class Sweeps {

    private Sweeps() {}

    /** What the sweep of a provider counts now: only there, only here, other amounts. */
    static List<Integer> of(PayStand stand, String provider) {
        stand.admin()
                .update(
                        "INSERT INTO billing.payment_sweep (provider) VALUES (?)"
                                + " ON CONFLICT (provider) DO UPDATE SET next_at = now(),"
                                + " ended_at = NULL",
                        provider);
        var payments = stand.billing().get(Settings.class).payments();
        stand.billing().get(Sweep.class).now(payments.provider(provider).orElseThrow());
        return drift(stand, provider);
    }

    /** What the last one counted. */
    static List<Integer> drift(PayStand stand, String provider) {
        var text =
                stand.admin()
                        .queryForObject(
                                "SELECT concat_ws(' ', only_there, only_here, amounts_differ)"
                                        + " FROM billing.payment_sweep WHERE provider = ?",
                                String.class,
                                provider);
        return Arrays.stream(Objects.requireNonNull(text).split(" "))
                .map(Integer::valueOf)
                .toList();
    }

    static List<Integer> more(List<Integer> before, List<Integer> after) {
        return IntStream.range(0, before.size())
                .mapToObj(i -> after.get(i) - before.get(i))
                .toList();
    }
}
