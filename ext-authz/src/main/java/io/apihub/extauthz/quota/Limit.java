package io.apihub.extauthz.quota;

import com.google.protobuf.ByteString;
import io.apihub.extauthz.credit.Metric;
import io.apihub.extauthz.credit.Subject;
import io.apihub.model.price.ModelPattern;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One limit that is enforced.
 *
 * @param counts what and how; null if this version does not understand it: then nothing it covers
 *     is let through
 * @param amount of the metric's unit; 0 or less lets nothing through
 * @param models globs; empty = every model
 * @param perKey one counter for each key, instead of one for all
 */
public record Limit(
        Name name,
        @Nullable Counts counts,
        long amount,
        List<ModelPattern> models,
        KeySet keys,
        boolean perKey) {

    public Limit {
        models = List.copyOf(models);
    }

    /**
     * A limit by its names, so that deleting and recreating a quota resets nothing.
     *
     * @param quota empty for the tenant's own limits
     */
    public record Name(ByteString tenant, String namespace, String quota, String limit) {

        /** How errors name it. */
        public String label() {
            return (quota.isEmpty() ? "tenant" : quota) + "/" + limit;
        }
    }

    /** What is counted, and over which kind of time. */
    public record Counts(Metric metric, Subject.Kind kind) {}

    boolean covers(String model) {
        if (models.isEmpty()) {
            return true;
        }
        for (var pattern : models) {
            if (pattern.matches(model)) {
                return true;
            }
        }
        return false;
    }

    /**
     * What leases are of.
     *
     * @param key the key's name; ignored unless the limit is per key
     */
    Subject subject(Counts how, String key) {
        return new Subject(
                how.kind(),
                how.metric(),
                name.tenant(),
                name.namespace(),
                name.quota(),
                name.limit(),
                perKey ? key : "");
    }
}
