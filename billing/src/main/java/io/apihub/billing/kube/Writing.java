package io.apihub.billing.kube;

import io.apihub.billing.access.Caller;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.EntityTags;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a change is made.
 *
 * @param ifMatch the versions that the object may have, as entity tags; null: any
 * @param dryRun everything is checked, nothing is changed
 */
record Writing(Caller caller, @Nullable String ifMatch, boolean dryRun) {

    /**
     * Reads what a request says.
     *
     * @throws Refused 400 if dryRun is not All
     */
    static Writing of(Caller caller, @Nullable String ifMatch, @Nullable String dryRun) {
        if (dryRun != null && !dryRun.equals("All")) {
            throw new Refused(Problem.invalid("dryRun", "Must be 'All', or missing."));
        }
        return new Writing(caller, ifMatch, dryRun != null);
    }

    /** What goes with every write; a caller has no say in it. */
    Map<String, String> query() {
        var query = new TreeMap<String, String>();
        query.put("fieldManager", Ownership.MANAGER);
        // A field with a slip must not vanish.
        query.put("fieldValidation", "Strict");
        if (dryRun) {
            query.put("dryRun", "All");
        }
        return query;
    }

    /**
     * Checks If-Match.
     *
     * @throws Refused 412 if the object has another version by now
     */
    void check(String version) {
        EntityTags.checkTag(ifMatch, "\"" + version + "\"");
    }
}
