package io.apihub.extauthz.credit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request to billing under way, or a short pause before the next one. Guarded by the desk.
 *
 * @param first whose request it is; null if nobody waits for it
 * @param others who waits for its end too
 */
record Ask(@Nullable Waiting first, List<Allowance> allowances, List<Waiting> others) {

    static Ask of(@Nullable Waiting first, List<Allowance> allowances) {
        return new Ask(first, allowances, new ArrayList<>());
    }

    /** All who wait for it, in their order. */
    List<Waiting> waiting() {
        var all = new ArrayList<Waiting>(others.size() + 1);
        if (first != null) {
            all.add(first);
        }
        all.addAll(others);
        return all;
    }
}
